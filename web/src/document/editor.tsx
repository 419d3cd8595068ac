/** The editor of a new attribution: the claim, who is said to have said it, and how. */
import type { Act, Certainty, Document, Evidence, Questions, Stance } from '@headwater/client';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { service, useLoad } from '../api';
import { Combobox, findClaims, findSources } from '../combobox';
import { useAct } from '../edit/act';
import { Effects } from '../effect';
import { sourceKinds } from '../kinds';
import { directionOf, languageOf } from '../language';
import { Chain, Content, ProblemBox, Select } from '../parts';
import { effectOf, isWhole, newHop, save, type Draft, type DraftHop } from './draft';
import { words as w } from './messages';
import { find } from './words';
import { excerpt } from './screen';

export function Editor({
  document,
  publisher,
  draft,
  change,
  saved,
}: {
  document: Document;
  publisher: string;
  draft: Draft;
  change: (draft: Draft | undefined) => void;
  saved: () => void;
}) {
  const { publishes, ...acts } = w.acts; // only who published the document publishes
  const text = document.text ?? '';
  const title = useRef<HTMLHeadingElement>(null);
  const hops = useRef<HTMLOListElement>(null);
  const added = useRef(false);
  const { busy, problem, run } = useAct();
  useLayoutEffect(() => title.current?.focus(), [draft.id]);
  useLayoutEffect(() => {
    if (added.current) hops.current?.lastElementChild?.querySelector('input')?.focus();
    added.current = false;
  }, [draft.hops.length]);
  const edit = (changes: Partial<Draft>) => change({ ...draft, ...changes });
  const editHop = (at: number, changes: Partial<DraftHop>) =>
    edit({ hops: draft.hops.map((hop, i) => (i === at ? { ...hop, ...changes } : hop)) });
  const quote = (span: Draft['content']) => (
    <q>
      <bdi lang={document.language} dir={directionOf(document.language ?? '')} class="statement">
        {excerpt(text, span)}
      </bdi>
    </q>
  );
  return (
    <form
      class="draft"
      aria-labelledby="draft"
      onSubmit={(event) => {
        event.preventDefault();
        void run(() => save(document, draft).then(saved));
      }}
    >
      <h2 id="draft" ref={title} tabIndex={-1}>
        {w.draftTitle}
      </h2>
      <p>{quote(draft.content)}</p>
      {draft.date && (
        <Picking label={w.date} drop={() => edit({ date: undefined })}>
          {quote(draft.date)}
        </Picking>
      )}
      <p class="field">
        <Combobox
          label={w.claimLabel}
          typed={draft.statement}
          type={(statement) => edit({ statement, claim: undefined })}
          find={findClaims}
          choose={({ id, name }) => edit({ claim: id, statement: name })}
        />
        <span class="quiet">{draft.claim ? w.claimChosen : draft.statement.trim() ? w.claimNew : w.claimHint}</span>
      </p>
      <Choice label={w.stanceLabel} value={draft.stance} names={w.stances} choose={(stance) => edit({ stance: stance as Stance })} />
      <h3 id="draft-chain">{w.chainTitle}</h3>
      <ol class="hops" ref={hops} aria-labelledby="draft-chain">
        <li>
          <bdi>{publisher}</bdi> <span class="quiet">{publishes}</span>
        </li>
        {draft.hops.map((hop, i) => (
          <li key={i}>
            <Combobox
              label={w.sourceLabel}
              typed={hop.name}
              type={(name) => editHop(i, { name, source: undefined })}
              find={findSources}
              choose={({ id, name }) => {
                const [said] = find(text, hop.name);
                editHop(i, { source: id, name, described_as: hop.described_as || (said ? text.slice(said.start, said.end) : '') });
              }}
            />
            {!hop.source && hop.name.trim() !== '' && (
              <Choice
                label={w.newSource}
                value={hop.kind}
                names={{ '': w.chooseKind, ...sourceKinds }}
                choose={(kind) => editHop(i, { kind: kind as DraftHop['kind'] })}
              />
            )}
            <Choice label={w.actLabel} value={hop.act} names={acts} choose={(act) => editHop(i, { act: act as Act })} />
            <Choice
              label={w.certaintyLabel}
              value={hop.certainty}
              names={w.certainties}
              choose={(certainty) => editHop(i, { certainty: certainty as Certainty })}
            />
            <Choice
              label={w.evidenceLabel}
              value={hop.evidence}
              names={w.evidences}
              choose={(evidence) => editHop(i, { evidence: evidence as Evidence })}
            />
            <label class="field">
              {w.describedAs}{' '}
              <input
                type="text"
                dir="auto"
                maxLength={500}
                value={hop.described_as}
                onInput={(event) => editHop(i, { described_as: event.currentTarget.value })}
              />
            </label>
            {hop.cue && (
              <Picking label={w.cue} drop={() => editHop(i, { cue: undefined })}>
                {quote(hop.cue)}
              </Picking>
            )}
            {hop.evidence_span && (
              <Picking label={w.evidence} drop={() => editHop(i, { evidence_span: undefined })}>
                {quote(hop.evidence_span)}
              </Picking>
            )}
            <button type="button" class="quiet" onClick={() => edit({ hops: draft.hops.filter((_, at) => at !== i) })}>
              {w.removeHop}
            </button>
          </li>
        ))}
      </ol>
      <p>
        <button
          type="button"
          onClick={() => {
            added.current = true;
            edit({ hops: [...draft.hops, newHop()] });
          }}
        >
          {w.addHop}
        </button>
      </p>
      <p class="quiet">{draft.hops.length === 0 ? w.ownVoice : w.chainHint}</p>
      <Preview document={document} publisher={publisher} draft={draft} />
      {problem.value && <ProblemBox problem={problem.value} />}
      <p class="actions">
        <button disabled={busy.value || !isWhole(draft)}>{w.save}</button>
        <button type="button" class="quiet" onClick={() => change(undefined)}>
          {w.discard}
        </button>
      </p>
    </form>
  );
}

