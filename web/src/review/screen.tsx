/** The review queue: what is the next decision, and can it be taken safely in five seconds. One key decides, and one takes it back. */
import type { Change, ProposalResource, QueuedProposal, RulesFound, RulesRun } from '@headwater/client';
import { signal, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { address, href, look } from '../address';
import { addClaims, asError, service, session, useLoad } from '../api';
import { Act } from '../edit/act';
import { useKeys } from '../keys';
import { messages as m, momentOf, number } from '../language';
import { Code, Content, Heading, nameOfActor, ProblemBox, Statement, useReturn } from '../parts';
import { useTyped } from '../typed';
import { AcceptAlike } from './alike';
import { decide, made, undoLast, useLease, type Outcome, type Verb } from './decisions';
import { EditProposal } from './edit';
import { Proposal, questionOf, type Named } from './item';
import { words as w } from './messages';
import './review.css';

/** How many proposals are asked for at a time. */
const perPage = 30;

/** How many things are asked for by their ids in one request. */
const idsAtOnce = 50;

interface Queue extends Named {
  items: QueuedProposal[];
  more: boolean;
}

async function load(pages: number, resource: string, claim: string, signal: AbortSignal): Promise<Queue> {
  const queue: Queue = { items: [], more: false, claims: {}, sources: {}, facts: new Map(), documents: new Map() };
  let cursor: string | undefined;
  for (let i = 0; i < pages; i++) {
    const { data } = await service.listProposals({
      query: {
        limit: perPage,
        ...(resource && { resource: [resource as ProposalResource] }),
        ...(claim && { claim }),
        ...(cursor && { cursor }),
      },
      signal,
    });
    queue.items.push(...data.items);
    Object.assign(queue.claims, data.claims);
    Object.assign(queue.sources, data.sources);
    cursor = data.next_cursor;
    queue.more = cursor !== undefined;
    if (!cursor) break;
  }
  const ends = new Set(queue.items.flatMap(({ link }) => (link ? [link.from, link.to] : [])));
  const documents = new Set(
    queue.items.flatMap(({ attribution, match }) =>
      attribution ? [attribution.document] : match && match.kind !== 'same_source' ? [match.a, match.b] : [],
    ),
  );
  await Promise.all([
    inParts([...ends], async (id) => {
      const { data } = await service.listClaims({
        query: { id, limit: idsAtOnce, fields: ['quantities', 'event_time', 'places', 'scope'] },
        signal,
      });
      for (const one of data.items) queue.facts.set(one.id, one);
    }),
    inParts([...documents], async (id) => {
      const { data } = await service.listDocuments({
        query: { id, limit: idsAtOnce, fields: ['title', 'published', 'language', 'url'] },
        signal,
      });
      for (const one of data.items) queue.documents.set(one.id, one);
    }),
  ]);
  await addClaims(
    queue.claims,
    queue.items.flatMap(({ effects }) => effects.map((one) => one.claim)),
    signal,
  );
  return queue;
}

async function inParts(ids: readonly string[], ask: (ids: string[]) => Promise<void>): Promise<void> {
  for (let i = 0; i < ids.length; i += idsAtOnce) await ask(ids.slice(i, i + idsAtOnce));
}

export default function ReviewScreen() {
  const { query } = address.value;
  const [resource, claim] = [query.get('resource') ?? '', query.get('claim') ?? ''];
  const pages = useSignal(1);
  const loaded = useLoad(`${resource} ${claim} ${pages.value}`, (signal) => load(pages.value, resource, claim, signal));
  useReturn(loaded.data !== undefined);
  return (
    <article class="review">
      <Heading title={m.navReview} />
      <p class="toolbar" role="group" aria-label={w.only}>
        {['', 'link', 'attribution', 'match'].map((one) => (
          <button key={one} type="button" aria-pressed={one === resource} onClick={() => look({ resource: one, item: undefined })}>
            {one ? w.resources[one] : w.everything}
          </button>
        ))}
      </p>
      <Content of={loaded} room={<div class="room" />}>
        {(queue) => <Deciding queue={queue} busy={loaded.busy} again={loaded.again} more={() => pages.value++} />}
      </Content>
    </article>
  );
}

/** The claim that a proposal is listed under; matches have none. */
const claimOf = ({ link, attribution }: QueuedProposal): string => link?.to ?? attribution?.claim ?? '';

function Deciding({ queue, busy, again, more }: { queue: Queue; busy: boolean; again: () => void; more: () => void }) {
  const refused = useTyped<readonly (readonly [string, Outcome])[]>('refused', []); // what was said for them is not lost
  const outcomes = useSignal<ReadonlyMap<string, Outcome>>(new Map(refused.peek()));
  const skipped = useSignal<readonly string[]>([]);
  const others = useSignal<ReadonlyMap<string, string>>(
    new Map(queue.items.flatMap(({ id, lease }) => (lease ? [[id, lease.actor]] : []))),
  );
  const open = useTyped<'reject' | 'edit' | 'alike' | undefined>('open', undefined);
  const said = useSignal('');
  const problem = useSignal<Error | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);

  // What was read anew with a newer version is as the service has it; what was decided while it was read is known better here. It is so
  // from when it is shown, since keys are pressed at once.
  useLayoutEffect(() => {
    const versions = new Map(queue.items.map(({ id, version }) => [id, version]));
    outcomes.value = new Map([...outcomes.peek()].filter(([id, { version }]) => (versions.get(id) ?? version) === version));
  }, [queue]);

  const places = [...new Set(queue.items.map(claimOf))];
  const ordered = queue.items.toSorted(
    (x, y) => skipped.value.indexOf(x.id) - skipped.value.indexOf(y.id) || places.indexOf(claimOf(x)) - places.indexOf(claimOf(y)),
  );
  const waits = ({ id }: QueuedProposal) => !['sent', 'decided', 'elsewhere', 'late'].includes(outcomes.value.get(id)?.state ?? '');
  const waiting = ordered.filter(waits);
  const wanted = address.value.query.get('item');
  const current = ordered.find(({ id }) => id === wanted) ?? waiting[0] ?? ordered[0];
  const outcome = current && outcomes.value.get(current.id);
  const decidable = current !== undefined && waits(current);
  useLease(decidable ? current.id : undefined, (actor) => {
    const next = new Map(others.peek());
    if (actor) next.set(current?.id ?? '', actor);
    else next.delete(current?.id ?? '');
    others.value = next;
  });
  useChangesElsewhere(queue.items, (id, outcome) => {
    if (!outcomes.peek().has(id)) outcomes.value = new Map([...outcomes.peek(), [id, outcome]]);
  });

  const show = (next: QueuedProposal | undefined) => {
    open.value = undefined;
    look({ item: next?.id });
    heading.current?.focus({ preventScroll: true });
  };
  const move = (by: number) => {
    const at = ordered.findIndex((one) => one === current);
    show(ordered[Math.min(Math.max(at + by, 0), ordered.length - 1)]);
  };
  /** Sends decisions, and goes on to what waits next: what comes of them is told where they stand. */
  const send = async (items: readonly QueuedProposal[], verb: Verb, reason?: string) => {
    const ids = new Set(items.map(({ id }) => id));
    said.value = '';
    problem.value = undefined;
    outcomes.value = new Map([
      ...outcomes.peek(),
      ...items.map(({ id, version }) => [id, { state: 'sent', version }] as [string, Outcome]),
    ]);
    const at = ordered.findIndex((one) => ids.has(one.id));
    const left = [...ordered.slice(at), ...ordered.slice(0, at)].filter((one) => !ids.has(one.id) && waits(one));
    const next = left.find(({ id }) => !skipped.value.includes(id)) ?? left[0]; // what was put off comes last
    show(next ?? items.at(-1));
    const results = await decide(items, verb, reason);
    outcomes.value = new Map([...outcomes.peek(), ...results]);
    refused.value = [...outcomes.value].filter(([, { state }]) => state === 'failed');
    // What somebody has changed and not decided waits on, in other words.
    if ([...results.values()].some(({ status }) => status === 'proposed')) {
      said.value = m.problems['version_mismatch'] ?? '';
      again();
    }
  };
  const undo = async () => {
    problem.value = undefined;
    try {
      const ids = await undoLast();
      said.value = ids.length > 0 ? w.undone(ids.length) : w.nothingToUndo;
      if (ids.length === 0) return;
      // What was taken back waits again once it is read anew, with the version that the next decision names.
      look({ item: ids[0] });
      again();
    } catch (failed) {
      problem.value = asError(failed);
    }
  };
  const acts = {
    accept: () => decidable && void send([current], 'accept'),
    reject: () => decidable && (open.value = 'reject'),
    skip: () => {
      if (!current || !decidable) return;
      const next = waiting[(waiting.indexOf(current) + 1) % waiting.length];
      skipped.value = [...skipped.value.filter((id) => id !== current.id), current.id];
      show(next);
    },
    edit: () => decidable && current.resource !== 'match' && (open.value = 'edit'),
    undo: () => void undo(),
    alike: () => decidable && (open.value = 'alike'),
    reason: (at: number) => open.value === 'reject' && decidable && void send([current], 'reject', w.reasons[at]),
  };
  useKeys([
    { id: 'accept', keys: 'a', label: w.keyAccept, run: acts.accept },
    { id: 'reject', keys: 'r', label: w.keyReject, run: acts.reject },
    { id: 'skip', keys: 's', label: w.keySkip, run: acts.skip },
    { id: 'edit', keys: 'e', label: w.keyEdit, run: acts.edit },
    { id: 'undo', keys: 'u', label: w.keyUndo, run: acts.undo },
    { id: 'next-proposal', keys: 'j', label: w.keyNext, run: () => move(1) },
    { id: 'previous-proposal', keys: 'k', label: w.keyPrevious, run: () => move(-1) },
    { id: 'alike', keys: 'A', label: w.keyAll, run: acts.alike },
    ...w.reasons.map((_, i) => ({
      id: `reason-${i + 1}`,
      keys: String(i + 1),
      label: w.keyReason(i + 1),
      run: () => acts.reason(i),
    })),
  ]);
  useEffect(() => {
    const undone = (event: KeyboardEvent) => {
      const field = event.target instanceof Element && event.target.closest('input, textarea, select');
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.code !== 'KeyZ' || field || document.querySelector('dialog[open]'))
        return;
      event.preventDefault();
      acts.undo();
    };
    addEventListener('keydown', undone);
    return () => removeEventListener('keydown', undone);
  });

  return (
    <>
      <p class="quiet" role="status">
        {busy ? '' : waiting.length === 0 ? w.nothing : `${w.waiting(waiting.length, queue.more)}.`} {said.value}
      </p>
      {problem.value && <ProblemBox problem={problem.value} />}
      {!busy && waiting.length === 0 && <DecidedToday />}
      {!busy && waiting.length === 0 && (
        <p class="actions">
          <Act
            label={w.lookForMore}
            act={async () => {
              const claim = address.value.query.get('claim'); // the rules are run over what the queue is about
              let found = 0;
              for (let cursor: string | undefined = ''; cursor !== undefined && found === 0;) {
                const body: RulesRun = { ...(claim && { claims: [claim] }), ...(cursor && { cursor }) };
                const { data }: { data: RulesFound } = await service.suggestLinks({ body });
                found = data.items.length;
                cursor = data.next_cursor;
              }
              said.value = w.found(found);
            }}
            done={again}
          />
        </p>
      )}
      {ordered
        .filter((one) => one !== current && ['late', 'failed'].includes(outcomes.value.get(one.id)?.state ?? ''))
        .map((one) => (
          <div key={one.id} class="not-stored">
            <p>
              {w.notStored}{' '}
              <button type="button" onClick={() => show(one)}>
                {questionOf(one)}
              </button>
            </p>
            <Outcomes outcome={outcomes.value.get(one.id)} reading={undefined} />
          </div>
        ))}
      {made.value.length > 0 && (
        <p class="made">
          {w.decidedHere(made.value.length)}{' '}
          <button type="button" onClick={acts.undo}>
            {w.undo} <kbd>u</kbd>
          </button>
        </p>
      )}
      {current && (
        <div class="deciding">
          <nav class="queue" aria-label={w.queueLabel}>
            <ol>
              {ordered.map((one, i) => (
                <li key={one.id}>
                  {(i === 0 || claimOf(ordered[i - 1] as QueuedProposal) !== claimOf(one)) && (
                    <p class="under quiet">
                      {claimOf(one) ? <Statement texts={queue.claims[claimOf(one)]?.statement ?? {}} /> : w.aboutNoClaim}
                    </p>
                  )}
                  <a
                    href={href(['review'], withItem(one.id))}
                    aria-current={one === current ? 'true' : undefined}
                    class={waits(one) ? '' : 'struck'}
                    onClick={(event) => {
                      event.preventDefault();
                      show(one);
                    }}
                  >
                    {questionOf(one)} {!waits(one) && <em>{w.statuses[outcomes.value.get(one.id)?.status ?? ''] ?? w.sent}</em>}
                    {waits(one) && others.value.has(one.id) && <em>{w.onIt(<bdi>{nameOfActor(others.value.get(one.id) ?? '')}</bdi>)}</em>}
                  </a>
                </li>
              ))}
            </ol>
            {queue.more && (
              <p>
                <button type="button" onClick={more}>
                  {w.more}
                </button>
              </p>
            )}
          </nav>
          <section class={decidable ? 'proposal' : 'proposal gone'} aria-labelledby="proposal" data-proposal={current.id}>
            <h2 id="proposal" ref={heading} tabIndex={-1}>
              {questionOf(current)} <span class="quiet">{w.place(ordered.indexOf(current) + 1, ordered.length)}</span>
            </h2>
            <Outcomes outcome={outcome} reading={decidable ? others.value.get(current.id) : undefined} />
            {decidable && (
              <p class="actions">
                <button type="button" onClick={acts.accept}>
                  {w.accept} <kbd>a</kbd>
                </button>
                <button type="button" aria-expanded={open.value === 'reject'} onClick={acts.reject}>
                  {w.reject} <kbd>r</kbd>
                </button>
                <button type="button" onClick={acts.skip}>
                  {w.skip} <kbd>s</kbd>
                </button>
                {current.resource !== 'match' && (
                  <button type="button" onClick={acts.edit}>
                    {w.edit} <kbd>e</kbd>
                  </button>
                )}
                <button type="button" class="quiet" onClick={acts.alike}>
                  {w.acceptAll} <kbd>⇧a</kbd>
                </button>
              </p>
            )}
            {open.value === 'reject' && decidable && (
              <Rejecting
                key={current.id}
                id={current.id}
                before={outcomes.value.get(current.id)?.reason}
                reject={(reason) => void send([current], 'reject', reason)}
                close={() => {
                  open.value = undefined;
                  heading.current?.focus();
                }}
              />
            )}
            {open.value === 'edit' && decidable && (
              <EditProposal
                proposal={current}
                close={() => (open.value = undefined)}
                saved={(version) => {
                  current.version = version; // what was saved stays so where accepting it fails
                  void send([current], 'accept');
                }}
              />
            )}
            {open.value === 'alike' && decidable && (
              <AcceptAlike
                to={current}
                items={waiting}
                named={queue}
                close={() => (open.value = undefined)}
                accept={(items) => void send(items, 'accept')}
              />
            )}
            <Proposal proposal={current} named={queue} />
          </section>
        </div>
      )}
    </>
  );
}

