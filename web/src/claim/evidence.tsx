/** The evidence: each attribution that counts, on either side or as a question, in the words of its document; and when it appeared. */
import type { Anomaly, Attribution, CountedSide, Params, Report, Testimony, TimelineEntry } from '@headwater/client';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { look } from '../address';
import { asError, service, useLoad } from '../api';
import { list } from '../language';
import { Chain, LinkTo, Name, nameOf, ProblemBox, Statement, When } from '../parts';
import { words as w } from './messages';
import { evidenceParts, sideNames, sourceCards, statements, useName } from './parts';
import { Appeared, Words } from './panel';
import { selected } from './question';

/** How many rows are added at a time. */
const rowsAtOnce = 50;

type Column = 'day' | 'side' | 'publisher';

interface Row {
  side: CountedSide;
  testimony: Testimony;
  entry: TimelineEntry | undefined;
}

/** Attributions with their words. */
async function wordsOf(ids: readonly string[], signal?: AbortSignal): Promise<Map<string, Attribution>> {
  const all = new Map<string, Attribution>();
  for (let i = 0; i < ids.length; i += rowsAtOnce) {
    const query = { id: ids.slice(i, i + rowsAtOnce), limit: rowsAtOnce, fields: ['content' as const] };
    const { data } = await service.listAttributions({ query, ...(signal && { signal }) });
    for (const one of data.items) all.set(one.id, one);
  }
  return all;
}

/** Gives a table to keep: quoted, for spreadsheets of any script, and with nothing in it that one takes for a formula. */
function keepTable(name: string, rows: readonly (readonly string[])[]): void {
  const cell = (text: string) => `"${text.replace(/^[=+@\t\r-]/, "'$&").replaceAll('"', '""')}"`;
  const text = rows.map((row) => `${row.map(cell).join()}\r\n`).join('');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}

interface EvidenceProps {
  report: Report;
  timeline: readonly TimelineEntry[];
  /** Whether the timeline is that of another question. */
  busy: boolean;
}

