/** A source: who it is, who controls it on which day, what it tells, and what rests on it. */
import {
  ifMatch,
  type ClaimCard,
  type Controllers,
  type Impact,
  type ListedClaim,
  type Position,
  type Relation,
  type Source,
  type SourceCard,
} from '@headwater/client';
import { useSignal } from '@preact/signals';
import { address, look } from '../address';
import { addClaims, service, useLoad } from '../api';
import { Act } from '../edit/act';
import { Reason } from '../edit/reason';
import { EditRelation } from '../edit/relation';
import { EditSource } from '../edit/source';
import { changeHeaders } from '../edit/versions';
import { type Effect, Effects, moves } from '../effect';
import { sourceKinds } from '../kinds';
import { dayInWords, dayOf, directionOf, latinDigits, list, number } from '../language';
import { Code, Content, Dialog, Heading, Keeping, LinkTo, Name, nameOf, Statement, useReturn } from '../parts';
import { useTyped } from '../typed';
import type { ScreenProps } from '../screens';
import { words as w } from './messages';
import './source.css';

/** How many claims are shown of each kind. */
const shownAtOnce = 100;

/** Today, as the address has days. */
const today = (): string => dayOf(new Date().toISOString());

export default function SourceScreen({ id }: ScreenProps) {
  const loaded = useLoad(id, async (signal) => (await service.getSource({ path: { id }, signal })).data);
  useReturn(loaded.data !== undefined);
  const changes = useSignal(0); // of who controls it, which moves what rests on it
  const name = loaded.data ? nameOf(loaded.data) : w.source;
  return (
    <article class="source">
      <Heading title={name}>
        <bdi>{name}</bdi>
      </Heading>
      <Content of={loaded} room={<div class="room" />}>
        {(source) => (
          <>
            <Head source={source} again={loaded.again} />
            <Control source={source} changed={() => changes.value++} />
            <Told id={id} />
            <Withdrawal key={changes.value} source={source} again={loaded.again} />
          </>
        )}
      </Content>
    </article>
  );
}

function Head({ source, again }: { source: Source; again: () => void }) {
  const editing = useTyped('editing', false);
  const others = Object.entries(source.names ?? {}).filter(([, name]) => name !== nameOf(source));
  return (
    <>
      {others.map(([tag, name]) => (
        <p key={tag} class="other statement">
          <bdi lang={tag} dir={directionOf(tag)}>
            {name}
          </bdi>
        </p>
      ))}
      <p class="facts">
        <span>{sourceKinds[source.kind] ?? source.kind}</span>
        {source.country && <Code>{source.country}</Code>}
        {source.reliability && source.reliability !== 'F' ? (
          <span>{w.reliability(<Code>{source.reliability}</Code>)}</span>
        ) : (
          <span class="quiet">{w.notJudged}</span>
        )}
        {source.anonymous && <strong>{w.anonymous}</strong>}
        {source.aliases && source.aliases.length > 0 && (
          <span class="quiet">{w.aliases(list(source.aliases.map((alias) => <bdi key={alias}>{alias}</bdi>)))}</span>
        )}
        {source.domains?.map((domain) => (
          <Code key={domain}>{domain}</Code>
        ))}
        <Keeping resource="source" id={source.id} editing={editing} />
      </p>
      {editing.value && <EditSource source={source} again={again} close={() => (editing.value = false)} />}
      {source.merged_into && (
        <p class="banner">
          {w.merged(
            <LinkTo path={['sources', source.merged_into]}>
              <Code>{source.merged_into}</Code>
            </LinkTo>,
          )}
        </p>
      )}
      {source.status === 'retracted' && <p class="banner">{w.retracted}</p>}
    </>
  );
}

interface Controlled {
  control: Controllers;
  direct: Relation[];
  sources: Record<string, SourceCard>;
}

