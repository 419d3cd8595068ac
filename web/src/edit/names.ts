/** The names of the sources that a form names by their ids. */
import type { SourceCard } from '@headwater/client';
import { useMemo } from 'preact/hooks';
import { service } from '../api';
import { nameOf } from '../parts';
import { useTyped } from '../typed';

/** Those of the sources that the page knows; what is found is added to them. */
export function useNames(of: string, known: Record<string, SourceCard>): Record<string, string> {
  const names = useTyped<Record<string, string>>(`${of} names`, useMemo(() => ({}), [])).value;
  useMemo(() => {
    for (const [id, source] of Object.entries(known)) names[id] = nameOf(source);
  }, []);
  return names;
}

/** Adds the names of sources that somebody else has put there meanwhile. */
export async function addNames(names: Record<string, string>, ids: readonly string[]): Promise<void> {
  for (const id of ids) names[id] ??= nameOf((await service.getSource({ path: { id } })).data);
}
