/** Claims that contradict this one, side by side with it: what they say, where each comes from, and what they have in common. */
import type { ClaimCard, ClaimLink, Report } from '@headwater/client';
import { list } from '../language';
import { Interval, LinkTo, Name, StandingWord, Statement } from '../parts';
import { words } from './messages';
import { type Cards } from './parts';

export interface Against {
  links: readonly ClaimLink[];
  claims: Record<string, ClaimCard>;
  cards: Cards;
}

export function Contradictions({ report, against: { links, claims, cards } }: { report: Report; against: Against }) {
  const w = words.value;
  const direct = links.filter(({ degree }) => degree !== 'tension');
  const tensions = links.filter(({ degree }) => degree === 'tension');
  const pair = (link: ClaimLink) => <Pair key={link.id} report={report} link={link} claims={claims} cards={cards} />;
  return (
    <section aria-labelledby="contradictions" class="contradictions">
      <h2 id="contradictions">{w.againstTitle}</h2>
      {direct.length === 0 && <p class="quiet">{w.contradictionsNone}</p>}
      {direct.map(pair)}
      {tensions.length > 0 && (
        <>
          <h3>{w.tensionsTitle}</h3>
          {tensions.map(pair)}
        </>
      )}
    </section>
  );
}

function Pair({ report, link, claims, cards }: { report: Report; link: ClaimLink; claims: Against['claims']; cards: Cards }) {
  const w = words.value;
  const id = link.asked_from === 'from' ? link.to : link.from;
  const other = claims[id];
  const names = (ids: readonly string[]) => list(ids.map((one) => <Name key={one} source={cards[one]} id={one} />));
  const shared = (link.origins ?? []).filter((one) => report.affirming.origins.includes(one));
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
        {link.rationale && (
          <p>
            <bdi>{link.rationale}</bdi>
          </p>
        )}
        <p>{shared.length > 0 ? w.sharedBoth(names(shared)) : w.nothingShared}</p>
        {link.status === 'proposed' && <p>{w.proposedMark}</p>}
        {link.method?.name && <p class="quiet">{w.decidedBy(<bdi>{link.method.name}</bdi>)}</p>}
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