/** Who controls it on a day: the relations that lead to who it speaks as then, and its others with their dates. */
function Control({ source, changed }: { source: Source; changed: () => void }) {
  const day = address.value.query.get('at') ?? today();
  const loaded = useLoad<Controlled>(`${source.id} ${day}`, async (signal) => {
    const [{ data: control }, { data: relations }] = await Promise.all([
      service.getSourceControl({ path: { id: source.id }, query: { at: day }, signal }),
      service.listRelations({ query: { source: source.id, limit: shownAtOnce, status: ['active'] }, signal }),
    ]);
    return {
      control,
      direct: relations.items.filter(({ subject }) => subject === source.id),
      sources: { ...relations.sources, ...control.sources, [source.id]: source },
    };
  });
  const again = () => {
    loaded.again();
    changed();
  };
  return (
    <section aria-labelledby="control">
      <h2 id="control">{w.controlTitle}</h2>
      <p class="toolbar">
        <label>
          {w.day} <input type="date" value={day} onChange={(event) => look({ at: event.currentTarget.value })} />
        </label>
        {address.value.query.has('at') && (
          <button type="button" class="quiet" onClick={() => look({ at: undefined })}>
            {w.today}
          </button>
        )}
      </p>
      <Content of={loaded}>
        {({ control, direct, sources }) => {
          const name = (one: string) => (
            <LinkTo path={['sources', one]}>
              <Name source={sources[one]} id={one} />
            </LinkTo>
          );
          const inForce = new Set(control.relations.map(({ relation }) => relation));
          const rows = [
            ...control.relations.map(({ relation, ...facts }) => ({
              ...facts,
              id: relation,
              citation: direct.find(({ id }) => id === relation)?.citation,
            })),
            ...direct.filter(({ id }) => !inForce.has(id)),
          ];
          // From the first day that is known to the last, in percent; an end that nobody knows reaches to there.
          const time = (one: string | undefined, unknown: number) => (one && Date.parse(one)) || unknown;
          const known = rows.flatMap(({ since, until }) => [time(since, 0), time(until, 0)]).filter(Boolean);
          const shown = [...known, Date.parse(day), Date.now()];
          const [first, last] = [Math.min(...shown), Math.max(...shown)];
          const percent = (at: number) => (100 * (at - first)) / (last - first || 1);
          const moment = <bdi key="day">{dayInWords(control.at ?? day)}</bdi>;
          return (
            <>
              <p class="sentence" role="status">
                {control.controllers.length > 0 && control.group !== source.id
                  ? w.spokeAs(
                      moment,
                      <strong key="group">{name(control.group)}</strong>,
                      control.controllers.find((one) => one.source === control.group)?.via.length ?? control.relations.length,
                    )
                  : w.spokeForItself(moment)}
              </p>
              {control.loops.map((loop, i) => (
                <p key={i} class="banner">
                  {w.loop(list(loop.map((one) => <span key={one}>{name(one)}</span>)))}
                </p>
              ))}
              {rows.length === 0 && <p class="quiet">{w.noRelations}</p>}
              <ul class="relations">
                {rows.map(({ id, kind, subject, object, since, until, share, citation }) => (
                  <li key={id} data-relation={id} class={inForce.has(id) ? 'holds' : 'holds-not'}>
                    <p>
                      {name(subject)} <span class="quiet">{w.relationKinds[kind] ?? kind}</span> {name(object)}{' '}
                      {share !== undefined && <Code>{number(share * 100)}%</Code>}
                    </p>
                    <p class="when quiet">
                      {since && <span>{w.fromDay(<Code>{since}</Code>)}</span>}
                      {until && <span>{w.untilDay(<Code>{until}</Code>)}</span>}
                      {!since && !until && <span>{w.alwaysSo}</span>}
                      <span>{inForce.has(id) ? w.holds : w.holdsNot}</span>
                    </p>
                    {(since || until) && (
                      <p class="bar" aria-hidden="true">
                        <i
                          style={{
                            insetInlineStart: `${percent(time(since, first))}%`,
                            inlineSize: `${percent(time(until, last)) - percent(time(since, first))}%`,
                          }}
                        />
                        <b style={{ insetInlineStart: `${percent(Date.parse(day))}%` }} />
                      </p>
                    )}
                    {citation && (
                      <p class="quiet">
                        <bdi>{citation}</bdi>
                      </p>
                    )}
                    <Changing id={id} known={sources} again={again} />
                  </li>
                ))}
              </ul>
              <Changing subject={source.id} known={sources} again={again} />
              <p class="quiet">
                {source.control_reviewed_at ? w.lookedUp(<Code>{dayOf(source.control_reviewed_at)}</Code>) : w.neverLookedUp}
              </p>
            </>
          );
        }}
      </Content>
    </section>
  );
}

