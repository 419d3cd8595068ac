/** The names of the sources that a form names by their ids. */
import type { SourceCard } from '@headwater/client';
import { service } from '../api';
import { nameOf } from '../parts';

export const namesOf = (known: Record<string, SourceCard>): Record<string, string> =>
  Object.fromEntries(Object.entries(known).map(([id, source]) => [id, nameOf(source)]));

/** Adds the names of sources that somebody else has put there meanwhile. */
export async function addNames(names: Record<string, string>, ids: readonly string[]): Promise<void> {
  for (const id of ids) names[id] ??= nameOf((await service.getSource({ path: { id } })).data);
}
