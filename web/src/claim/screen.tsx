/** The page of a claim: how many independent origins are really behind it, over how many ways, and what would change that. */
import {
  Problem,
  type ClaimCard,
  type ClaimDetail,
  type Drawing,
  type OpenQuestion,
  type Quantity,
  type Report,
  type Side,
  type SideName,
  type TimelineEntry,
} from '@headwater/client';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { address, base, language, look, type Query } from '../address';
import { addClaims, asError, service, useLoad } from '../api';
import { useKeys } from '../keys';
import { dayInWords, dayOf, list, messages as m, number } from '../language';
import { Code, Content, Heading, LinkTo, Name, ProblemBox, Statement, useReturn } from '../parts';
import type { ScreenProps } from '../screens';
import { Contradictions, useContradictions } from './contradictions';
import { DrawnSide } from './drawing';
import { Evidence, Timeline } from './evidence';
import { factsOf } from './group';
import { Causes, Head, movedFrom, Narrowing, StandingSentence } from './head';
import { words as w } from './messages';
import { Outline, sideOf } from './outline';
import { Panel } from './panel';
import { groupNames, sideNames, sourceCards, statements, type View } from './parts';
import { asQuery, isAsked, putAllBack, question, selected, type Question } from './question';

/** A claim with its report, or without it where the service fails to make one: what is said stays. */
async function claimOf(id: string, signal: AbortSignal): Promise<ClaimDetail & { failed?: Problem }> {
  const path = { id };
  try {
    return (await service.getClaim({ path, query: { include: ['report'] }, signal })).data;
  } catch (failed) {
    if (!(failed instanceof Problem && failed.status >= 500)) throw failed;
    return { ...(await service.getClaim({ path, signal })).data, failed };
  }
}

export function ClaimScreen({ id }: ScreenProps) {
  const claim = useLoad(id, (signal) => claimOf(id, signal));
  const asked = question.value;
  const view = useLoad(JSON.stringify([id, asked]), async (signal) => {
    const query = asQuery(asked);
    const [drawing, report] = await Promise.all([
      service.getClaimProvenance({ path: { id }, query, signal }).then(
        ({ data }) => ({ drawing: data, missing: undefined }),
        (failed: unknown) => {
          if (failed instanceof Problem && failed.status === 401) throw failed; // it is asked for again once somebody signed in
          return { drawing: undefined, missing: asError(failed) };
        },
      ),
      isAsked(asked) ? service.getClaimCorroboration({ path: { id }, query, signal }) : undefined,
    ]);
    return { asked, ...drawing, report: report?.data };
  });
  const base = claim.data?.report;
  const report = view.data?.report ?? base;
  useReturn(report !== undefined && view.data !== undefined);
  return (
    <>
      {claim.problem && !claim.data && <Heading title={m.navClaims} />}
      <Content of={claim} room={<div class="room" />}>
        {(data) => (
          <article class="claim" data-claim={data.id}>
            <Head claim={data} again={claim.again} />
            {view.problem && <ProblemBox problem={view.problem} again={view.again} />}
            {report && view.data ? (
              <Shown
                id={id}
                quantities={data.quantities ?? []}
                base={base ?? report}
                view={{ report, drawing: view.data.drawing ?? drawingOf(report) }}
                asked={view.data.asked}
                busy={view.busy}
                missing={view.data.missing && <ProblemBox problem={view.data.missing} again={view.again} />}
              />
            ) : data.failed && !isAsked(asked) ? (
              <ProblemBox problem={data.failed} again={claim.again} />
            ) : (
              <div class="room" aria-busy="true" />
            )}
          </article>
        )}
      </Content>
    </>
  );
}

/** Stands in for a drawing that could not be had: what its list shows is in the report too. */
const drawingOf = (report: Report): Drawing =>
  ({ affirming: sideOf(report.affirming), denying: sideOf(report.denying), sources: {} }) as unknown as Drawing;

/** When what the report lists appeared, whatever is set aside and as of whichever day. */
function useTimeline(id: string, include_proposed: boolean) {
  return useLoad(`${id} timeline ${include_proposed}`, async (signal) => {
    const entries: TimelineEntry[] = [];
    const query = { scope: 'evidence' as const, include_proposed, include_withdrawn: true, limit: 1000 };
    for await (const { items } of service.each.getClaimTimeline({ path: { id }, query, signal }).pages()) entries.push(...items);
    return entries;
  });
}

/** The links of a claim, and the claims that they name. */
function useLinks(id: string) {
  return useLoad(`${id} links`, async (signal) => {
    const claims: Record<string, ClaimCard> = {};
    let contradictions = 0;
    const query = { limit: 1000, status: ['proposed' as const, 'accepted' as const] };
    for await (const page of service.each.listClaimLinks({ path: { id }, query, signal }).pages()) {
      Object.assign(claims, page.claims);
      contradictions += page.items.filter(({ kind, status }) => kind === 'contradicts' && status === 'accepted').length;
    }
    return { claims, contradictions };
  });
}

