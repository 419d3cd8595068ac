/** Who made the last version of a thing, and when. */
import type { Version } from '@headwater/client';

type Listing = (options: { path: { id: string }; query: { order: 'desc'; limit: number } }) => Promise<{ data: { items: Version[] } }>;

export async function lastChange(list: Listing, id: string): Promise<{ by: string; at: string }> {
  const [last] = (await list({ path: { id }, query: { order: 'desc', limit: 1 } })).data.items;
  return { by: last?.actor ?? '', at: last?.at ?? '' };
}

/** The headers of a change of a version, if it is of one, with its reason if there is one. */
export const changeHeaders = (version: number | undefined, reason: string) => ({
  ...(version !== undefined && { 'If-Match': `"${version}"` }),
  ...(reason && { 'X-Change-Reason': reason }),
});

/** The lines of a text, without empty ones; null where there is none, which takes the field out. */
export function linesOf(text: string): string[] | null {
  const lines = text.split('\n').map((line) => line.trim()).filter(Boolean);
  return lines.length > 0 ? lines : null;
}
