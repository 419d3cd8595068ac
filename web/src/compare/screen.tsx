/** Two claims side by side: how each stands, where it comes from, what they have in common, and what links them. */
import type { ClaimDetail, ClaimLink, Report, SourceCard } from '@headwater/client';
import { address, href, language } from '../address';
import { service, useLoad } from '../api';
import { QuantityOf } from '../claim/head';
import { list, messages as m } from '../language';
import { Content, Heading, Interval, LinkTo, Name, StandingWord, Statement, useReturn, When } from '../parts';

const en = {
  title: 'Two claims side by side',
  choose: 'Select two claims in the list first.',
  origins: 'Independent origins for it',
  against: 'Independent origins against it',
  from: 'Possible origins',
  over: 'Comes over',
  common: 'What they have in common',
  commonOrigins: 'Origins',
  commonCarriers: 'Everything comes over',
  nothing: 'Neither an origin nor a common carrier.',
  between: 'What links them',
  links: { equivalent: 'They say the same', refines: 'One says the other more exactly', corroborates: 'One supports the other',
    contradicts: 'They contradict each other' } as Readonly<Record<string, string>>,
  proposed: 'proposed',
  unlinked: 'No link between them is proposed or accepted.',
};
const ar: typeof en = {
  title: 'ادعاءان جنبًا إلى جنب',
  choose: 'اختر ادعاءين من القائمة أولًا.',
  origins: 'الأصول المستقلة المؤيدة',
  against: 'الأصول المستقلة النافية',
  from: 'الأصول المحتملة',
  over: 'يأتي عبر',
  common: 'المشترك بينهما',
  commonOrigins: 'الأصول',
  commonCarriers: 'يأتي كل شيء عبر',
  nothing: 'لا أصل ولا ناقل مشتركًا.',
  between: 'ما يربط بينهما',
  links: { equivalent: 'يقولان الشيء نفسه', refines: 'أحدهما أدق من الآخر', corroborates: 'أحدهما يؤيد الآخر', contradicts: 'يتناقضان' },
  proposed: 'مقترح',
  unlinked: 'لا رابط بينهما، مقترحًا كان أو مقبولًا.',
};
const w = language === 'ar' ? ar : en;

/** Both claims with their reports, and the links between them. */
interface Pair {
  claims: readonly [Compared, Compared];
  links: ClaimLink[];
}
type Compared = ClaimDetail & { report: Report };

/** The groups that stand at the origin of a claim, for sure or perhaps, and those that all of it comes over. */
const originsOf = ({ report: { affirming, denying } }: Compared) => [...new Set([...affirming.origins, ...denying.origins])];
const carriersOf = ({ report: { affirming, denying } }: Compared) => [...new Set([...affirming.common_links, ...denying.common_links])];

export default function CompareScreen() {
  const [one, other] = address.value.query.getAll('claim');
  const pair = useLoad(one && other ? `${one} ${other}` : undefined, async (signal): Promise<Pair> => {
    const claim = async (id = '') =>
      (await service.getClaim({ path: { id }, query: { include: ['report'] }, signal })).data as Compared; // it was asked for
    const [first, second, links] = await Promise.all([
      claim(one),
      claim(other),
      service.listClaimLinks({ path: { id: one ?? '' }, query: { limit: 1000, status: ['proposed', 'accepted'] }, signal }),
    ]);
    return { claims: [first, second], links: links.data.items.filter(({ from, to }) => from === other || to === other) };
  });
  useReturn(pair.data !== undefined || !other);
  return (
    <>
      <Heading title={w.title} />
      {!other && (
        <p>
          <a href={href(['claims'])}>{w.choose}</a>
        </p>
      )}
      <Content of={pair}>{(both) => <SideBySide pair={both} />}</Content>
    </>
  );
}

function SideBySide({ pair: { claims, links } }: { pair: Pair }) {
  const [first, second] = claims;
  const cards = { ...first.report.sources, ...second.report.sources };
  const common = (of: (claim: Compared) => string[]) => of(first).filter((id) => of(second).includes(id));
  const [origins, carriers] = [common(originsOf), common(carriersOf)];
  return (
    <div class="pair compared">
      <ClaimOf claim={first} cards={cards} />
      <div class="middle">
        <h2>{w.common}</h2>
        {origins.length > 0 && (
          <p data-common="origins">
            {w.commonOrigins}: {names(origins, cards)}
          </p>
        )}
        {carriers.length > 0 && (
          <p data-common="carriers">
            {w.commonCarriers}: {names(carriers, cards)}
          </p>
        )}
        {origins.length + carriers.length === 0 && <p>{w.nothing}</p>}
        <h2>{w.between}</h2>
        {links.map(({ id, kind, status, rationale }) => (
          <p key={id}>
            <strong>{w.links[kind] ?? kind}</strong> {status === 'proposed' && <em>{w.proposed}</em>} {rationale && <bdi>{rationale}</bdi>}
          </p>
        ))}
        {links.length === 0 && <p>{w.unlinked}</p>}
      </div>
      <ClaimOf claim={second} cards={cards} />
    </div>
  );
}

function ClaimOf({ claim, cards }: { claim: Compared; cards: Record<string, SourceCard> }) {
  const { report, event_time: time, quantities } = claim;
  const { affirming, denying, standing } = report;
  return (
    <section data-claim={claim.id}>
      <h2>
        <a href={href(['claims', claim.id])}>
          <Statement texts={claim.statement} />
        </a>
      </h2>
      <p class="quiet">
        <When from={time?.start} to={time?.end ?? time?.start} />
        {quantities?.map((quantity, i) => (
          <span key={i}>
            {' '}
            <QuantityOf quantity={quantity} />
          </span>
        ))}
      </p>
      <p>
        <StandingWord standing={standing} />
      </p>
      <dl>
        <dt>{w.origins}</dt>
        <dd>
          <Interval of={affirming.independent_origins} /> <span class="quiet">{m.linesCount(affirming.lines)}</span>
        </dd>
        {denying.attributions > 0 && (
          <>
            <dt>{w.against}</dt>
            <dd>
              <Interval of={denying.independent_origins} /> <span class="quiet">{m.linesCount(denying.lines)}</span>
            </dd>
          </>
        )}
        {originsOf(claim).length > 0 && (
          <>
            <dt>{w.from}</dt>
            <dd>{names(originsOf(claim), cards)}</dd>
          </>
        )}
        {carriersOf(claim).length > 0 && (
          <>
            <dt>{w.over}</dt>
            <dd>{names(carriersOf(claim), cards)}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

const names = (ids: readonly string[], cards: Record<string, SourceCard>) =>
  list(
    ids.map((id) => (
      <LinkTo key={id} path={['sources', id]}>
        <Name source={cards[id]} id={id} />
      </LinkTo>
    )),
  );