export function Evidence({ report, timeline, busy }: EvidenceProps) {
  const cards = sourceCards.value;
  const name = useName();
  const sort = useSignal<Column>('day');
  const shown = useSignal(rowsAtOnce);
  const entries = new Map(timeline.map((entry) => [entry.attribution, entry]));
  const only = selected.value;
  const rows: Row[] = evidenceParts
    .flatMap((side) => report[side].evidence.map((testimony) => ({ side, testimony, entry: entries.get(testimony.attribution) })))
    .filter(({ testimony }) => only === undefined || testimony.group_walk.includes(only));
  const key: Record<Column, (row: Row) => string> = {
    day: ({ entry }) => entry?.earliest ?? entry?.latest ?? '9',
    side: ({ side }) => side,
    publisher: ({ testimony }) => name(testimony.walk[0] ?? ''),
  };
  rows.sort((a, b) => (key[sort.value](a) < key[sort.value](b) ? -1 : key[sort.value](a) > key[sort.value](b) ? 1 : 0));
  const drawn = rows.slice(0, shown.value);
  const ids = drawn.map(({ testimony }) => testimony.attribution);
  const found = useLoad(ids.length > 0 ? ids.toSorted().join() : undefined, (signal) => wordsOf(ids, signal));
  const problem = useSignal<Error | undefined>(undefined);
  const table = async () => {
    problem.value = undefined;
    const attributions = await wordsOf(rows.map(({ testimony }) => testimony.attribution));
    keepTable(`${report.claim}.csv`, [
      [w.colDay, w.colSide, w.colPublisher, w.colWords, w.colChain],
      ...rows.map(({ side, testimony: { attribution, walk }, entry }) => [
        [...new Set([entry?.earliest ?? '', entry?.latest ?? ''])].join('/'), // an interval as EDTF has it
        w.sides[side] ?? side,
        name(walk[0] ?? ''),
        attributions.get(attribution)?.content?.exact ?? '',
        walk.slice(1).map(name).join(' › '),
      ]),
    ]);
  };
  const anomalies = new Map<string, Anomaly[]>();
  const others: Anomaly[] = [];
  for (const anomaly of sideNames.flatMap((side) => report[side].anomalies)) {
    if (anomaly.attribution) anomalies.set(anomaly.attribution, [...(anomalies.get(anomaly.attribution) ?? []), anomaly]);
    else others.push(anomaly);
  }
  const head = (column: Column, title: string) => (
    <th scope="col" aria-sort={sort.value === column ? 'ascending' : undefined}>
      <button type="button" class="quiet" aria-label={w.sortBy(title)} onClick={() => (sort.value = column)}>
        {title}
      </button>
    </th>
  );
  return (
    <section aria-labelledby="evidence" class="evidence">
      <h2 id="evidence" tabIndex={-1}>
        {w.evidenceTitle} <span class="quiet">{w.evidenceCount(rows.length)}</span>
      </h2>
      {only !== undefined && (
        <p>
          {w.evidenceOnly(<Name source={cards[only]} id={only} />)}{' '}
          <button
            type="button"
            onClick={() => {
              look({ card: undefined });
              document.getElementById('evidence')?.focus();
            }}
          >
            {w.evidenceAll}
          </button>
        </p>
      )}
      {rows.length > 0 && (
        <table>
          <thead>
            <tr>
              {head('day', w.colDay)}
              {head('side', w.colSide)}
              {head('publisher', w.colPublisher)}
              <th scope="col">{w.colWords}</th>
              <th scope="col">{w.colChain}</th>
            </tr>
          </thead>
          <tbody>
            {drawn.map(({ side, testimony, entry }) => (
              <tr key={testimony.attribution} class={`${side}${testimony.set_aside || testimony.withdrawn ? ' struck' : ''}`}>
                <td data-label={w.colDay}>
                  <Appeared entry={entry} />
                </td>
                <td data-label={w.colSide}>
                  {w.sides[side]}
                  {testimony.set_aside && <em> {w.setAsideWord}</em>}
                  {testimony.withdrawn && <em> {w.withdrawn}</em>}
                </td>
                <td data-label={w.colPublisher}>
                  <LinkTo path={['documents', testimony.document]} query={{ attribution: testimony.attribution }}>
                    <bdi>{nameOf(cards[testimony.walk[0] ?? ''], testimony.walk[0])}</bdi>
                  </LinkTo>
                </td>
                <td data-label={w.colWords}>
                  {found.data?.get(testimony.attribution) ? (
                    <Words attribution={found.data.get(testimony.attribution) as Attribution} />
                  ) : (
                    <span class="quiet">…</span>
                  )}
                  {testimony.via.length > 0 && testimony.claim !== report.claim_id && <OtherClaim id={testimony.claim} />}
                  {anomalies.get(testimony.attribution)?.map((anomaly, i) => (
                    <p key={i} class="anomaly">
                      <AnomalyText anomaly={anomaly} />
                    </p>
                  ))}
                </td>
                <td data-label={w.colChain}>
                  <Chain walk={testimony.walk.map((id) => [name(id)])} after={1} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {rows.length > 0 && (
        <p class="actions">
          <button type="button" disabled={busy} onClick={() => void table().catch((failed: unknown) => (problem.value = asError(failed)))}>
            {w.exportTable}
          </button>
        </p>
      )}
      {problem.value && <ProblemBox problem={problem.value} />}
      {rows.length > drawn.length && (
        <p>
          <button type="button" onClick={() => (shown.value += rowsAtOnce)}>
            {w.showMore}
          </button>
        </p>
      )}
      {others.length > 0 && (
        <>
          <h3>{w.anomaliesTitle}</h3>
          <ul>
            {others.map((anomaly, i) => (
              <li key={i} class="anomaly">
                <AnomalyText anomaly={anomaly} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function AnomalyText({ anomaly: { code, params, detail } }: { anomaly: Anomaly }): ComponentChildren {
  const name = useName();
  const day = (value: Params['said']) => value && <When from={value} to={value} />;
  const text = w.anomalies(code, {
    said: day(params.said),
    passed: day(params.passed_on),
    published: day(params.published),
    event: day(params.event),
    sources: list((params.sources ?? []).map((id) => <bdi key={id}>{name(id)}</bdi>)),
  });
  return text === code ? (
    <span lang="en" dir="ltr">
      {detail}
    </span>
  ) : (
    text
  );
}

/** The claim that an attribution makes, where it counts because of a link from that one. */
function OtherClaim({ id }: { id: string }) {
  const texts = statements.value[id];
  if (!texts) return null;
  return (
    <p class="via quiet">
      {w.viaLinks(
        <LinkTo path={['claims', id]}>
          <q>
            <Statement texts={texts} />
          </q>
        </LinkTo>,
      )}
    </p>
  );
}

/** How many appearances have a dot each; where there are more, those of one time are one dot. */
const mostDots = 150;

/** How many publishers without a day are named. */
const mostUndated = 30;

/** How high a dot stands over the one below it, in rem. */
const stackedDot = 0.85;

/** When it appeared: a dot for each attribution, a bar where only an interval is known, by what its publisher does with it. */
export function Timeline({ report, timeline }: { report: Report; timeline: readonly TimelineEntry[] }) {
  const name = useName();
  const testimonies = new Map(evidenceParts.flatMap((side) => report[side].evidence.map((one) => [one.attribution, one] as const)));
  const laneOf = (attribution: string) => {
    const steps = testimonies.get(attribution)?.walk.length ?? 1;
    return steps === 1 ? 'origin' : steps === 2 ? 'relay' : 'publisher';
  };
  const dated = timeline.filter((entry) => testimonies.has(entry.attribution) && (entry.earliest ?? entry.latest));
  const undated = timeline.filter((entry) => testimonies.has(entry.attribution) && !(entry.earliest ?? entry.latest));
  if (dated.length + undated.length === 0) return null;
  const time = (moment: string | undefined) =>
    moment ? Date.parse(moment.length <= 10 ? `${moment.padEnd(7, '-01').padEnd(10, '-01')}T12:00:00Z` : moment) : NaN;
  // What was said or happened after it was passed on or published: from the later moment back to the earlier one.
  const backward = sideNames
    .flatMap((side) => report[side].anomalies)
    .flatMap((anomaly) => {
      const { said, event, passed_on, published } = anomaly.params;
      const [late, early] = [said ?? event, passed_on ?? published];
      const lane = anomaly.attribution && testimonies.has(anomaly.attribution) && laneOf(anomaly.attribution);
      return lane && late && early ? [{ lane, late, early, anomaly }] : [];
    })
    .slice(0, mostDots);
  const begins = (entry: TimelineEntry) => time(entry.earliest ?? entry.latest);
  const ends = (entry: TimelineEntry) => time(entry.latest ?? entry.earliest);
  const days = dated
    .flatMap(({ earliest, latest }) => [earliest ?? latest ?? '', latest ?? earliest ?? ''])
    .concat(backward.flatMap(({ late, early }) => [late, early]))
    .sort();
  const moments = days.map(time);
  const first = Math.min(...moments);
  const span = Math.max(1, Math.max(...moments) - first);
  const share = (moment: number) => Math.round(((moment - first) / span) * 1000) / 10;
  const crowded = dated.length > mostDots;
  const timeOf = (entry: TimelineEntry) => Math.round(share(begins(entry)) / (crowded ? 2.5 : 1));
  // Those that appeared at one time stand on one another or, where there are many, are one dot.
  const lanes = ['origin', 'relay', 'publisher'].map((lane) => {
    const dots = new Map<string, { entry: TimelineEntry; others: number; above: number }>();
    const stacks = new Map<number, number>();
    for (const entry of dated.filter((one) => laneOf(one.attribution) === lane)) {
      const at = timeOf(entry);
      const dot = dots.get(`${at} ${entry.side}`);
      if (crowded && dot) {
        dot.others++;
        continue;
      }
      dots.set(crowded ? `${at} ${entry.side}` : entry.attribution, { entry, others: 0, above: (stacks.get(at) ?? 0) * stackedDot });
      stacks.set(at, (stacks.get(at) ?? 0) + 1);
    }
    return { lane, dots: [...dots.values()] };
  });
  const item = (entry: TimelineEntry) => (
    <>
      <When from={entry.earliest} to={entry.latest} /> <bdi>{name(entry.publisher)}</bdi>
    </>
  );
  return (
    <section aria-labelledby="timeline" class="timeline">
      <h2 id="timeline">{w.timelineTitle}</h2>
      <div class="axis" aria-hidden="true">
        <When from={days[0]} to={days[0]} />
        <When from={days.at(-1)} to={days.at(-1)} />
      </div>
      {lanes.map(
        ({ lane, dots }) =>
          dots.length > 0 && (
            <div key={lane} class="lane">
              <h3>{w.lanes[lane]}</h3>
              <ul style={{ height: `${Math.max(...dots.map(({ above }) => above)) + 1.4}rem` }}>
                {dots.map(({ entry, others, above }) => {
                  const [from, to] = [share(begins(entry)), share(ends(entry))];
                  return (
                    <li
                      key={entry.attribution}
                      class={`${entry.side}${to > from ? ' long' : ''}`}
                      title={others > 0 ? `${name(entry.publisher)} (${w.others(others)})` : name(entry.publisher)}
                      style={{ insetInlineStart: `${from}%`, bottom: `${above - 0.34}rem`, inlineSize: to > from ? `${to - from}%` : '' }}
                    >
                      <span class="sr">
                        {item(entry)}
                        {others > 0 && <> {w.others(others)}</>}
                      </span>
                    </li>
                  );
                })}
                {backward
                  .filter((one) => one.lane === lane)
                  .map(({ late, early, anomaly }, i) => (
                    <li
                      key={i}
                      class="back"
                      style={{ insetInlineStart: `${share(time(early))}%`, inlineSize: `${share(time(late)) - share(time(early))}%` }}
                    >
                      <span class="sr">
                        <AnomalyText anomaly={anomaly} />
                      </span>
                    </li>
                  ))}
              </ul>
            </div>
          ),
      )}
      {dated[0] && <p class="quiet">{w.timelineFirst(item(dated[0]))}</p>}
      {undated.length > 0 && (
        <p class="quiet">
          {w.timelineUndated(
            list(undated.slice(0, mostUndated).map((entry) => <bdi key={entry.attribution}>{name(entry.publisher)}</bdi>)),
          )}{' '}
          {undated.length > mostUndated && w.others(undated.length - mostUndated)}
        </p>
      )}
    </section>
  );
}
