/** Claims: which should one look at, and how does each stand. */
import type { Facet, ListedClaim, Report, SourceCard, Standing } from '@headwater/client';
import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { address, go, href, look } from '../address';
import { service, useLoad } from '../api';
import { moveFocus, useKeys } from '../keys';
import { dayOf, languageName, list as together, messages as m, number } from '../language';
import {
  Code,
  Content,
  Heading,
  Interval,
  Name,
  OtherWordings,
  Pages,
  ProblemBox,
  Select,
  StandingWord,
  Statement,
  useReturn,
  When,
} from '../parts';
import { useTyped } from '../typed';
import { Questions } from './saved';

/** How many claims one page has. */
const pageSize = 50;

/** What somebody wrote, which keeps to itself. */
function inItself(value: string) {
  return <bdi>{value}</bdi>;
}

function sourceOf(value: string, sources: Sources) {
  return <Name source={sources[value]} id={value} />;
}

/** What narrows the list, each by the name that the API has for it, and how a value of it is said. */
const facets = {
  standing: (value: string) => m.standings[value] ?? value,
  topic: inItself,
  place: inItself,
  language: languageName,
  publisher: sourceOf,
  origin: sourceOf,
};

type FacetName = keyof typeof facets;
type Sources = Record<string, SourceCard>;

const names = Object.keys(facets) as FacetName[];

/** What else narrows the list: words, the days between which it happened, whether a proposal waits, and what is not settled. */
const others = ['q', 'from', 'to', 'proposals', 'min_width'] as const;

/** What narrows it by what one cannot read. */
const nameless = new Set<string>(['publisher', 'origin', 'proposals', 'min_width']);

type Narrowing = FacetName | (typeof others)[number];
/** What the list is asked for, and whether what it has is put under its origins. */
type Asked = Record<Narrowing | 'sort' | 'cursor' | 'origins', string>;

/** What is asked of the service for the claims that the address asks for. */
const asQuery = ({ standing, origins: _, ...rest }: Partial<Asked>) => ({
  ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value)),
  ...(standing && { standing: [standing as Standing] }),
});

/** How many claims there are of what is asked, on all pages. */
async function totalOf(asked: Partial<Asked>, signal: AbortSignal) {
  const query = { ...asQuery({ ...asked, cursor: '', sort: '' }), include: ['total' as const], limit: 1 };
  return (await service.listClaims({ query, signal })).data.total;
}

export function ClaimsScreen() {
  const { query } = address.value;
  const all = ['sort', 'cursor', 'origins', ...others, ...names];
  const asked = Object.fromEntries(all.map((name) => [name, query.get(name) ?? ''])) as Asked;
  const selected = useTyped<readonly string[]>('selected', []);
  const page = useLoad(JSON.stringify(asQuery(asked)), async (signal) => {
    const query = { ...asQuery(asked), include: ['standing' as const, 'facets' as const], limit: pageSize };
    const { data } = await service.listClaims({ query, signal });
    return data;
  });
  const title = asked.q ? m.claimsWith(asked.q) : m.navClaims;
  const without = (name: Narrowing) => href(['claims'], { ...asked, [name]: undefined, cursor: undefined });
  const chosen = names.filter((name) => asked[name]);
  const question = Object.entries(asked).filter(([name, value]) => value && name !== 'cursor' && name !== 'origins');
  return (
    <>
      <Heading title={title}>
        {asked.q
          ? m.claimsWithQuoted(
              <q>
                <bdi>{asked.q}</bdi>
              </q>,
            )
          : title}
      </Heading>
      <p class="toolbar">
        <label>
          {m.sort} <Select value={asked.sort} options={m.sorts} choose={(sort) => look({ sort, cursor: undefined })} />
        </label>
        {(['from', 'to'] as const).map((name) => (
          <label key={name}>
            {name === 'from' ? m.happenedFrom : m.happenedTo}{' '}
            <input
              type="date"
              name={name}
              value={asked[name]}
              onChange={(event) => look({ [name]: event.currentTarget.value, cursor: undefined })}
            />
          </label>
        ))}
        {(
          [
            ['proposals', 'true', m.withProposals],
            ['min_width', '1', m.unsettled],
          ] as const
        ).map(([name, value, label]) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={!!asked[name]}
              onChange={(event) => look({ [name]: event.currentTarget.checked && value, cursor: undefined })}
            />{' '}
            {label}
          </label>
        ))}
        <label>
          <input type="checkbox" checked={!!asked.origins} onChange={(event) => look({ origins: event.currentTarget.checked })} />{' '}
          {m.byOrigins}
        </label>
        <label class="worded">
          <input type="checkbox" /> {m.inOtherLanguages}
        </label>
        {chosen.map((name) => (
          <a key={name} class="chosen" href={without(name)} title={m.close}>
            {m.facetDrop(m.facets[name], facets[name](asked[name], page.data?.sources ?? {}))}
          </a>
        ))}
        {selected.value.length === 2 && (
          <a class="compare" href={href(['compare'], { claim: selected.value })}>
            {m.compare}
          </a>
        )}
      </p>
      <Content of={page} room={<Skeleton />}>
        {({ items, next_cursor, total, facets, sources = {} }) => (
          <div class="narrowed">
            <nav class="facets" aria-label={m.facetsLabel}>
              <Questions
                query={String(new URLSearchParams(question))}
                total={page.busy ? undefined : total}
                open={wide.matches}
                count={(kept, signal) => totalOf(Object.fromEntries(new URLSearchParams(kept)), signal)}
              />
              {facets && names.map((name) => <FacetOf key={name} name={name} facet={facets[name]} asked={asked} sources={sources} />)}
            </nav>
            <div>
              <p class="quiet" role="status">
                {page.busy || !total
                  ? ''
                  : total.count > 0
                    ? [m.claimsTotal(total.count, total.exact), alike(items, asked.q) && ` · ${m.claimsTotalAlike}`]
                    : items.length > 0
                      ? m.claimsAlike
                      : m.claimsNone}
              </p>
              {items.length === 0 && (
                <>
                  <IfDropped asked={asked} without={without} />
                  <p>
                    <a href={href(['claims'])}>{m.claimsAll}</a>
                  </p>
                </>
              )}
              <Rows claims={items} selected={selected} byOrigins={!!asked.origins} />
              <Pages of="claims" query={asked} next={next_cursor} />
            </div>
          </div>
        )}
      </Content>
    </>
  );
}

