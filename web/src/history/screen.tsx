/** The history: what was changed, by whom and why, the newest first; what one act changed stands together, and can be undone together. */
import type { Change, ClaimCard, Difference, Operation, Resource, StandingChange, StandingInterval, Version } from '@headwater/client';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { address, given, href, look } from '../address';
import { addClaims, service, useLoad } from '../api';
import { useAct } from '../edit/act';
import { Reason } from '../edit/reason';
import { changeHeaders } from '../edit/versions';
import { words as documents } from '../document/messages';
import { words as editing } from '../edit/messages';
import { sourceKinds } from '../kinds';
import { words as reviews } from '../review/messages';
import { words as sources } from '../source/messages';
import { inOrder, languageName, list, messages as m, momentOf } from '../language';
import {
  Code,
  Content,
  Dialog,
  Heading,
  Interval,
  LinkTo,
  nameOfActor,
  ProblemBox,
  Select,
  StandingWord,
  Statement,
  Typed,
  useReturn,
} from '../parts';
import './history.css';
import { words as w } from './messages';

/** How many changes are asked for at a time. */
const perPage = 100;

export default function HistoryScreen() {
  const { query } = address.value;
  const [resource, thing] = [query.get('resource') ?? '', query.get('thing') ?? ''];
  return resource && thing ? <Versions key={thing} resource={resource} id={thing} /> : <Changes />;
}

/** Changes of one act, which stand together. */
interface Act {
  group: string | undefined;
  changes: Change[];
}

/** Puts together what is of one group, where the newest of it stands. */
function actsOf(changes: readonly Change[]): Act[] {
  const acts = new Map<string, Act>();
  for (const change of changes) {
    const act = acts.get(change.group ?? change.id);
    if (act) act.changes.push(change);
    else acts.set(change.group ?? change.id, { group: change.group, changes: [change] });
  }
  return [...acts.values()];
}

type State = {
  statement?: Record<string, string>;
  name?: string;
  names?: Record<string, string>;
  title?: string;
  claim?: string;
  to?: string;
} | null;

/** The claim that a change is named after, where it is of none itself. */
const claimNamed = ({ state }: Change): string => (state as State)?.claim ?? (state as State)?.to ?? '';

function Changes() {
  const asked = given('actor', 'resource', 'operation', 'group', 'cursor') as {
    actor?: string;
    resource?: Resource;
    operation?: Operation;
    group?: string;
    cursor?: string;
  };
  const loaded = useLoad(JSON.stringify(asked), async (signal) => {
    const { data } = await service.listChanges({ query: { ...asked, order: 'desc', limit: perPage }, signal });
    const claims: Record<string, ClaimCard> = {};
    await addClaims(claims, data.items.map(claimNamed).filter(Boolean), signal);
    return { acts: actsOf(data.items), claims, next: data.next_cursor };
  });
  useReturn(loaded.data !== undefined);
  const newer = useSignal(0);
  useEffect(() => {
    newer.value = 0;
    if (asked.cursor) return undefined;
    const control = new AbortController();
    const { cursor: _, ...only } = asked;
    const follow = async () => {
      for await (const _ of service.follow({ query: only, signal: control.signal })) newer.value++;
    };
    follow().catch(() => undefined); // without it, one looks again oneself
    return () => control.abort();
  }, [loaded.data]);
  const choose = (name: string, all: Readonly<Record<string, string>>, label: string, chosen: string | undefined) => (
    <label>
      {label}{' '}
      <Select
        name={name}
        value={chosen ?? ''}
        options={{ '': w.all, ...all }}
        choose={(value) => look({ [name]: value, cursor: undefined })}
      />
    </label>
  );
  return (
    <article class="history">
      <Heading title={m.navHistory} />
      <form
        class="toolbar"
        aria-label={w.filters}
        onSubmit={(event) => {
          event.preventDefault();
          const actor = String(new FormData(event.currentTarget).get('actor')).trim();
          look({ actor: actor && (actor.includes(':') ? actor : `key:${actor}`), cursor: undefined });
        }}
      >
        <label>
          {w.who} <Typed of="actor" type="text" name="actor" maxLength={200} value={asked.actor ?? ''} />
        </label>
        <button>{w.show}</button>
        {choose('resource', w.resources, w.kind, asked.resource)}
        {choose('operation', w.operations, w.done, asked.operation)}
        {asked.group && <a href={href(['history'])}>{w.wholeHistory}</a>}
      </form>
      <p role="status">
        {newer.value > 0 && (
          <button type="button" onClick={loaded.again}>
            {w.newer(newer.value)}
          </button>
        )}
      </p>
      <Content of={loaded} room={<div class="room" />}>
        {({ acts, claims, next }) => (
          <>
            {acts.length === 0 && <p class="quiet">{w.none}</p>}
            <ol class="acts">
              {acts.map((act, i) => (
                <ActOf
                  key={act.changes[0]?.id}
                  act={act}
                  cut={(i === acts.length - 1 && next !== undefined) || (i === 0 && asked.cursor !== undefined)}
                 
                  claims={claims}
                  open={asked.group !== undefined}
                  again={loaded.again}
                />
              ))}
            </ol>
            <nav class="pages" aria-label={m.navHistory}>
              {asked.cursor && <a href={href(['history'], { ...asked, cursor: undefined })}>{w.newest}</a>}
              {next && <a href={href(['history'], { ...asked, cursor: next })}>{w.older}</a>}
            </nav>
          </>
        )}
      </Content>
    </article>
  );
}

