/** What every screen is made of: names, statements, days, figures, problems. */
import { Problem, type Independence, type SourceCard, type Standing, type WordMatch } from '@headwater/client';
import { signal, useSignal, type Signal } from '@preact/signals';
import type { ComponentChildren, ComponentProps, Ref } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { address, href, language, look, place, returning, shown, type Query } from './address';
import { askedAgain, offline, session, type Loaded } from './api';
import { dayOf, directionOf, inOrder, messages as m, number, secondOfDay } from './language';
import { useTyped } from './typed';

/** The name of a source in the language of the page, or else as it is displayed. It may be in any script, and keeps to itself. */
export const nameOf = (source: SourceCard | undefined, id = ''): string => source?.names?.[language] ?? source?.name ?? id;

export function Name({ source, id = '' }: { source: SourceCard | undefined; id?: string }) {
  return <bdi>{nameOf(source, id)}</bdi>;
}

/** Who did something, as the history has it, without what kind of actor it is. */
export const nameOfActor = (actor: string): string => actor.replace(/^\w+:/, '');

/** What is not prose: a day, a range, an id. It is written from left to right in any language. */
export function Code({ children }: { children: ComponentChildren }) {
  return (
    <bdi dir="ltr" class="code">
      {children}
    </bdi>
  );
}

/** Words of a statement that were searched for, marked where they stand; offsets are code points. */
function marked(tag: string, text: string, matches: readonly WordMatch[] = []): ComponentChildren {
  const of = matches.filter(({ lang }) => lang === tag);
  if (of.length === 0) return text;
  const letters = Array.from(text);
  const part = (start: number, end?: number) => letters.slice(start, end).join('');
  return of.map(({ start, end }, i) => (
    <>
      {part(of[i - 1]?.end ?? 0, start)}
      <mark>{part(start, end)}</mark>
      {i === of.length - 1 && part(end)}
    </>
  ));
}

interface StatementProps {
  texts: Record<string, string>;
  matches?: readonly WordMatch[] | undefined;
}

/** A statement in the language of the page; where it is in none of it, in the one that it has. */
export function Statement({ texts, matches }: StatementProps) {
  const [[tag, text] = ['', '']] = inOrder(texts);
  return (
    <span lang={tag} dir={directionOf(tag)} class="statement">
      {marked(tag, text, matches)}
    </span>
  );
}

/** A statement in the other languages that it has, each beside that of the page. */
export function OtherWordings({ texts, matches }: StatementProps) {
  return (
    <>
      {inOrder(texts)
        .slice(1)
        .map(([tag, text]) => (
          <p key={tag} class="other">
            <bdi lang={tag} class="statement">
              {marked(tag, text, matches)}
            </bdi>
          </p>
        ))}
    </>
  );
}

/** The text of a statement, where no markup can be. */
export const statementText = (texts: Record<string, string>): string => inOrder(texts)[0]?.[1] ?? '';

/** Where the history of a thing is. */
export function HistoryLink({ resource, id }: { resource: string; id: string }) {
  return <a href={href(['history'], { resource, thing: id })}>{m.historyOf}</a>;
}

/** What can be done with a thing that is kept: change it, and look at its history. */
export function Keeping({ resource, id, editing }: { resource: string; id: string; editing: Signal<boolean> }) {
  return (
    <>
      <button type="button" class="quiet" aria-expanded={editing.value} onClick={() => (editing.value = true)}>
        {m.edit}
      </button>
      <HistoryLink resource={resource} id={id} />
    </>
  );
}

/** A link to a thing's screen, where there is one for it. */
export function LinkTo({ path, query, children }: { path: readonly string[] | undefined; query?: Query; children: ComponentChildren }) {
  return path && shown.has(path[0] ?? '') ? <a href={href(path, query)}>{children}</a> : <>{children}</>;
}

interface ChainProps {
  /** The sources, the reader's side first, each with its name and, where it is to lead to its page, its id. */
  walk: readonly (readonly [name: string, id?: string])[];
  /** How many of them stand beside it already. */
  after?: number;
}

/**
 * Who has it from whom. What stands between the names is drawn, and points the way that one reads; for who hears the page, the whole of it
 * is one sentence.
 */
