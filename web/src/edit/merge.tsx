/** Merging a claim or a source into another one, after it was shown which figures that moves. */
import type { ClaimCard } from '@headwater/client';
import { go, href } from '../address';
import { addClaims, service, useLoad } from '../api';
import { Combobox, findClaims, findSources } from '../combobox';
import { Effects } from '../effect';
import { Content } from '../parts';
import { useTyped } from '../typed';
import { Act } from './act';
import { words as w } from './messages';
import { changeHeaders } from './versions';

/** How many claims of each of two sources are looked at. */
const looked = 50;

const kinds = {
  claim: { find: findClaims, moved: async (both: readonly string[], _signal: AbortSignal) => both, merge: service.mergeClaim },
  source: {
    find: findSources,
    // The claims that a source bears on are those that its retraction would change.
    moved: async (both: readonly string[], signal: AbortSignal) =>
      (await Promise.all(both.map((id) => service.getSourceImpact({ path: { id }, query: { limit: looked }, signal })))).flatMap(
        ({ data }) => data.items.map(({ claim_id }) => claim_id),
      ),
    merge: service.mergeSource,
  },
};

export function Merge({ resource, id, version }: { resource: keyof typeof kinds; id: string; version: number }) {
  const { find, moved, merge } = kinds[resource];
  const typed = useTyped('merge', '');
  const into = useTyped('merge into', '');
  const other = into.value;
  const loaded = useLoad(other || undefined, async (signal) => {
    const claims = [...new Set(await moved([id, other], signal))];
    const cards: Record<string, ClaimCard> = {};
    if (claims.length === 0) return { effects: [], cards };
    const { data } = await service.analyzeClaims({ body: { claims, changes: { merges: [{ resource, id, into: other }] } }, signal });
    await addClaims(cards, claims, signal);
    return { effects: data.comparisons ?? [], cards };
  });
  return (
    <details class="merging" open={typed.peek() !== ''}>
      <summary>{w.merge}</summary>
      <p class="field">
        <Combobox
          label={w.mergeInto}
          typed={typed.value}
          type={(text) => {
            typed.value = text;
            into.value = '';
          }}
          find={async (q, signal) => (await find(q, signal)).filter((one) => one.id !== id)}
          choose={(one) => {
            typed.value = one.name;
            into.value = one.id;
          }}
        />
      </p>
      {other && (
        <Content of={loaded}>
          {({ effects, cards }) => (
            <>
              <Effects of={effects} claims={cards} />
              <p class="actions">
                <Act
                  label={w.mergeNow}
                  disabled={loaded.busy}
                  done={() => go(href([`${resource}s`, other]))}
                  act={async () => {
                    await merge({ path: { id }, headers: changeHeaders(version, ''), body: { into: other } });
                  }}
                />
              </p>
            </>
          )}
        </Content>
      )}
    </details>
  );
}