/** How many changes of an act are listed at first. */
const listedAtOnce = 50;

function ActOf({
  act: { group, changes },
  cut,
  claims,
  open,
  again,
}: {
  act: Act;
  /** Whether more of it may be on another page. */
  cut: boolean;
  claims: Record<string, ClaimCard>;
  open: boolean;
  again: () => void;
}) {
  const [first] = changes as [Change];
  const shown = useSignal(listedAtOnce);
  const line = (change: Change, linked = true) => <Line change={change} claims={claims} linked={linked} />;
  return (
    <li>
      <div class="when">
        <Code>{momentOf(first.at)}</Code>
      </div>
      <div>
        {changes.length === 1 ? (
          <p>
            {line(first)} <ItsHistory change={first} />
          </p>
        ) : (
          <details open={open}>
            <summary>
              {line(first, false)} <strong>{w.changes(changes.length, cut)}</strong>
            </summary>
            <ul>
              {changes.slice(0, shown.value).map((change) => (
                <li key={change.id}>
                  {line(change)} <ItsHistory change={change} />
                </li>
              ))}
            </ul>
            {changes.length > shown.value && (
              <button type="button" onClick={() => (shown.value += 200)}>
                {w.older}
              </button>
            )}
          </details>
        )}
        {first.reason && (
          <p class="quiet">
            <q>
              <bdi>{first.reason}</bdi>
            </q>
          </p>
        )}
        <p class="of-act">
          {group && <a href={href(['history'], { group })}>{w.link}</a>}
          {group && changes.every(hasVersions) && <Undo group={group} again={again} />}
        </p>
      </div>
    </li>
  );
}

interface LineProps {
  change: Change;
  claims: Record<string, ClaimCard>;
  linked?: boolean;
}

/** Who did what to what. */
function Line({ change, claims, linked = true }: LineProps) {
  const { actor, operation, resource } = change;
  return (
    <>
      {w.act(<bdi key="who">{nameOfActor(actor)}</bdi>, w.operations[operation] ?? operation, w.resources[resource] ?? resource)}
      <Thing change={change} claims={claims} linked={linked} />
    </>
  );
}

const screens: Readonly<Record<string, string>> = { claim: 'claims', source: 'sources', document: 'documents' };

/** What was changed, by the name that it had then; it leads to where it is shown, but for where no link may stand. */
function Thing({ change, claims, linked }: LineProps) {
  const state = change.state as State;
  const { resource, resource_id, operation } = change;
  const screen = screens[resource];
  const texts = state?.statement ?? claims[claimNamed(change)]?.statement;
  const name = texts ? (
    <Statement texts={texts} />
  ) : state?.names || state?.name ? (
    <bdi>{inOrder(state.names ?? {})[0]?.[1] ?? state.name}</bdi>
  ) : state?.title ? (
    <bdi>{state.title}</bdi>
  ) : (
    <Code>{resource_id}</Code>
  );
  const claim = claimNamed(change);
  return (
    <LinkTo path={!linked || operation === 'delete' ? undefined : screen ? [screen, resource_id] : claim ? ['claims', claim] : undefined}>
      {name}
    </LinkTo>
  );
}

const ItsHistory = ({ change }: { change: Change }) =>
  hasVersions(change) && (
    <a class="quiet" href={href(['history'], { resource: change.resource, thing: change.resource_id })}>
      {w.itsHistory}
    </a>
  );

/** How many changes of an act are counted before it is undone. */
const mostCounted = 1000;