/** How many claims are asked for to name questions after them. */
const mostNamed = 200;

/** The claims that questions are named after: those of links, and where a link is between others, these too. */
function useAskedAbout(report: Report, linked: Record<string, ClaimCard> | undefined) {
  const ids = sideNames.flatMap((side) => report[side].open_questions.flatMap(({ link, params }) => (link && params.claims) || []));
  const key = linked && [...new Set(ids)].filter((id) => id !== report.claim_id && !(id in linked)).slice(0, mostNamed).join();
  return useLoad(key || undefined, async (signal) => {
    const claims: Record<string, ClaimCard> = {};
    await addClaims(claims, key?.split(',') ?? [], signal);
    return claims;
  });
}

interface ShownProps {
  id: string;
  /** What it counts. */
  quantities: readonly Quantity[];
  base: Report;
  view: View;
  asked: Question;
  busy: boolean;
  /** What is said of a drawing that could not be had. */
  missing: ComponentChildren;
}

function Shown({ id, quantities, base: before, view, asked, busy, missing }: ShownProps) {
  const links = useLinks(id);
  const against = useContradictions(id);
  const timeline = useTimeline(id, asked.include_proposed);
  const entries = timeline.data ?? [];
  const counted = entries.filter(({ withdrawn }) => !withdrawn);
  const { report, drawing } = view;
  const askedAbout = useAskedAbout(report, links.data?.claims);
  const cards = useMemo(
    () => (sourceCards.value = { ...against.data?.sources, ...before.sources, ...drawing.sources, ...report.sources }),
    [against.data, before, report, drawing],
  );
  const claims = useMemo(() => {
    const all: Record<string, ClaimCard> = { ...askedAbout.data, ...links.data?.claims };
    statements.value = Object.fromEntries(Object.entries(all).map(([key, { statement }]) => [key, statement]));
    return all;
  }, [links.data, askedAbout.data]);
  const facts = (side: SideName) => factsOf(drawing[side], report[side].independent_origins, report[side].lines);
  const named = (group: string) => <Name key={group} source={cards[group]} id={group} />; // within a link, where no button may stand
  const about = ({ source, circle, link, document, params }: OpenQuestion) => {
    if (source) return named(source);
    if (circle) return list(circle.map(named));
    if (link) {
      const other = params.claims?.find((one) => one !== id && claims[one]);
      return other ? (
        <q>
          <Statement texts={claims[other]?.statement ?? {}} />
        </q>
      ) : (
        '…'
      );
    }
    const testimony = sideNames.flatMap((side) => report[side].evidence).find((one) => one.document === document);
    return testimony?.walk[0] ? named(testimony.walk[0]) : '…';
  };
  useKeys([
    {
      id: 'aside',
      keys: 'x',
      label: w.keyAside,
      run: () => {
        // the card or the row that has the focus, or else the group whose words are shown
        const at = document.activeElement?.closest('.card, .outline p') ?? document.querySelector('.panel');
        at?.querySelector<HTMLElement>('.aside')?.click();
      },
    },
    { id: 'all-back', keys: 'X', label: w.putAllBack, run: putAllBack },
    ...(
      [
        ['[', 'affirming'],
        [']', 'denying'],
      ] as const
    ).map(([keys, side]) => ({
      id: side,
      keys,
      label: w.sides[side] ?? side,
      run: () => document.querySelector<HTMLElement>(`.side.${side} button`)?.focus(),
    })),
    { id: 'dates', keys: 't', label: w.keyDates, run: toggleDates },
    {
      id: 'open',
      keys: 'o',
      label: w.keyOpen,
      run: () => {
        const row = document.activeElement?.closest('tr') ?? document;
        row.querySelector<HTMLElement>('.evidence a[href*="/documents/"]')?.click();
      },
    },
    { id: 'evidence', keys: 'e', label: w.keyEvidence, run: () => document.getElementById('evidence')?.focus() },
    {
      id: 'view',
      keys: 'l',
      label: w.keyView,
      run: () => look({ view: address.peek().query.get('view') === 'list' ? undefined : 'list' }),
    },
  ]);
  return (
    <div aria-busy={busy || timeline.busy}>
      <StandingSentence report={report} before={isAsked(asked) ? before : undefined} />
      <Announcement report={report} before={before} asked={asked} />
      <div class="explained">
        <section aria-labelledby="origins">
          <h2 id="origins" tabIndex={-1}>
            {w.causesTitle}
          </h2>
          {sideNames.map(
            (side) =>
              report[side].attributions > 0 && (
                <div key={side}>
                  <h3>{w.sides[side]}</h3>
                  <Causes side={report[side]} />
                </div>
              ),
          )}
        </section>
        {sideNames.some((side) => report[side].open_questions.length > 0) && (
          <section aria-labelledby="narrow">
            <h2 id="narrow">{w.narrowTitle}</h2>
            {sideNames.map(
              (side) =>
                report[side].open_questions.length > 0 && (
                  <div key={side}>
                    <h3>{w.sides[side]}</h3>
                    <Narrowing id={id} side={report[side]} about={about} />
                  </div>
                ),
            )}
          </section>
        )}
      </div>
      <section aria-labelledby="graph" class="graph">
        <h2 id="graph">{w.graphTitle}</h2>
        <Toolbar timeline={counted} asked={asked} report={report} />
        {missing}
        <div class="sides">
          {sideNames.map((side) => (
            <SidePanel
              key={side}
              name={side}
              view={view}
              before={isAsked(asked) ? before : undefined}
              facts={facts(side)}
              listed={!!missing}
            />
          ))}
        </div>
        {selected.value !== undefined && <Panel group={selected.value} view={view} timeline={entries} factsOf={facts} />}
      </section>
      {[links, against, timeline].map(({ problem, again }) => problem && <ProblemBox problem={problem} again={again} />)}
      {links.data && against.data && timeline.data && (
        <>
          <Contradictions
            report={report}
            against={{
              ...against,
              ...against.data,
              total: links.data.contradictions,
              claims,
              cards,
              quantities,
            }}
          />
          <Evidence report={report} timeline={entries} busy={timeline.busy} />
          <Timeline report={report} timeline={counted} />
        </>
      )}
      <Foot id={id} report={report} asked={asked} />
    </div>
  );
}