function withItem(item: string): URLSearchParams {
  const query = new URLSearchParams(address.value.query);
  query.set('item', item);
  return query;
}

/** Follows what is decided elsewhere on what is shown. */
function useChangesElsewhere(items: readonly QueuedProposal[], found: (id: string, outcome: Outcome) => void): void {
  const shown = useRef(items);
  shown.current = items;
  useEffect(() => {
    const control = new AbortController();
    const follow = async () => {
      for await (const change of service.follow({ signal: control.signal })) {
        const status = { accept: 'accepted', reject: 'rejected' }[change.operation as string];
        const item = shown.current.find(({ id }) => id === change.resource_id);
        if (status) told.value = [...told.peek(), change].slice(-mostCounted);
        if (status && item && change.to_version > item.version)
          found(item.id, { state: 'elsewhere', version: item.version, status, by: change.actor, at: change.at });
      }
    };
    follow().catch(() => undefined); // without it, what others decided is told when one decides too
    return () => control.abort();
  }, []);
}

/** How many decisions of each kind are counted. */
const mostCounted = 100;

/** Decisions that the stream of changes told of; the history has them a moment after they are made. */
const told = signal<readonly Change[]>([]);

/** How much was decided today, by oneself and by others. */
function DecidedToday() {
  const loaded = useLoad('', (signal) =>
    Promise.all(
      (['accept', 'reject'] as const).map(
        async (operation) =>
          (await service.listChanges({ query: { operation, order: 'desc', limit: mostCounted }, signal })).data.items,
      ),
    ),
  );
  if (!loaded.data || !session.value) return null; // whose they are is known once it is known who one is
  const midnight = new Date().setHours(0, 0, 0, 0);
  const today = (all: readonly Change[]) => all.filter(({ at }) => Date.parse(at) >= midnight);
  const more = loaded.data.some((all) => today(all).length === mostCounted) ? '+' : '';
  const actors = [...new Map(today([...loaded.data.flat(), ...told.value]).map(({ id, actor }) => [id, nameOfActor(actor)])).values()];
  const mine = actors.filter((actor) => actor === (session.value?.name ?? 'anonymous')).length;
  const said = (n: number) => <Code>{number(n) + more}</Code>;
  return <p class="quiet today">{w.decidedToday(said(mine), said(actors.length - mine))}</p>;
}

