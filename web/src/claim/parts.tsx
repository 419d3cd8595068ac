/** What the parts of a claim's page share: the cards of sources, and names that light what they name. */
import type { CountedSide, Drawing, Report, SideName, SourceCard } from '@headwater/client';
import { signal } from '@preact/signals';
import { list } from '../language';
import { Name, nameOf } from '../parts';
import { select, selected, unselect } from './question';

export type Cards = Record<string, SourceCard>;

/** The cards of the sources that the page names. */
export const sourceCards = signal<Cards>({});

/** The statements of the other claims that the page names. */
export const statements = signal<Record<string, Record<string, string>>>({});

export const useName = (): ((id: string) => string) => {
  const cards = sourceCards.value;
  return (id) => nameOf(cards[id], id);
};

/** What is shown of a claim: its report and drawing for one question, always both for the same one. */
export interface View {
  report: Report;
  drawing: Drawing;
}

export const sideNames: readonly SideName[] = ['affirming', 'denying'];

/** The parts of a report that have evidence: both sides, and what questions the claim. */
export const evidenceParts: readonly CountedSide[] = [...sideNames, 'questioning'];

/** The name of a group; it shows the group's words. */
export function GroupName({ id }: { id: string }) {
  const cards = sourceCards.value;
  return (
    <button
      type="button"
      class="name"
      data-group={id}
      aria-pressed={selected.value === id}
      onClick={() => (selected.peek() === id ? unselect(id) : select(id))}
    >
      <Name source={cards[id]} id={id} />
    </button>
  );
}

/** Names of groups, one after the other. */
export const groupNames = (ids: readonly string[]) => list(ids.map((id) => <GroupName key={id} id={id} />));