const toggleDates = () => look({ dates: !address.peek().query.has('dates') });

type Figures = [min: number, max: number, lines: number];
const figuresOf = ({ independent_origins: { min, max }, lines }: Side): Figures => [min, max, lines];

/** Says once, to who cannot see it, what a change of the question has done to the figures of each side. */
function Announcement({ report, before, asked }: { report: Report; before: Report; asked: Question }) {
  const said = sideNames.map((name) => `${w.sides[name]}: ${w.changed(...figuresOf(report[name]), ...figuresOf(before[name]))}`);
  return (
    <p class="sr" role="status">
      {isAsked(asked) ? said.join(' ') : ''}
    </p>
  );
}

/** Below this width only the list is shown, and on paper, where a drawing is cut off at the side and between pages. */
const narrowest = matchMedia('(max-width: 640px), print');

function useNarrow(): boolean {
  const narrow = useSignal(narrowest.matches);
  useEffect(() => {
    const follow = () => (narrow.value = narrowest.matches);
    narrowest.addEventListener('change', follow);
    return () => narrowest.removeEventListener('change', follow);
  }, []);
  return narrow.value;
}

interface SideProps {
  name: SideName;
  view: View;
  /** The report with nothing set aside, where something is. */
  before: Report | undefined;
  facts: ReturnType<typeof factsOf>;
  /** Whether there is nothing but the list. */
  listed: boolean;
}

function SidePanel({ name, view, before, facts, listed }: SideProps) {
  const asList = useNarrow() || listed || address.value.query.get('view') === 'list';
  const side = view.drawing[name];
  const now = view.report[name];
  const was = movedFrom(before?.[name], now);
  const summary = ({ independent_origins: { min, max }, lines }: Side) => w.sideSummary(min, max, lines);
  const label = w.sides[name] ?? name;
  return (
    <section class={`side ${name}`} aria-labelledby={`side-${name}`}>
      <h3 id={`side-${name}`}>
        {label} {was && <s class="quiet">{w.was(summary(was))}</s>} {now.attributions > 0 && <span class="quiet">{summary(now)}</span>}
      </h3>
      {side.nodes.length === 0 ? (
        <p class="quiet">
          {w.nobodyHere} <LinkTo path={['documents']}>{w.addWords}</LinkTo>
        </p>
      ) : asList ? (
        <Outline side={side} facts={facts} label={w.outlineLabel} />
      ) : (
        <DrawnSide side={side} facts={facts} label={label} />
      )}
    </section>
  );
}

/** How long a day is shown while days go by, in milliseconds. */
const dayShown = 1200;

/** How many of what is set aside are named. */
const mostListed = 12;

