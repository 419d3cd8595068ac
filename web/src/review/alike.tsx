/** Accepting all that one rule proposed and is sure enough of: the list, and what accepting them together does, before it is done. */
import type { QueuedProposal } from '@headwater/client';
import { useSignal } from '@preact/signals';
import { service, useLoad } from '../api';
import { Effects } from '../effect';
import { number } from '../language';
import { Code, Content, Dialog, Name, Statement } from '../parts';
import { claimsNamed, type Named, questionOf } from './item';
import { words as w } from './messages';

/** How many are accepted at once at most, which is how many can be tried at once. */
const most = 100;

const thing = ({ link, attribution, match }: QueuedProposal) => link ?? match ?? attribution;

const ruleOf = (proposal: QueuedProposal): string => thing(proposal)?.method?.name ?? '';

function surenessOf({ link, attribution, match }: QueuedProposal): number {
  return link?.confidence ?? attribution?.confidence ?? match?.score ?? 0;
}

export function AcceptAlike({
  to,
  items,
  named,
  accept,
  close,
}: {
  to: QueuedProposal;
  items: readonly QueuedProposal[];
  named: Named;
  accept: (items: QueuedProposal[]) => void;
  close: () => void;
}) {
  const least = useSignal(surenessOf(to));
  const alike = items
    .filter(
      (one) =>
        one.resource === to.resource && questionOf(one) === questionOf(to) && ruleOf(one) === ruleOf(to) && surenessOf(one) >= least.value,
    )
    .slice(0, most);
  const claims = [...new Set(alike.flatMap(claimsNamed))].slice(0, most);
  const ids = alike.map(({ id }) => id);
  const effect = useLoad(
    claims.length > 0 ? ids.join() : undefined,
    async (signal) => (await service.analyzeClaims({ body: { claims, changes: { accept: ids } }, signal })).data.comparisons ?? [],
  );
  return (
    <Dialog title={w.allTitle} close={close}>
      <p class="quiet">{w.byRule(<bdi>{ruleOf(to)}</bdi>)}</p>
      <p class="field">
        <label>
          {w.allAtLeast}{' '}
          <input
            type="number"
            min={0}
            max={1}
            step={0.05}
            dir="ltr"
            value={least.value}
            onInput={(event) => (least.value = event.currentTarget.valueAsNumber || 0)}
          />
        </label>
      </p>
      <p>{w.allList(alike.length)}</p>
      <ul class="alike">
        {alike.map((one) => (
          <li key={one.id}>
            {nameOfPair(one, named)} <Code>{number(surenessOf(one))}</Code>
          </li>
        ))}
      </ul>
      {claims.length > 0 && (
        <>
          <h3>{w.allEffect}</h3>
          <Content of={effect}>{(moved) => <Effects of={moved} claims={named.claims} />}</Content>
        </>
      )}
      <p class="actions">
        <button type="button" disabled={alike.length === 0} onClick={() => accept(alike)}>
          {w.allNow(alike.length)}
        </button>
      </p>
    </Dialog>
  );
}

/** What a proposal is about, in one line. */
function nameOfPair({ link, attribution, match }: QueuedProposal, { claims, sources, documents }: Named) {
  const statement = (id: string) => <Statement key={id} texts={claims[id]?.statement ?? {}} />;
  if (link) return w.allPairs(statement(link.from), statement(link.to));
  if (attribution) return statement(attribution.claim);
  const name = (id: string) =>
    sources[id] ? <Name key={id} source={sources[id]} id={id} /> : <bdi key={id}>{documents.get(id)?.title ?? id}</bdi>;
  return match && w.allPairs(name(match.a), name(match.b));
}