/** How long one pauses before the effect of a draft is worked out, in milliseconds. */
const pause = 400;

/** The way that the words take, and what they would change, before they are saved. */
function Preview({ document, publisher, draft }: { document: Document; publisher: string; draft: Draft }) {
  const question = effectOf(document, draft);
  const asked = JSON.stringify(question);
  const key = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const timer = setTimeout(() => (key.value = asked), pause);
    return () => clearTimeout(timer);
  }, [asked]);
  const effect = useLoad(
    key.value,
    async (signal) => (await service.analyzeClaims({ body: JSON.parse(key.value ?? '') as Questions, signal })).data.comparisons ?? [],
  );
  const language = languageOf(draft.statement);
  return (
    <section class="preview" aria-labelledby="preview">
      <h3 id="preview">{w.previewTitle}</h3>
      <Chain walk={[[publisher], ...draft.hops.map(({ name }) => [name || '…'] as const)]} />
      {question === undefined ? (
        <p class="quiet">{w.previewNew}</p>
      ) : (
        <Content of={effect}>
          {(moved) => (
            <Effects of={moved} claims={{ [draft.claim ?? '']: { statement: { [language]: draft.statement }, status: 'active' } }} />
          )}
        </Content>
      )}
    </section>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  names: Readonly<Record<string, string>>;
  choose: (value: string) => void;
}

function Choice({ label, value, names, choose }: ChoiceProps) {
  return (
    <label class="field">
      {label} <Select value={value} options={names} required choose={choose} />
    </label>
  );
}

/** Words that were picked for a part of the chain, and a way to let them go. */
function Picking({ label, drop, children }: { label: string; drop: () => void; children: ComponentChildren }) {
  return (
    <p class="field">
      {label} {children}{' '}
      <button type="button" class="quiet" onClick={drop}>
        {w.letGo}
      </button>
    </p>
  );
}