/** What is counted: as of which day, with proposals or without, and what is set aside. */
function Toolbar({ timeline, asked, report }: { timeline: readonly TimelineEntry[]; asked: Question; report: Report }) {
  const days = [...new Set(timeline.flatMap(({ latest }) => (latest ? [dayOf(latest)] : [])))].sort();
  const at =
    asked.as_of === undefined
      ? days.length
      : Math.max(
          0,
          days.findLastIndex((day) => day <= (asked.as_of ?? '')),
        );
  const {
    attributions,
    independent_origins: { min, max },
  } = report.affirming;
  // A day is shown until its figures were, and then for a while.
  const playing = useSignal(false);
  useEffect(() => {
    if (!playing.value || at === days.length) return undefined;
    const timer = setTimeout(() => {
      playing.value = at + 1 < days.length;
      look({ as_of: days[at + 1] });
    }, dayShown);
    return () => clearTimeout(timer);
  }, [playing.value, at]);
  const list_ = address.value.query.get('view') === 'list';
  return (
    <div class="toolbar" role="group" aria-label={w.toolbar}>
      {days.length > 1 && (
        <label class="day">
          <span>{w.asOf}</span>
          <input
            type="range"
            min={0}
            max={days.length}
            value={at}
            aria-valuetext={w.asOfText(days[at] ? dayInWords(days[at] ?? '') : w.asOfToday, attributions, min, max)}
            onChange={(event) => look({ as_of: days[Number(event.currentTarget.value)] })}
          />
          <output>{asked.as_of ? <Code>{asked.as_of}</Code> : w.asOfToday}</output>
        </label>
      )}
      {days.length > 1 && (
        <button
          type="button"
          class="play"
          onClick={() => {
            playing.value = !playing.value;
            if (playing.value && at === days.length) look({ as_of: days[0] });
          }}
        >
          {playing.value ? w.stop : w.play}
        </button>
      )}
      <label>
        <input
          type="checkbox"
          checked={question.value.include_proposed}
          onChange={(event) => look({ proposed: event.currentTarget.checked })}
        />{' '}
        {w.proposedToggle}
      </label>
      {!list_ && (
        <button type="button" class="dates" aria-pressed={address.value.query.has('dates')} onClick={toggleDates}>
          {w.keyDates}
        </button>
      )}
      <span class="views" role="group" aria-label={w.viewLabel}>
        <button type="button" aria-pressed={!list_} onClick={() => look({ view: undefined })}>
          {w.asDrawing}
        </button>
        <button type="button" aria-pressed={list_} onClick={() => look({ view: 'list' })}>
          {w.asList}
        </button>
      </span>
      {asked.without.length > 0 && (
        <p class="banner">
          {w.setAsideBanner([
            groupNames(asked.without.slice(0, mostListed)),
            asked.without.length > mostListed && ` ${w.others(asked.without.length - mostListed)}`,
          ])}{' '}
          <button type="button" onClick={putAllBack}>
            {w.putAllBack}
          </button>
        </p>
      )}
      {asked.include_proposed && <p class="banner">{w.proposedBanner}</p>}
    </div>
  );
}

/** Support, which is an aid and stands last, and what one can take along. */
function Foot({ id, report, asked }: { id: string; report: Report; asked: Question }) {
  const { belief, disbelief, uncertainty, graded } = report.support;
  const share = (value: number) => number(Math.round(value * 100) / 100);
  const file = (path: string, more: Query) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...asQuery(asked), ...more }))
      for (const one of [value].flat()) query.append(name, String(one));
    const search = query.toString();
    return `${base.pathname}v1/claims/${id}/${path}${search && `?${search}`}`;
  };
  const query = new URLSearchParams({ lang: language, ...(asked.as_of && { as_of: asked.as_of }) });
  const card = `${base.pathname}v1/claims/${id}/card?${query}`;
  return (
    <footer class="foot">
      <details>
        <summary>{w.supportTitle}</summary>
        {graded ? (
          <p>
            {w.supportText(share(belief), share(disbelief), share(uncertainty))} {w.supportSteps}
          </p>
        ) : (
          <p>{w.supportUngraded}</p>
        )}
      </details>
      <section aria-labelledby="exports">
        <h2 id="exports">{w.exportsTitle}</h2>
        <ul class="exports">
          {(
            [
              ['bundle', {}, 'ndjson', w.exportBundle],
              ['corroboration', {}, 'json', w.exportReport],
              ['provenance', { format: 'mermaid' }, 'mmd', w.exportMermaid],
              ['provenance', { format: 'dot' }, 'dot', w.exportDot],
            ] as const
          ).map(([path, more, extension, said]) => (
            <li key={extension}>
              <a href={file(path, more)} download={`${report.claim}.${extension}`}>
                {said}
              </a>
            </li>
          ))}
          <li>
            <a href={card} target="_blank">
              {w.exportCard}
            </a>
          </li>
          <li>
            <button type="button" onClick={() => print()}>
              {w.exportPrint}
            </button>
          </li>
        </ul>
        <p class="quiet">
          {w.stateOf(<Code>{report.facts_sha256.slice(0, 16)}</Code>)} {w.notVerdict}
        </p>
      </section>
    </footer>
  );
}