/** Editing a relation, or adding one. */
function Changing({ id, subject, known, again }: { id?: string; subject?: string; known: Record<string, SourceCard>; again: () => void }) {
  const editing = useTyped(`editing ${id ?? 'a new one'}`, false);
  const close = () => (editing.value = false);
  const done = () => {
    close();
    again();
  };
  return (
    <>
      <p class="when">
        {id ? (
          <Keeping resource="relation" id={id} editing={editing} />
        ) : (
          <button type="button" onClick={() => (editing.value = true)}>
            {w.addRelation}
          </button>
        )}
      </p>
      {editing.value && <EditRelation {...(id ? { id } : { subject: subject ?? '' })} known={known} done={done} close={close} />}
    </>
  );
}

const positions: readonly Position[] = ['origin', 'relay', 'publisher'];

/** The claims that it originates, passes on and publishes. */
function Told({ id }: { id: string }) {
  const share = useLoad(id, (signal) =>
    Promise.all(
      [{ origin: id }, { source: id }].map(async (of) => {
        const { data } = await service.listClaims({ query: { ...of, include: ['total'], limit: 1 }, signal });
        return `${number(data.total?.count ?? 0)}${data.total?.exact ? '' : '+'}`;
      }),
    ),
  );
  const loaded = useLoad(id, async (signal) =>
    Promise.all(
      positions.map(async (position) => {
        const { data } = await service.listSourceClaims({ path: { id }, query: { position, limit: shownAtOnce }, signal });
        return { position, claims: data.items as Pick<ListedClaim, 'id' | 'statement'>[], more: data.next_cursor !== undefined };
      }),
    ),
  );
  return (
    <section aria-labelledby="told">
      <h2 id="told">{w.claimsTitle}</h2>
      <Content of={share}>{(counts) => <p>{w.originality(...counts.map((one, i) => <Code key={i}>{one}</Code>))}</p>}</Content>
      <Content of={loaded}>
        {(all) => (
          <>
            {all.map(({ position, claims, more }) => (
              <details key={position} open={claims.length > 0 && claims.length <= 12} data-position={position}>
                <summary>
                  {w.positions[position]} <span class="quiet">{w.countOf(number(claims.length), more)}</span>
                </summary>
                {claims.length === 0 && <p class="quiet">{w.noClaims}</p>}
                <ul>
                  {claims.map((claim) => (
                    <li key={claim.id}>
                      <LinkTo path={['claims', claim.id]}>
                        <Statement texts={claim.statement} />
                      </LinkTo>
                    </li>
                  ))}
                </ul>
              </details>
            ))}
            <Circles id={id} claims={all.flatMap(({ claims }) => claims.map((claim) => claim.id))} />
          </>
        )}
      </Content>
    </section>
  );
}

/** How many claims are looked through for circles, which takes their reports. */
const looked = 50;

/** With whom it is in circles: those that have a claim from one another. Looked for once it is opened. */
function Circles({ id, claims }: { id: string; claims: readonly string[] }) {
  const open = useSignal(false);
  const asked = [...new Set(claims)].slice(0, looked);
  const loaded = useLoad(open.value ? asked.join() : undefined, async (signal) => {
    const reports = asked.length > 0 ? (await service.analyzeClaims({ body: { claims: asked }, signal })).data.items : [];
    return reports.flatMap(({ claim_id, statement, sources, affirming, denying }) =>
      [affirming, denying].flatMap(({ circular, groups }) => {
        const own = groups[id]?.group;
        return circular
          .filter((circle) => own && circle.includes(own))
          .map((circle) => ({ claim_id, statement, sources, others: circle.filter((one) => one !== own) }));
      }),
    );
  });
  return (
    <details data-position="circles" onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>{w.circles}</summary>
      <Content of={loaded}>
        {(found) => (
          <ul>
            {found.map(({ claim_id, statement, sources, others }, i) => (
              <li key={i}>
                {list(others.map((one) => <Name key={one} source={sources[one]} id={one} />))}{' '}
                <LinkTo path={['claims', claim_id]}>
                  <Statement texts={statement} />
                </LinkTo>
              </li>
            ))}
            {found.length === 0 && <li class="quiet">{w.noClaims}</li>}
            {asked.length === looked && <li class="quiet">{w.circlesLooked(looked)}</li>}
          </ul>
        )}
      </Content>
    </details>
  );
}

