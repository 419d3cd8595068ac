/** A document: who says what in it, on whose word, in which words; and the words that somebody adds. */
import type { Attribution, ClaimCard, Document, SourceCard } from '@headwater/client';
import { computed, effect, useComputed, useSignal, type ReadonlySignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { address, look } from '../address';
import { addClaims, service, useLoad } from '../api';
import { moveFocus, useKeys } from '../keys';
import { directionOf, number } from '../language';
import { EditDocument } from '../edit/document';
import { Code, Content, Heading, Keeping, LinkTo, Name, nameOf, useReturn, When } from '../parts';
import { useTyped } from '../typed';
import type { ScreenProps } from '../screens';
import './document.css';
import { Editor } from './editor';
import { keepDraft, newDraft, type Draft, draftOf } from './draft';
import { Margin } from './margin';
import { words as w } from './messages';
import { Positions, place, type Piece } from './spans';
import { MarkedText } from './text';
import { Ranges, tint, untint, type Tint } from './tints';
import { find, selectedIn, sharedWith, tidy, type Picked, whole } from './words';

interface Loaded {
  document: Document;
  attributions: Attribution[];
  claims: Record<string, ClaimCard>;
  sources: Record<string, SourceCard>;
  origin: Document | undefined;
}

async function load(id: string, signal: AbortSignal): Promise<Loaded> {
  const attributions: Attribution[] = [];
  const claims: Loaded['claims'] = {};
  const sources: Loaded['sources'] = {};
  const whole = (async () => {
    const query = { limit: 200, status: ['proposed' as const, 'accepted' as const] };
    for await (const page of service.each.listDocumentAttributions({ path: { id }, query, signal }).pages()) {
      attributions.push(...page.items);
      Object.assign(claims, page.claims);
      Object.assign(sources, page.sources);
    }
  })();
  const [{ data: document }] = await Promise.all([service.getDocument({ path: { id }, signal }), whole]);
  await addClaims(
    claims,
    attributions.map(({ claim }) => claim),
    signal,
  );
  if (!(document.publisher in sources)) {
    sources[document.publisher] = (await service.getSource({ path: { id: document.publisher }, signal })).data;
  }
  const { data: origin } = document.derived_from
    ? await service.getDocument({ path: { id: document.derived_from }, query: { fields: ['title', 'language', 'text'] }, signal })
    : {};
  return { document, attributions, claims, sources, origin };
}

export default function DocumentScreen({ id }: ScreenProps) {
  const loaded = useLoad(id, (signal) => load(id, signal));
  useReturn(loaded.data !== undefined);
  const title = loaded.data?.document.title ?? w.untitled;
  const language = loaded.data?.document.language;
  return (
    <article class="document">
      <Heading title={title}>
        {language ? (
          <span lang={language} dir={directionOf(language)} class="statement">
            {title}
          </span>
        ) : (
          <bdi>{title}</bdi>
        )}
      </Heading>
      <Content of={loaded} room={<div class="room" />}>
        {(data) => <Reading key={id} data={data} again={loaded.again} />}
      </Content>
    </article>
  );
}

function Head({ data: { document, sources, origin }, again }: { data: Loaded; again: () => void }) {
  const editing = useTyped('editing', false);
  const { published } = document;
  return (
    <>
      <p class="facts">
        <span>
          {w.publishedBy(
            <LinkTo path={['sources', document.publisher]}>
              <Name source={sources[document.publisher]} id={document.publisher} />
            </LinkTo>,
          )}
        </span>
        {published?.earliest || published?.latest ? (
          <span>
            <When from={published.earliest} to={published.latest} exact />
            {published.note && (
              <>
                {' '}
                <bdi class="quiet">{published.note}</bdi>
              </>
            )}
          </span>
        ) : (
          <span class="quiet">{w.undated}</span>
        )}
        <span class="quiet">{w.kinds[document.kind] ?? document.kind}</span>
        {document.url && (
          <a href={document.url} rel="noreferrer" target="_blank">
            <Code>{shortened(document.url)}</Code>
          </a>
        )}
        {document.archive_url && (
          <a href={document.archive_url} rel="noreferrer" target="_blank">
            {w.archived}
          </a>
        )}
        {document.status === 'retracted' && <strong class="anomaly">{w.retracted}</strong>}
        <Keeping resource="document" id={document.id} editing={editing} />
      </p>
      {editing.value && <EditDocument document={document} known={sources} again={again} close={() => (editing.value = false)} />}
      {document.derived_from && (
        <p class="facts">
          {w.derivedFrom(
            <LinkTo path={['documents', document.derived_from]}>
              <bdi>{origin?.title ?? document.derived_from}</bdi>
            </LinkTo>,
          )}
        </p>
      )}
    </>
  );
}

const shortened = (url: string): string => (url.length > 60 ? `${url.slice(0, 57)}…` : url);

function Reading({ data, again }: { data: Loaded; again: () => void }) {
  const { document, attributions } = data;
  const text = document.text ?? '';
  const element = useRef<HTMLDivElement>(null);
  const positions = useMemo(() => new Positions(text), [text]);
  const { marks, lost, wordless } = useMemo(() => place(positions, attributions), [positions, attributions]);
  const ordered = useMemo(() => [...marks.flatMap((mark) => mark.attributions), ...wordless], [marks, wordless]);
  const told = useSignal(localStorage.getItem('headwater.told') !== 'off');
  const hovered = useSignal<readonly string[]>([]);
  const chosen = useComputed(() => address.value.query.get('attribution') ?? undefined);
  const lit = useComputed<readonly string[]>(() => (hovered.value.length > 0 ? hovered.value : chosen.value ? [chosen.value] : []));
  const draft = useSignal<Draft | undefined>(draftOf(document.id));
  const picked = useTyped<{ raw: Picked; tidy: Picked } | undefined>('picked', undefined);
  const finding = useTyped('finding', '');
  const change = (next: Draft | undefined) => {
    draft.value = next;
    keepDraft(document.id, next);
  };

  const ranges = useRef<Ranges | undefined>(undefined);
  useLayoutEffect(() => {
    ranges.current = element.current ? new Ranges(element.current) : undefined;
  }, [text, marks]);
  const paint = (name: Tint, spans: readonly (Picked | undefined)[]) =>
    tint(
      name,
      spans.map((span) => span && ranges.current?.of(span)),
    );

  // What is looked at: the first is shown whole, with the words that tell who says it, how and when. Only the tints change with it.
  useEffect(
    () =>
      effect(() => {
        const shown = lit.value[0];
        const attribution = attributions.find((one) => one.id === shown);
        const hops = attribution?.chain ?? [];
        const selectors = {
          content: [attribution?.content],
          cue: hops.map(({ cue }) => cue),
          setting: hops.map(({ setting }) => setting),
          evidence: hops.map(({ evidence_span }) => evidence_span),
          date: [attribution?.event_time_span],
        };
        for (const [name, of] of Object.entries(selectors))
          paint(
            name as Tint,
            of.map((one) => positions.of(one)),
          );
        if (hovered.value.length > 0) showCard(shown);
      }),
    [marks],
  );
  const found = useMemo(() => computed(() => (finding.value.trim() ? find(text, finding.value) : undefined)), [text]);
  useLayoutEffect(() => effect(() => paint('found', found.value ?? [])), [found, marks]);
  // The words of a translation are others, whatever they say.
  const tongue = (of: Document | undefined) => of?.language?.split('-')[0];
  const original = tongue(data.origin) === tongue(document) ? data.origin?.text : undefined;
  const shared = useMemo(() => (original && text ? sharedWith(original, text) : undefined), [original, text]);
  // Where a reader chooses the colors, a browser fills what is tinted, and the lines under the words would be lost: the list stays.
  useLayoutEffect(
    () => paint('shared', (!matchMedia('(forced-colors: active)').matches && shared?.passages) || []),
    [shared, marks],
  );
  const picking = picked.value?.tidy;
  const drafting = draft.value;
  useLayoutEffect(() => {
    paint('picked', [picking, drafting?.content, drafting?.date, ...(drafting?.hops.flatMap((hop) => [hop.cue, hop.evidence_span]) ?? [])]);
  }, [picking?.start, picking?.end, drafting, marks]);
  useEffect(() => untint, []);

  const pick = (selected: Picked) => {
    const raw = whole(text, selected);
    const tidied = tidy(text, raw);
    if (tidied) picked.value = { raw, tidy: tidied };
  };
  useEffect(() => {
    const selected = () => {
      const raw = element.current && selectedIn(element.current);
      if (raw) pick(raw);
    };
    window.document.addEventListener('selectionchange', selected);
    return () => window.document.removeEventListener('selectionchange', selected);
  }, [text]);

  const choose = (piece: Piece, entered: boolean) => {
    const all = piece.marks.flatMap((mark) => mark.attributions.map((one) => one.id));
    const next = all[(all.indexOf(chosen.value ?? '') + 1) % all.length];
    look({ attribution: next });
    if (entered) window.document.getElementById(`card-${next}`)?.focus({ preventScroll: true });
    showCard(next);
  };
  const begin = () => [...(element.current?.querySelectorAll<HTMLElement>('mark[tabindex]') ?? [])];
  const use = (as: (span: Picked) => Draft | undefined) => () => {
    if (!picked.value) return;
    const next = as(picked.value.tidy);
    if (!next) return;
    change(next);
    picked.value = undefined;
    getSelection()?.removeAllRanges();
  };
  const lastHop = (changes: Partial<Draft['hops'][number]>) =>
    draft.value && draft.value.hops.length > 0
      ? { ...draft.value, hops: [...draft.value.hops.slice(0, -1), { ...(draft.value.hops.at(-1) as Draft['hops'][number]), ...changes }] }
      : undefined;
  const uses = [
    {
      id: 'attribute',
      keys: 'a',
      label: w.useContent,
      enabled: true,
      run: use((span) => (draft.value ? { ...draft.value, content: span } : newDraft(span))),
    },
    { id: 'cue', keys: 'c', label: w.cue, enabled: !!draft.value?.hops.length, run: use((cue) => lastHop({ cue })) },
    {
      id: 'evidence',
      keys: 'v',
      label: w.evidence,
      enabled: !!draft.value?.hops.length,
      run: use((evidence_span) => lastHop({ evidence_span })),
    },
    { id: 'date', keys: 'd', label: w.useDate, enabled: !!draft.value, run: use((date) => draft.value && { ...draft.value, date }) },
  ];
  useKeys([
    { id: 'next-mark', keys: 'n', label: w.keyNextMark, run: () => moveFocus(begin(), 1) },
    { id: 'previous-mark', keys: 'p', label: w.keyPreviousMark, run: () => moveFocus(begin(), -1) },
    ...uses.map(({ id, keys, label, run }) => ({ id, keys, label, run })),
  ]);
  const back = (id: string) => {
    const mark = begin().find((one) => one.getAttribute('aria-details')?.split(' ').includes(`card-${id}`));
    mark?.focus({ preventScroll: true });
    mark?.scrollIntoView({ block: 'nearest' });
  };
  const findInput = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (chosen.peek()) showCard(chosen.peek());
  }, []);

  return (
    <>
      <Head data={data} again={again} />
      <div class="reading">
        <div class="page">
          {text === '' ? (
            <p class="banner">{w.noText}</p>
          ) : (
            <>
              <div class="tools">
                <label>
                  {w.findWords}{' '}
                  <input
                    ref={findInput}
                    type="search"
                    dir="auto"
                    autocomplete="off"
                    value={finding}
                    maxLength={500}
                    onInput={(event) => (finding.value = event.currentTarget.value)}
                  />
                </label>
                <label>
                  <input
                    type="checkbox"
                    checked={told.value}
                    onChange={(event) => {
                      told.value = event.currentTarget.checked;
                      localStorage.setItem('headwater.told', told.value ? 'on' : 'off');
                    }}
                  />{' '}
                  {w.tellMarks}
                </label>
              </div>
              {shared && (
                <details>
                  <summary>{w.shared(inPercent(shared.share), shared.passages.length)}</summary>
                  <Passages
                    text={text}
                    passages={shared.passages}
                    label={w.showInText}
                    use={(passage) => scrollBy(0, (ranges.current?.of(passage)?.getBoundingClientRect().top ?? 0) - 200)}
                  />
                </details>
              )}
              <Hits text={text} found={found} pick={pick} />
              <MarkedText
                text={text}
                marks={marks}
                lang={document.language}
                dir={directionOf(document.language ?? '')}
                told={told.value}
                element={element}
                over={(piece) => (hovered.value = piece?.marks.flatMap((mark) => mark.attributions.map((one) => one.id)) ?? [])}
                choose={choose}
              />
              {picked.value && (
                <div class="picked" role="toolbar" aria-label={w.pickedLabel}>
                  <q>
                    <bdi lang={document.language} dir={directionOf(document.language ?? '')}>
                      {excerpt(text, picked.value.tidy)}
                    </bdi>
                  </q>
                  {uses.map(({ id, keys, label, enabled, run }) => (
                    <button key={id} type="button" disabled={!enabled} onMouseDown={(event) => event.preventDefault()} onClick={run}>
                      {label} <kbd>{keys}</kbd>
                    </button>
                  ))}
                  {picked.value.raw.start !== picked.value.tidy.start || picked.value.raw.end !== picked.value.tidy.end ? (
                    <button
                      type="button"
                      class="quiet"
                      onClick={() => picked.value && (picked.value = { ...picked.value, tidy: picked.value.raw })}
                    >
                      {w.asSelected}
                    </button>
                  ) : null}
                  <button type="button" class="quiet" onClick={() => (picked.value = undefined)}>
                    {w.letGo}
                  </button>
                </div>
              )}
            </>
          )}
          {lost.length > 0 && (
            <section class="lost" aria-labelledby="lost">
              <h2 id="lost">{w.lostTitle(lost.length)}</h2>
              <ul>
                {lost.map(({ id, content }) => (
                  <li key={id}>
                    <bdi>
                      <span class="quiet">{content?.prefix}</span>
                      <del>{content?.exact}</del>
                      <span class="quiet">{content?.suffix}</span>
                    </bdi>
                    <button
                      type="button"
                      onClick={() => {
                        finding.value = content?.exact ?? '';
                        findInput.current?.focus();
                      }}
                    >
                      {w.findAgain}
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
        <div class="beside">
          {draft.value && (
            <Editor
              document={document}
              publisher={nameOf(data.sources[document.publisher], document.publisher)}
              draft={draft.value}
              change={change}
              saved={() => {
                change(undefined);
                again();
              }}
            />
          )}
          <Margin
            attributions={ordered}
            claims={data.claims}
            sources={data.sources}
            text={text}
            lit={lit}
            choose={(id) => look({ attribution: id })}
            back={back}
          />
        </div>
      </div>
      {document.text_sha256 && <p class="quiet foot">{w.hash(<Code>{document.text_sha256}</Code>, number([...text].length))}</p>}
    </>
  );
}

/** A part in percent, which is no prose: little is not nothing. */
const inPercent = (part: number): string => `\u2066${Math.max(1, Math.round(100 * part))}%\u2069`;

/** Brings a card into view within the margin; the page stays where it is. */
function showCard(id: string | undefined): void {
  const card = document.getElementById(`card-${id}`);
  const margin = card?.closest<HTMLElement>('.margin');
  if (!card || !margin) return;
  const [above, below] = [card.offsetTop - margin.scrollTop, card.offsetTop + card.offsetHeight - margin.scrollTop - margin.clientHeight];
  if (above < 0) margin.scrollTop += above;
  else if (below > 0) margin.scrollTop += Math.min(below, above);
}

/** The words, with whole words left out in the middle where they are many. */
export const excerpt = (text: string, { start, end }: Picked): string =>
  end - start > 90
    ? `${text.slice(start, start + 60).replace(/\s\S*$/, '')} … ${text.slice(end - 25, end).replace(/^\S*\s/, '')}`
    : text.slice(start, end);

interface HitsProps {
  text: string;
  /** Undefined where nothing is searched for. */
  found: ReadonlySignal<readonly Picked[] | undefined>;
  pick: (hit: Picked) => void;
}

/** What was found: it alone is drawn anew with each letter, and no mark or card. */
function Hits({ text, found: { value: hits }, pick }: HitsProps) {
  return (
    <>
      <p class="quiet" role="status">
        {hits && w.hitsCount(hits.length)}
      </p>
      {hits?.[0] && <Passages text={text} passages={hits} label={w.pickHit} use={pick} around={24} />}
    </>
  );
}

interface PassagesProps {
  text: string;
  passages: readonly Picked[];
  /** What can be done with each. */
  label: string;
  use: (passage: Picked) => void;
  /** How much of what is around each is shown. */
  around?: number;
}

function Passages({ text, passages, label, use, around = 0 }: PassagesProps) {
  return (
    <ol class="hits">
      {passages.map((passage) => (
        <li key={passage.start}>
          <bdi dir="auto" class="statement">
            {around > 0 && <span class="quiet">…{text.slice(Math.max(0, passage.start - around), passage.start)}</span>}
            {excerpt(text, passage)}
            {around > 0 && <span class="quiet">{text.slice(passage.end, passage.end + around)}…</span>}
          </bdi>{' '}
          <button type="button" onClick={() => use(passage)}>
            {label}
          </button>
        </li>
      ))}
    </ol>
  );
}
