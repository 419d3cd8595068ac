/** The text of a document with its marks. It is drawn once; what is looked at is tinted over it. */
import type { Ref } from 'preact';
import { useMemo } from 'preact/hooks';
import { piecesOf, type Mark, type Piece } from './spans';
import { words as w } from './messages';

/** The most lines under the text, one below the other; the last is double where it stands for more. */
const lanes = 3;

export interface MarkedTextProps {
  text: string;
  marks: readonly Mark[];
  lang: string | undefined;
  dir: 'ltr' | 'rtl';
  /** Whether each mark says which attribution it is. */
  told: boolean;
  element: Ref<HTMLDivElement>;
  /** What is over the piece of this number; undefined where the pointer has left all. */
  over: (piece: Piece | undefined) => void;
  /** A piece was clicked or, by Enter, entered. */
  choose: (piece: Piece, entered: boolean) => void;
}

/** No element in the text has padding, a border or a box of its own, so that the letters of an Arabic word stay joined. */
export function MarkedText({ text, marks, lang, dir, told, element, over, choose }: MarkedTextProps) {
  const pieces = useMemo(() => piecesOf(text, marks), [text, marks]);
  const total = marks.length;
  const numbers = useMemo(() => new Map(marks.map((mark, i) => [mark, i + 1])), [marks]);
  const pieceOf = (target: EventTarget | null) => {
    const found = target instanceof Element ? target.closest<HTMLElement>('[data-piece]') : null;
    return found ? pieces[Number(found.dataset['piece'])] : undefined;
  };
  let first = true;
  const drawn = pieces.map((piece, i) => {
    const said = text.slice(piece.start, piece.end);
    if (piece.marks.length === 0) return said;
    const [begun] = piece.begins.toSorted((a, b) => a.end - b.end);
    const starts = begun && {
      tabIndex: first ? 0 : -1,
      'aria-details': piece.begins.flatMap((mark) => mark.attributions.map(({ id }) => `card-${id}`)).join(' '),
      ...(told && {
        'aria-description': w.markNumber(
          piece.begins.map((mark) => numbers.get(mark) ?? 0),
          total,
        ),
      }),
    };
    if (begun) first = false;
    return (
      <mark key={i} data-piece={i} data-count={countAfter(text, piece)} {...starts}>
        <Lines marks={piece.marks}>{said}</Lines>
      </mark>
    );
  });
  return (
    <div
      ref={element}
      class="text"
      lang={lang}
      dir={dir}
      data-text
      onPointerOver={(event) => over(pieceOf(event.target))}
      onPointerLeave={() => over(undefined)}
      onFocusIn={(event) => {
        for (const one of event.currentTarget.querySelectorAll<HTMLElement>('mark[tabindex="0"]')) one.tabIndex = -1;
        if (event.target instanceof HTMLElement && event.target.matches('mark')) event.target.tabIndex = 0;
        over(pieceOf(event.target));
      }}
      onMouseDown={unfocusable}
      onClick={(event) => {
        const piece = pieceOf(event.target);
        if (!piece || piece.marks.length === 0 || !getSelection()?.isCollapsed) return;
        if (event.target instanceof Element) event.target.closest<HTMLElement>('mark[tabindex]')?.focus({ preventScroll: true });
        choose(piece, false);
      }}
      onKeyDown={(event) => {
        const piece = pieceOf(event.target);
        if (event.key !== 'Enter' || !piece) return;
        event.preventDefault();
        choose(piece, true);
      }}
    >
      {drawn}
    </div>
  );
}

/**
 * Keeps the mark below the pointer from taking the focus until the pointer is let go: a browser lets no selection leave the element that
 * took the focus where it began.
 */
function unfocusable({ target }: MouseEvent) {
  const mark = target instanceof Element ? target.closest<HTMLElement>('mark[tabindex]') : null;
  if (!mark) return;
  const { tabIndex } = mark;
  mark.removeAttribute('tabindex');
  addEventListener('mouseup', () => (mark.tabIndex = tabIndex), { once: true, capture: true });
}

/** A line for each lane, each drawn by an element of its own around the words. */
function Lines({ marks, children }: { marks: readonly Mark[]; children: string }) {
  let drawn = <>{children}</>;
  const crowded = marks.some(({ lane }) => lane >= lanes);
  for (let lane = lanes - 1; lane >= 0; lane--) {
    const here = marks.find((mark) => (lane === lanes - 1 ? mark.lane >= lane : mark.lane === lane));
    if (!here) continue;
    const proposed = here.attributions.every(({ status }) => status === 'proposed');
    drawn = <span class={`lane-${lane}${crowded && lane === lanes - 1 ? ' more' : ''}${proposed ? ' proposed' : ''}`}>{drawn}</span>;
  }
  return drawn;
}

/** How many attributions share the words that end here; not within a word, whose letters the number would part. */
function countAfter(text: string, { end, marks }: Piece): number | undefined {
  const [ending] = marks.filter((mark) => mark.end === end && mark.attributions.length > 1);
  return ending && !/^[\p{L}\p{M}\u200d]/u.test(text.slice(end, end + 2)) ? ending.attributions.length : undefined;
}