interface Impacts {
  items: Impact[];
  claims: Record<string, ClaimCard>;
}

/** What would change if nothing counted any more that rests on it; shown before it can be done. */
function Withdrawal({ source, again }: { source: Source; again: () => void }) {
  const confirming = useSignal(false);
  const withdrawn = source.status === 'retracted';
  const loaded = useLoad(source.status === 'active' ? `${source.id} ${source.version}` : undefined, async (signal) => {
    const found: Impacts = { items: [], claims: {} };
    for await (const page of service.each.getSourceImpact({ path: { id: source.id }, query: { limit: 200 }, signal }).pages()) {
      found.items.push(...page.items);
      Object.assign(found.claims, page.claims);
    }
    await addClaims(
      found.claims,
      found.items.map(({ claim_id }) => claim_id),
      signal,
    );
    const lost = ({ before, after }: Impact) => before.independent_origins.max - after.independent_origins.max + before.lines - after.lines;
    found.items.sort((a, b) => lost(b) - lost(a) || (a.claim_id < b.claim_id ? -1 : 1));
    return found;
  });
  if (withdrawn)
    return (
      <p>
        <Act
          label={w.restore}
          act={async () => {
            await service.restoreSource({ path: { id: source.id }, headers: ifMatch(source) });
          }}
          done={again}
        />
      </p>
    );
  if (source.status !== 'active') return null;
  return (
    <section aria-labelledby="impact">
      <h2 id="impact">{w.impactTitle}</h2>
      <Content of={loaded}>
        {({ items, claims }) => (
          <>
            <p>{items.length === 0 ? w.changesNone : w.changes(items.length)}</p>
            {items.length > 0 && (
              <Moved of={items.map(({ claim_id: claim, before, after }) => ({ claim, before, after }))} claims={claims} />
            )}
            <p class="actions">
              <button type="button" onClick={() => (confirming.value = true)}>
                {w.withdraw}
              </button>
            </p>
            {confirming.value && <Confirm source={source} changing={items.length} close={() => (confirming.value = false)} done={again} />}
          </>
        )}
      </Content>
    </section>
  );
}

/** The effects, and how many reports change without a figure that is shown: in how many count, or in what proposals would bring in. */
function Moved({ of, claims }: { of: readonly Effect[]; claims: Record<string, ClaimCard> }) {
  const still = of.filter((one) => !moves(one)).length;
  return (
    <>
      {still < of.length && <Effects of={of} claims={claims} />}
      {still > 0 && <p class="quiet">{w.moveNothing(still)}</p>}
    </>
  );
}

/** A withdrawal is confirmed by typing how many claims it changes. */
function Confirm({ source, changing, close, done }: { source: Source; changing: number; close: () => void; done: () => void }) {
  const typed = useSignal('');
  const reason = useSignal('');
  const digits = latinDigits(typed.value.trim());
  return (
    <Dialog title={w.withdrawTitle} close={close}>
      <p>
        <Name source={source} />
      </p>
      <p class="field">
        <label for="confirm">{w.confirm(changing)}</label>{' '}
        <input
          id="confirm"
          type="text"
          inputMode="numeric"
          autocomplete="off"
          value={typed.value}
          onInput={(event) => (typed.value = event.currentTarget.value)}
        />
      </p>
      <Reason reason={reason} />
      <Act
        label={w.withdrawNow}
        disabled={digits !== String(changing)}
        done={() => {
          close();
          done();
        }}
        act={async () => {
          const said = reason.value.trim();
          await service.retractSource({ path: { id: source.id }, headers: changeHeaders(source.version, said) });
        }}
      />
    </Dialog>
  );
}