/** What became of a proposal; who decided it, and when. */
function Outcomes({ outcome, reading }: { outcome: Outcome | undefined; reading: string | undefined }) {
  const { state, status = '', by = '', at, problem } = outcome ?? {};
  const word = w.statuses[status] ?? status;
  return (
    <div class="outcome" role="status">
      {state === 'sent' && <p class="quiet">{w.sent}</p>}
      {state === 'decided' && <p class="banner">{w.decided(word)}</p>}
      {(state === 'elsewhere' || state === 'late') && (
        <p class="banner elsewhere">
          {(state === 'late' ? w.late : w.elsewhere)(
            word,
            <strong key="by">
              <bdi>{nameOfActor(by)}</bdi>
            </strong>,
            <Code key="at">{at && momentOf(at)}</Code>,
          )}
        </p>
      )}
      {state === 'failed' && problem && (
        <>
          <p class="banner">{w.failed}</p>
          <ProblemBox problem={problem} />
        </>
      )}
      {reading && <p class="banner">{w.onIt(<bdi key="who">{nameOfActor(reading)}</bdi>)}</p>}
    </div>
  );
}

/** The reasons for a rejection, each with its key, or another in words: those of one that was not stored are there still. */
function Rejecting({
  id,
  before = '',
  reject,
  close,
}: {
  id: string;
  before: string | undefined;
  reject: (reason: string) => void;
  close: () => void;
}) {
  const other = useTyped(`reason ${id}`, before);
  const group = useRef<HTMLFieldSetElement>(null);
  useLayoutEffect(() => group.current?.focus(), []); // not a reason: Enter or Space would be a decision
  return (
    <fieldset ref={group} tabIndex={-1} class="rejecting" onKeyDown={(event) => event.key === 'Escape' && close()}>
      <legend>{w.rejectTitle}</legend>
      <ol>
        {w.reasons.map((reason, i) => (
          <li key={reason}>
            <button type="button" onClick={() => reject(reason)}>
              <kbd>{number(i + 1)}</kbd> {reason}
            </button>
          </li>
        ))}
      </ol>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          reject(other.value.trim());
        }}
      >
        <label>
          {w.rejectOther}{' '}
          <input
            type="text"
            name="reason"
            dir="auto"
            maxLength={1000}
            value={other.value}
            required
            onInput={(event) => (other.value = event.currentTarget.value)}
          />
        </label>
        <button>{w.rejectNow}</button>{' '}
        <button type="button" class="quiet" onClick={close}>
          {w.cancel}
        </button>
      </form>
    </fieldset>
  );
}