/** Whether some claims are listed but for words that are spelled like those that were searched for. */
const alike = (claims: readonly ListedClaim[], q: string) => q !== '' && claims.some(({ matches }) => !matches?.length);

/** Where nothing is found: how many claims there were without each of what narrows the list. */
function IfDropped({ asked, without }: { asked: Asked; without: (name: Narrowing) => string }) {
  const given = [...others, ...names].filter((name) => asked[name]);
  const counts = useLoad(given.length > 1 ? JSON.stringify(asked) : undefined, (signal) =>
    Promise.all(
      given.map(async (name) => ({ name, total: await totalOf({ ...asked, [name]: '' }, signal) })),
    ),
  );
  const labels: Record<string, string> = { ...m.facets, q: m.words, from: m.happenedFrom, to: m.happenedTo, proposals: m.withProposals,
    min_width: m.unsettled };
  const found = counts.data?.filter(({ total }) => total && total.count > 0) ?? [];
  if (found.length === 0) return null;
  return (
    <>
      <p>{m.claimsIfDropped}</p>
      <ul class="dropped">
        {found.map(({ name, total }) => (
          <li key={name}>
            <a href={without(name)}>
              <s>
                {labels[name]} <bdi>{name === 'standing' ? facets.standing(asked[name]) : nameless.has(name) ? '' : asked[name]}</bdi>
              </s>
            </a>{' '}
            <span class="quiet">{total && m.claimsTotal(total.count, total.exact)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The values of one kind that the claims have, each with how many have it, and leading to those alone. */
function FacetOf({ name, facet, asked, sources }: { name: FacetName; facet: Facet; asked: Asked; sources: Sources }) {
  if (facet.values.length === 0) return null;
  return (
    <details open={wide.matches} data-facet={name}>
      <summary>{m.facets[name]}</summary>
      <ul>
        {facet.values.map(({ value, count }) => (
          <li key={value}>
            <a
              href={href(['claims'], { ...asked, [name]: value, cursor: undefined })}
              aria-current={asked[name] === value ? 'true' : undefined}
            >
              {facets[name](value, sources)}
            </a>{' '}
            <span class="quiet">
              <Code>
                {number(count)}
                {!facet.exact && '+'}
              </Code>
            </span>
          </li>
        ))}
      </ul>
      {facet.more && <p class="quiet">…</p>}
    </details>
  );
}

/** Whether there is room for facets beside the claims; else they are closed above them. */
const wide = matchMedia('(min-width: 60rem)');

/** Room of the height that rows will have, so that nothing jumps when they come. */
function Skeleton() {
  return (
    <ul class="claims skeleton" aria-hidden="true">
      {Array.from({ length: 8 }, (_, i) => (
        <li key={i} />
      ))}
    </ul>
  );
}

/** Claims that have the same possible origins, whoever tells them. */
interface SameOrigins {
  origins: readonly ComponentChildren[];
  claims: ListedClaim[];
}

type Reports = ReadonlyMap<string, Report>;

/**
 * Puts claims together by the origins that their reports have: ten of them may be one voice. Without one, as where all deny it, a claim is
 * with those that stand as it does. What was withdrawn has no report.
 */
function groupsOf(claims: readonly ListedClaim[], reports: Reports | undefined): [key: string, SameOrigins][] {
  const groups = new Map<string, SameOrigins>();
  for (const claim of claims) {
    const report = reports?.get(claim.id);
    const origins = report?.affirming.origins ?? [];
    const key = origins.toSorted().join() || (report?.standing ?? claim.status);
    const named = origins.map((id) => <Name key={id} source={report?.sources?.[id]} id={id} />);
    const group = groups.get(key) ?? { origins: named.length > 0 ? named : [m.standings[key] ?? m.statuses[key]], claims: [] };
    group.claims.push(claim);
    groups.set(key, group);
  }
  return [...groups];
}

interface RowsProps {
  claims: readonly ListedClaim[];
  selected: Signal<readonly string[]>;
  byOrigins: boolean;
}

function Rows({ claims, selected, byOrigins }: RowsProps) {
  const list = useRef<HTMLDivElement>(null);
  const ids = claims.filter(({ status }) => byOrigins && status === 'active').map(({ id }) => id);
  const reports = useLoad(ids.join() || undefined, async (signal): Promise<Reports> =>
    new Map((await service.analyzeClaims({ body: { claims: ids }, signal })).data.items.map((one) => [one.claim_id, one])),
  );
  // What is listed is always what was asked for: it is put together once there are reports on all of it.
  const grouped = byOrigins && ids.every((id) => reports.data?.has(id));
  useReturn(!reports.busy);
  const move = (by: number) =>
    moveFocus([...(list.current?.querySelectorAll<HTMLElement>('h2 > a') ?? [])].filter((link) => link.checkVisibility()), by);
  // Two at most: a third one takes the place of the first.
  const select = (id: string) =>
    (selected.value = selected.value.includes(id) ? selected.value.filter((one) => one !== id) : [...selected.value, id].slice(-2));
  useKeys([
    {
      id: 'select',
      keys: 'x',
      label: m.keySelect,
      run: () => {
        const id = document.activeElement?.closest<HTMLElement>('[data-listed]')?.dataset['listed'];
        if (id) select(id);
      },
    },
    {
      id: 'compare',
      keys: 'c',
      label: m.keyCompare,
      run: () => selected.value.length === 2 && go(href(['compare'], { claim: selected.value })),
    },
    { id: 'next', keys: 'j', label: m.keyNext, run: () => move(1) },
    { id: 'previous', keys: 'k', label: m.keyPrevious, run: () => move(-1) },
  ]);
  const rows = (of: readonly ListedClaim[]) => (
    <ul class="claims">
      {of.map((claim) => (
        <Row key={claim.id} claim={claim} selected={selected.value.includes(claim.id)} select={() => select(claim.id)} />
      ))}
    </ul>
  );
  return (
    <div ref={list} aria-busy={reports.busy}>
      {ids.length > 0 && reports.problem && <ProblemBox problem={reports.problem} again={reports.again} />}
      {grouped
        ? groupsOf(claims, reports.data).map(([key, { origins, claims: of }]) => (
            <details key={key} class="same" open={of.length === 1}>
              <summary>
                {together(origins)} <span class="quiet">{m.claimsTotal(of.length, true)}</span>
              </summary>
              {rows(of)}
            </details>
          ))
        : rows(claims)}
    </div>
  );
}

function Row({ claim, selected, select }: { claim: ListedClaim; selected: boolean; select: () => void }) {
  const { standing } = claim;
  return (
    <li data-listed={claim.id}>
      <div>
        <h2>
          <a id={`claim-${claim.id}`} href={href(['claims', claim.id])}>
            <Statement texts={claim.statement} matches={claim.matches} />
          </a>
        </h2>
        <OtherWordings texts={claim.statement} matches={claim.matches} />
        <p class="about-it quiet">
          <When from={claim.event_time?.start} to={claim.event_time?.end ?? claim.event_time?.start} />
          {claim.topics?.map((topic) => (
            <a key={topic} class="topic" href={href(['claims'], { topic })}>
              <bdi>{topic}</bdi>
            </a>
          ))}
          <span>{m.lastChanged(<Code>{dayOf(claim.updated_at)}</Code>)}</span>
          <label>
            <input type="checkbox" checked={selected} aria-describedby={`claim-${claim.id}`} onChange={select} /> {m.select}
          </label>
        </p>
      </div>
      <p class="figures">
        {standing ? (
          <StandingWord standing={standing.standing} />
        ) : (
          <span class="standing">{m.statuses[claim.status] ?? claim.status}</span>
        )}
        {standing && (
          <span title={m.intervalTitle}>
            <span class="sr">{m.origins}</span> <Interval of={standing.independent_origins} />
          </span>
        )}
        {standing && <span class="quiet">{m.linesCount(standing.lines)}</span>}
        {standing && <span class="quiet">{m.forAgainst(standing.attributions, standing.denials)}</span>}
      </p>
    </li>
  );
}