export function Chain({ walk, after = 0 }: ChainProps) {
  return (
    <ol class="chain" aria-label={m.walk(...walk.map(([name]) => name))}>
      {walk.slice(after).map(([name, id], i) => (
        <li key={i}>
          <LinkTo path={id ? ['sources', id] : undefined}>
            <bdi>{name}</bdi>
          </LinkTo>
        </li>
      ))}
    </ol>
  );
}

/** A shape for each standing, beside its word: how much of it stands is not told by color alone. */
const shapes: Record<string, string> = {
  corroborated: 'M2 2h12v12H2z',
  single_carrier: 'M2 2h12v12H2zM8 2v12',
  possibly_corroborated: 'M2 8h12v6H2zM2 2h12v12H2z',
  single_origin: 'M5 5h6v6H5z',
  contested: 'M2 2l12 12M14 2L2 14',
  denied: 'M2 8h12',
  circular: 'M8 2a6 6 0 1 0 .1 0',
  no_origin_left: 'M3 3h10v10H3z',
  unattributed: 'M7 7h2v2H7z',
};

export function StandingWord({ standing }: { standing: Standing }) {
  return (
    <span class={`standing ${standing}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={shapes[standing] ?? ''} />
      </svg>
      {m.standings[standing] ?? standing}
    </span>
  );
}

/** The most squares that are drawn; beyond them the numbers say it. */
const squares = 9;

/** An interval of independent origins: full squares are certain, empty ones possible. The numbers stand beside it. */
export function Interval({ of: { min, max } }: { of: Independence }) {
  const drawn = Array.from({ length: Math.min(max, squares) }, (_, i) => <i key={i} class={i < min ? 'sure' : ''} />);
  return (
    <span class="interval">
      <span class="squares" aria-hidden="true">
        {drawn}
      </span>
      <Range min={min} max={max} />
    </span>
  );
}

/** When something was: a day, or the interval in which it lies. An end that nobody knows is left open. `exact` shows its minutes too. */
export function When({ from, to, exact }: { from: string | null | undefined; to: string | null | undefined; exact?: boolean }) {
  if (!from && !to) return null;
  const [first, last] = [from, to].map((one) => (one ? (exact && one[16] ? `${dayOf(one)} ${one.slice(11, 16)}` : dayOf(one)) : '…'));
  return <Code>{first === last ? first : `${first} – ${last}`}</Code>;
}

/** A range of numbers; both ends where they differ. */
export function Range({ min, max }: { min: number; max: number }) {
  return <Code>{min === max ? number(min) : `${number(min)}–${number(max)}`}</Code>;
}

/** What went wrong, in words: what it is, each fault, and the name by which the service's log knows the request. */
export function ProblemBox({ problem, again }: { problem: Problem | Error; again?: () => void }) {
  const known = problem instanceof Problem ? problem : undefined;
  const copied = useSignal(false);
  if (known?.status === 401 && session.value?.signed_in) return null; // somebody signed in since
  const title = known ? (m.problems[known.code] ?? m.problemUnknown) : offline.value ? m.problemOffline : m.problemUnknown;
  return (
    <div class="problem" role="alert">
      <strong>{title}</strong>
      {known?.detail && (
        <p lang="en" dir="ltr">
          {known.detail}
        </p>
      )}
      {known && known.faults.length > 0 && (
        <ul>
          {known.faults.map((fault) => (
            <li key={fault.pointer}>
              <Code>{fault.pointer}</Code>{' '}
              <span lang="en" dir="ltr">
                {fault.expected}
              </span>
            </li>
          ))}
        </ul>
      )}
      <p>
        {again && (
          <button type="button" onClick={again}>
            {m.tryAgain}
          </button>
        )}
        {known?.requestId && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              void navigator.clipboard.writeText(known.requestId ?? '').then(() => (copied.value = true));
            }}
          >
            {copied.value ? m.copied : m.copyRequest} <Code>{known.requestId}</Code>
          </button>
        )}
      </p>
    </div>
  );
}

/** The heading of a screen. The focus goes to it, and the window is named after it, whenever another screen or thing is shown. */
export function Heading({ title, children }: { title: string; children?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const name = m.titleOf(title);
  useLayoutEffect(() => void (document.title = name), [name]);
  useLayoutEffect(() => {
    if (arrived === place.peek()) return;
    const first = arrived === undefined;
    arrived = place.peek();
    if (first || returning.peek()) return;
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [place.value]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children ?? title}
    </h1>
  );
}

/** The place whose heading had the focus last; at the first one the browser has it. */
let arrived: string | undefined;

/** Whether there has been something to read. */
export const read = signal(false);

/** Brings a reader who came Back to where they were, once what they looked at is there. */
export function useReturn(ready: boolean): void {
  useLayoutEffect(() => {
    if (ready) read.value = true;
    const to = returning.peek();
    if (!ready || !to) return;
    returning.value = undefined;
    const at = document.getElementById(to.focus ?? '');
    at?.closest('details')?.setAttribute('open', '');
    scrollTo(0, to.scroll);
    at?.focus(); // which scrolls where it would not be seen
  }, [ready, address.value]);
}

/** What was asked for: a problem, the content, or room for it. What is shown stays while something newer is on its way. */
export function Content<T>({
  of: loaded,
  room,
  children,
}: {
  of: Loaded<T>;
  room?: ComponentChildren;
  children: (data: T) => ComponentChildren;
}) {
  return (
    <div class="content" aria-busy={loaded.busy}>
      {loaded.problem && <ProblemBox problem={loaded.problem} again={loaded.again} />}
      {loaded.data !== undefined ? children(loaded.data) : loaded.busy && (askedAgain.value ? (
        <p>
          <Busy />
        </p>
      ) : (
        (room ?? <p class="quiet">{m.loading}</p>)
      ))}
    </div>
  );
}

/** That the service refused for now, and when it is asked again. */
export function Busy() {
  return askedAgain.value && <span class="busy">{m.busyUntil(secondOfDay(askedAgain.value))}</span>;
}

/** One of some values, each by its words. */
export function Select({
  options,
  choose,
  ...given
}: {
  value: string;
  options: Readonly<Record<string, string>>;
  choose: (value: string) => void;
  name?: string;
  required?: boolean;
}) {
  return (
    <select {...given} onChange={(event) => choose(event.currentTarget.value)}>
      {Object.entries(options).map(([value, said]) => (
        <option key={value} value={value}>
          {said}
        </option>
      ))}
    </select>
  );
}

type Box = ComponentProps<'input'>;

/** A field that is read once its form is sent, and has another value where the address has. */
export function Typed({ of, box, value = '', ...given }: { of: string; box?: Ref<HTMLInputElement>; value?: string } & Box) {
  const typed = useTyped(`${of} ${value}`, value);
  return (
    <input
      dir="auto"
      {...given}
      ref={box}
      key={value}
      defaultValue={typed.peek()}
      onInput={(event) => (typed.value = event.currentTarget.value)}
    />
  );
}

/** Words that a list is searched for, which the address has. */
export function Find({ label }: { label: string }) {
  return (
    <form
      class="tools"
      onSubmit={(event) => {
        event.preventDefault();
        look({ q: String(new FormData(event.currentTarget).get('q')).trim(), cursor: undefined });
      }}
    >
      <label>
        {label} <Typed of="find" type="search" name="q" maxLength={500} value={address.value.query.get('q') ?? ''} />
      </label>
      <button>{m.search}</button>
    </form>
  );
}

/** The ways to the other pages of a list: the first, and the next where there is one. */
export function Pages({ of, query, next }: { of: string; query: Query; next: string | undefined }) {
  return (
    <nav class="pages" aria-label={m.pagesLabel}>
      {query['cursor'] && <a href={href([of], { ...query, cursor: undefined })}>{m.firstPage}</a>}
      {next && <a href={href([of], { ...query, cursor: next })}>{m.nextPage}</a>}
    </nav>
  );
}

/** A dialog that opens itself; Esc and its button close it. */
export function Dialog({ title, close, children }: { title: string; close: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      // Somebody may have gone on already.
      const { activeElement: at, body } = document;
      if (before instanceof HTMLElement && (at === body || shown?.contains(at))) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="dialog-title">
      <h2 id="dialog-title">{title}</h2>
      {children}
      <form method="dialog">
        <button>{m.close}</button>
      </form>
    </dialog>
  );
}