/** Undoes all that one act changed, after it was asked whether that is meant. */
function Undo({ group, again }: { group: string; again: () => void }) {
  const asking = useSignal(false);
  const { busy, problem, run } = useAct();
  const reason = useSignal('');
  const meant = useLoad(asking.value ? group : undefined, async (signal) => {
    const { data } = await service.listChanges({ query: { group, order: 'desc', limit: mostCounted }, signal });
    const kinds = new Map<string, number>();
    for (const { operation, resource } of data.items) {
      const kind = `${operation} ${resource}`;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    return { kinds, total: data.items.length, more: data.next_cursor !== undefined };
  });
  const undo = async () => {
    await service.undoChanges({ body: { group }, headers: changeHeaders(undefined, reason.value.trim()) });
    asking.value = false;
    again();
  };
  return (
    <>
      <button type="button" class="quiet" onClick={() => (asking.value = true)}>
        {w.undo}
      </button>
      {asking.value && (
        <Dialog title={w.undoing} close={() => (asking.value = false)}>
          <p data-meant aria-busy={meant.busy}>
            {meant.data && (
              <>
                <strong>{w.changes(meant.data.total, meant.data.more)}</strong>
                {': '}
                {list(
                  [...meant.data.kinds].map(([kind, n]) => {
                    const [operation = '', resource = ''] = kind.split(' ');
                    return w.changesOf(w.operations[operation] ?? operation, w.resources[resource] ?? resource, n);
                  }),
                )}
              </>
            )}
          </p>
          <p class="quiet">{w.undoHint}</p>
          <Reason reason={reason} />
          {problem.value && <ProblemBox problem={problem.value} />}
          <p class="actions">
            <button type="button" disabled={busy.value} onClick={() => void run(undo)}>
              {w.undo}
            </button>
          </p>
        </Dialog>
      )}
    </>
  );
}

/** Whether what was changed has versions to look at and to go back to, as a key has not. */
const hasVersions = ({ resource }: Change): boolean => resource !== 'key';

/** What lists the versions of a kind of thing: of a claim's, which has not the id, where an address names what is no kind. */
const listing = (resource: string) =>
  service[`list${resource.charAt(0).toUpperCase()}${resource.slice(1)}Versions` as 'listSourceVersions'] ?? service.listClaimVersions;

/** The versions of one thing, each with what makes it another than the one before. */
function Versions({ resource, id }: { resource: string; id: string }) {
  const cursor = address.value.query.get('cursor') ?? '';
  const loaded = useLoad(
    `${resource} ${id} ${cursor}`,
    async (signal) =>
      (
        await listing(resource)({
          path: { id },
          query: { order: 'desc', limit: perPage, ...(cursor && { cursor }) },
          signal,
        })
      ).data,
  );
  useReturn(loaded.data !== undefined);
  const screen = screens[resource];
  const stood = useStood(resource === 'claim' && !cursor ? id : undefined);
  return (
    <article class="history">
      <Heading title={w.titleOf(w.resources[resource] ?? resource)} />
      <p class="facts">
        <LinkTo path={screen ? [screen, id] : undefined}>
          <Code>{id}</Code>
        </LinkTo>{' '}
        <a href={href(['history'])}>{w.wholeHistory}</a>
      </p>
      <Content of={stood} room="">
        {(found) => <Stood {...found} />}
      </Content>
      <Content of={stood.busy ? { ...loaded, data: undefined, busy: true } : loaded} room={<div class="room" />}>
        {({ items, next_cursor }) => (
          <>
            <ol class="acts">
              {items.map((version) => (
                <li key={version.version}>
                  <div class="when">
                    <Code>{momentOf(version.at)}</Code>
                  </div>
                  <div>
                    <h2>
                      {w.version(version.version)}{' '}
                      <span class="quiet">
                        <bdi>{nameOfActor(version.actor)}</bdi> · {w.operations[version.operation] ?? version.operation}
                      </span>
                    </h2>
                    {version.reason && (
                      <p class="quiet">
                        <q>
                          <bdi>{version.reason}</bdi>
                        </q>
                      </p>
                    )}
                    {version.differences.length === 0 ? (
                      <p class="quiet">{w.noDifference}</p>
                    ) : (
                      <dl>
                        {version.differences.map((one) => (
                          <DifferenceOf key={one.field} of={one} resource={resource} />
                        ))}
                      </dl>
                    )}
                    <p class="of-act">
                      {version.group && <a href={href(['history'], { group: version.group })}>{w.link}</a>}
                      {version.group && <Undo group={version.group} again={loaded.again} />}
                    </p>
                  </div>
                </li>
              ))}
            </ol>
            {next_cursor && (
              <nav class="pages" aria-label={m.navHistory}>
                <a href={href(['history'], { resource, thing: id, cursor: next_cursor })}>{w.older}</a>
              </nav>
            )}
          </>
        )}
      </Content>
    </article>
  );
}

/** How many changes of how a claim stands are shown, and among how many changes before each of them what made it so is looked for. */
const [mostStood, mostBefore] = [20, 100];

/** When a claim came to stand otherwise, as far as that is kept, the newest first, each with the change that it came by. */
function useStood(id: string | undefined) {
  return useLoad(id, async (signal) => {
    const entries: StandingChange[] = [];
    for await (const { items } of service.each.listStandingChanges({ query: { claim: id ?? '', limit: 1000 }, signal }).pages()) {
      entries.push(...items);
      entries.splice(0, entries.length - mostStood);
    }
    const claims: Record<string, ClaimCard> = {};
    const stood = await Promise.all(
      entries.reverse().map(async (entry) => {
        const query = { order: 'desc' as const, after: entry.as_of + 1, limit: mostBefore, include: ['claims' as const] };
        const { data } = await service.listChanges({ query, signal });
        return { entry, by: data.items.find((change) => change.claims?.includes(id ?? '')) };
      }),
    );
    await addClaims(claims, stood.map(({ by }) => (by ? claimNamed(by) : '')).filter(Boolean), signal);
    return { stood, claims };
  });
}

function Stood({ stood, claims }: NonNullable<ReturnType<typeof useStood>['data']>) {
  if (stood.length === 0) return null;
  const standing = (at: StandingInterval | undefined) => at && (
    <>
      <StandingWord standing={at.standing} /> <Interval of={at.independent_origins} />
    </>
  );
  return (
    <section aria-labelledby="stood">
      <h2 id="stood">{w.stoodTitle}</h2>
      <ol class="acts stood">
        {stood.map(({ entry: { seq, at, before, after }, by }) => (
          <li key={seq}>
            <div class="when">
              <Code>{momentOf(at)}</Code>
            </div>
            <div>
              <p>{before ? w.stood(<del>{standing(before)}</del>, <ins>{standing(after) ?? w.nothing}</ins>) : standing(after)}</p>
              {by && (
                <p class="quiet">
                  <Line change={by} claims={claims} /> {by.reason && <q>{<bdi>{by.reason}</bdi>}</q>}
                </p>
              )}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The words for a field, from its JSON Pointer. */
function fieldOf(pointer: string): string {
  return pointer.split('/').slice(1).map(wordFor).join(': ');
}

/** The word for a field, or the language of a text. */
const wordFor = (name: string): string => editing.fields[name] ?? (/^[a-z]{2}$/.test(name) ? languageName(name) : name);

/** The words for a value of a field, where it is one of those that the API names. */
function saidAs(value: string, field: string, resource: string): string | undefined {
  const of: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    mode: w.modes, endorsement: w.endorsements, comparator: w.comparators,
    kind: { ...w.values, ...sources.relationKinds, ...(resource === 'document' ? documents.kinds : sourceKinds) },
    stance: documents.stances, act: documents.acts, certainty: documents.certainties, evidence: documents.evidences,
    degree: reviews.degrees, resource: w.resources, status: { ...m.statuses, ...documents.statuses },
  };
  return of[field] && (of[field][value] ?? value.replaceAll('_', ' '));
}

function DifferenceOf({ of: { field, before, after, words: said }, resource }: { of: Difference; resource: string }) {
  const value = (one: unknown) => valueOf(one, field.split('/').at(-1) ?? '', resource);
  return (
    <>
      <dt>
        {fieldOf(field)}
      </dt>
      <dd>
        {said ? (
          <bdi>
            {said.map(({ kind, text }, i) =>
              kind === 'added' ? <ins key={i}>{text}</ins> : kind === 'removed' ? <del key={i}>{text}</del> : text,
            )}
          </bdi>
        ) : (
          <>
            {before !== undefined && <del>{value(before)}</del>} {after !== undefined && <ins>{value(after)}</ins>}
          </>
        )}
      </dd>
    </>
  );
}

/** A value as it is written: what is within it one after the other, with the words for its fields. */
function valueOf(value: unknown, field: string, resource: string): ComponentChildren {
  if (typeof value === 'string') return saidAs(value, field, resource) ?? <bdi>{value}</bdi>;
  if (Array.isArray(value)) return list(value.map((one) => valueOf(one, field, resource)));
  if (typeof value !== 'object' || value === null) return <Code>{String(value)}</Code>;
  return list(
    Object.entries(value).map(([name, one]) => (
      <>
        {wordFor(name)}: {valueOf(one, name, resource)}
      </>
    )),
  );
}
