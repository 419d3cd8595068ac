/** An attribution that somebody is writing. It is kept in the browser until it is saved, so that nothing typed is lost. */
import type { Act, AttributionFields, Certainty, Evidence, Questions, SourceKind, Stance, SupposedSource } from '@headwater/client';
import { select } from '@headwater/client';
import { keptAs } from '../address';
import { newName, once, service } from '../api';
import { languageOf } from '../language';
import type { Picked } from './words';

export interface DraftHop {
  /** The source that was chosen; without one, a source of this name is made. */
  source?: string | undefined;
  name: string;
  /** What the new source is; empty until somebody says it, since none of them goes without saying. */
  kind: SourceKind | '';
  act: Act;
  certainty: Certainty;
  evidence: Evidence;
  described_as: string;
  cue?: Picked | undefined;
  evidence_span?: Picked | undefined;
}

export interface Draft {
  /** Names it to the service, so that what is sent again is stored once. */
  id: string;
  content: Picked;
  date?: Picked | undefined;
  /** The claim that was chosen; without one, a claim with this statement is made. */
  claim?: string | undefined;
  statement: string;
  stance: Stance;
  hops: DraftHop[];
}

export const newHop = (): DraftHop => ({ name: '', kind: '', act: 'says', certainty: 'certain', evidence: 'unstated',
  described_as: '' });

export const newDraft = (content: Picked): Draft => ({
  id: newName(),
  content, statement: '', stance: 'affirms', hops: [],
});

const store = (document: string): string => keptAs(`draft.${document}`);

export function draftOf(document: string): Draft | undefined {
  return (JSON.parse(sessionStorage.getItem(store(document)) ?? 'null') as Draft | null) ?? undefined;
}

export function keepDraft(document: string, draft: Draft | undefined): void {
  if (draft) sessionStorage.setItem(store(document), JSON.stringify(draft));
  else sessionStorage.removeItem(store(document));
}

export const isWhole = ({ claim, statement, hops }: Draft): boolean => (claim !== undefined || statement.trim() !== '') &&
  hops.every(({ source, name }) => source !== undefined || name.trim() !== '');

export interface Saved {
  id: string;
  publisher: string;
  text?: string;
}

/** The attribution that a draft is, once the sources and the claim that it names are there. */
export function attributionOf(document: Saved, draft: Draft, claim: string, sources: readonly string[]): AttributionFields {
  const text = document.text ?? '';
  const chain: AttributionFields['chain'] = [{ source: document.publisher, act: 'publishes' }];
  for (const [i, { act, certainty, evidence, described_as, cue, evidence_span }] of draft.hops.entries()) {
    chain.push({
      source: sources[i] ?? '', act, certainty, ...(evidence !== 'unstated' && { evidence }), ...(described_as.trim() &&
        { described_as: described_as.trim() }),
      ...(cue && { cue: select(text, cue) }), ...(evidence_span && { evidence_span: select(text, evidence_span) }),
    });
  }
  return {
    claim, document: document.id, stance: draft.stance, chain, content: select(text, draft.content),
    ...(draft.date && { event_time_span: select(text, draft.date) }),
  };
}

/** The source that a hop makes, where none was chosen. */
const sourceOf = ({ name, kind }: DraftHop) => ({ name: name.trim(), kind: kind || ('other' as const) });

/** What saving it would do to the claim's figures; undefined where it makes the claim, or is not whole yet. */
export function effectOf(document: Saved, draft: Draft): Questions | undefined {
  if (draft.claim === undefined || !isWhole(draft)) return undefined;
  const made: SupposedSource[] = []; // under ids for this question alone; hops that make the same one name it once, as saving does
  const ids = draft.hops.map((hop) => {
    if (hop.source) return hop.source;
    const fields = sourceOf(hop);
    const known = made.find(({ name, kind }) => name === fields.name && kind === fields.kind);
    const { id } = known ?? { id: `00000000-0000-4000-8000-${String(made.length).padStart(12, '0')}` };
    if (!known) made.push({ id, ...fields });
    return id;
  });
  return { claims: [draft.claim], changes: { sources: made, attributions: [attributionOf(document, draft, draft.claim, ids)] } };
}

/**
 * Saves it as proposed, after the sources and the claim that it makes. Each request is named by the draft and by what it sends:
 * where one fails, saving it again makes nothing twice, also where what was refused is mended first.
 */
export async function save(document: Saved, draft: Draft): Promise<void> {
  const sources: string[] = [];
  for (const hop of draft.hops) sources.push(hop.source ?? (await service.createSource(once(draft.id, sourceOf(hop)))).data.id);
  const language = languageOf(draft.statement);
  const claim = draft.claim ?? (await service.createClaim(once(draft.id, { statement: { [language]: draft.statement.trim() } }))).data.id;
  const body = { ...attributionOf(document, draft, claim, sources), status: 'proposed' as const };
  await service.createAttribution(once(draft.id, body));
}
