/** Claims that contradict this one, side by side with it: what they say, where each comes from, and what they have in common. */
import type { ClaimCard, ClaimLink, ListedClaim, Quantity, Report } from '@headwater/client';
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { addClaims, service, useLoad } from '../api';
import { list, messages as m } from '../language';
import { HistoryLink, Interval, LinkTo, Name, StandingWord, Statement } from '../parts';
import { QuantityOf } from './head';
import { words as w } from './messages';
import { type Cards } from './parts';

export interface Against {
  links: readonly ClaimLink[];
  /** How many there are. */
  total: number;
  /** Asks for more of them. */
  more: () => void;
  busy: boolean;
  claims: Record<string, ClaimCard>;
  cards: Cards;
  /** What this claim counts. */
  quantities: readonly Quantity[];
}

const otherOf = (link: ClaimLink): string => (link.asked_from === 'from' ? link.to : link.from);

/** What contradicts a claim, a page more each time that more is asked for. */
export function useContradictions(id: string) {
  const cursor = useSignal<string | undefined>(undefined);
  const found = useRef<{ links: ClaimLink[]; sources: Cards; next?: string | undefined }>({
    links: [],
    sources: {},
  });
  const loaded = useLoad(`${id} against ${cursor.value}`, async (signal) => {
    const include = ['standing' as const, 'origins' as const, 'carriers' as const];
    const query = { include, ...(cursor.value && { cursor: cursor.value }) };
    const { items, sources, next_cursor: next } = (await service.listClaimContradictions({ path: { id }, query, signal })).data;
    const before = found.current;
    return (found.current = {
      links: [...before.links, ...items],
      sources: { ...before.sources, ...sources },
      next,
    });
  });
  return { ...loaded, more: () => (cursor.value = found.current.next) };
}

export function Contradictions({ report, against }: { report: Report; against: Against }) {
  const { links, quantities, total, more, busy } = against;
  const others = quantities.length > 0 ? links.map(otherOf) : [];
  const counted = useLoad(others.join() || undefined, async (signal) => {
    const claims: Record<string, ListedClaim> = {};
    await addClaims(claims, others, signal, 'quantities');
    return claims;
  });
  const direct = links.filter(({ degree }) => degree !== 'tension');
  const tensions = links.filter(({ degree }) => degree === 'tension');
  const pair = (link: ClaimLink) => {
    const theirs = counted.data?.[otherOf(link)]?.quantities ?? [];
    const amounts = quantities.flatMap((a) => theirs.filter(({ unit, of }) => a.unit === unit && a.of === of).map((b) => [a, b] as const));
    return <Pair key={link.id} report={report} link={link} against={against} amounts={amounts} />;
  };
  return (
    <section aria-labelledby="contradictions" class="contradictions">
      <h2 id="contradictions">
        {w.againstTitle} {total > 0 && <span class="quiet">{m.claimsTotal(total, true)}</span>}
      </h2>
      {direct.length === 0 && <p class="quiet">{w.contradictionsNone}</p>}
      {direct.map(pair)}
      {tensions.length > 0 && (
        <>
          <h3>{w.tensionsTitle}</h3>
          {tensions.map(pair)}
        </>
      )}
      {links.length < total && (
        <button type="button" disabled={busy} onClick={more}>
          {w.showMore}
        </button>
      )}
    </section>
  );
}

type Amounts = readonly [Quantity, Quantity];

interface PairProps {
  report: Report;
  link: ClaimLink;
  against: Against;
  amounts: readonly Amounts[];
}

function Pair({ report, link, against: { claims, cards }, amounts }: PairProps) {
  const id = otherOf(link);
  const other = claims[id];
  const names = (ids: readonly string[]) => list(ids.map((one) => <Name key={one} source={cards[one]} id={one} />));
  const { origins, common_links } = report.affirming;
  const from = (link.origins ?? []).filter((one) => origins.includes(one));
  const over = (link.carriers ?? []).filter((one) => common_links.includes(one) && !from.includes(one));
  return (
    <article class="pair">
      <div>
        <h3>{w.thisClaim}</h3>
        <p>
          <Statement texts={report.statement} />
        </p>
        <p>
          <StandingWord standing={report.standing} /> <Interval of={report.affirming.independent_origins} />
        </p>
        <p class="quiet">{names(report.affirming.origins)}</p>
      </div>
      <div class="middle">
        <strong>{link.degree === 'tension' ? w.tension : w.direct}</strong>
        {amounts.map((both, i) => (
          <Scale key={i} of={both} />
        ))}
        {link.rationale && (
          <p>
            <bdi>{link.rationale}</bdi>
          </p>
        )}
        {from.length > 0 && <p data-common="origins">{w.bothFrom(names(from))}</p>}
        {over.length > 0 && <p data-common="carriers">{w.bothOver(names(over))}</p>}
        {from.length + over.length === 0 && <p>{w.nothingShared}</p>}
        {link.status === 'proposed' && <p>{w.proposedMark}</p>}
        {link.method?.name && <p class="quiet">{w.decidedBy(<bdi>{link.method.name}</bdi>)}</p>}
        <p class="quiet">
          <HistoryLink resource="link" id={link.id} />
        </p>
      </div>
      <div>
        <h3>{w.otherClaim}</h3>
        {other && (
          <p>
            <LinkTo path={['claims', id]}>
              <Statement texts={other.statement} />
            </LinkTo>
          </p>
        )}
        {link.standing && (
          <p>
            <StandingWord standing={link.standing.standing} /> <Interval of={link.standing.independent_origins} />
          </p>
        )}
        <p class="quiet">{names(link.origins ?? [])}</p>
      </div>
    </article>
  );
}

/** Two amounts of one thing, this claim's over the other one's, on one scale; what is only at least or at most so much runs off its end. */
function Scale({ of }: { of: Amounts }) {
  const ends = of.map(({ value, high = value, comparator }) => [
    comparator.startsWith('<') ? -Infinity : value,
    comparator.startsWith('>') ? Infinity : high,
  ]);
  const known = ends.flat().filter(Number.isFinite);
  const first = Math.min(...known);
  const span = Math.max(...known) - first || 1;
  const percent = (at = 0) => Math.min(100, Math.max(0, 20 + (60 * (at - first)) / span));
  return (
    <ul class="scale">
      {of.map((quantity, i) => {
        const [from, to] = (ends[i] ?? []).map(percent) as [number, number];
        return (
          <li key={i}>
            {i === 0 ? w.thisClaim : w.otherClaim} <QuantityOf quantity={quantity} />
            <p class="bar" aria-hidden="true">
              <i style={{ insetInlineStart: `${from}%`, inlineSize: `${to - from}%` }} />
            </p>
          </li>
        );
      })}
    </ul>
  );
}
