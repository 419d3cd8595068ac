/** Decisions on proposals: how they are made, who else is on one, and how they are taken back. */
import type { QueuedProposal } from '@headwater/client';
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { keptAs } from '../address';
import { asError, changing, decisions, newName, offerSignIn, service, session } from '../api';

/**
 * What became of a proposal: sent and not answered yet, decided here, decided by somebody else while one looked at it (`elsewhere`)
 * or before one's own decision came (`late`), or not stored for another reason.
 */
export interface Outcome {
  /** The version that was looked at: of a newer one nothing is known yet. */
  version: number;
  state: 'sent' | 'decided' | 'elsewhere' | 'late' | 'failed';
  status?: string | undefined;
  by?: string | undefined;
  at?: string | undefined;
  problem?: Error;
  /** What was said for a decision that is not stored. */
  reason?: string;
}

/** A group of decisions that were made here, and can be undone. */
interface Made {
  group: string;
  ids: string[];
}

/** How many decisions are kept to be undone. */
const undoable = 50;

/** They are kept in the tab, so that they can be undone after the page was loaded anew. */
const store = keptAs('decisions');
export const made = signal(JSON.parse(sessionStorage.getItem(store) ?? '[]') as readonly Made[]);

function keep(next: readonly Made[]): void {
  made.value = next.slice(-undoable);
  decisions.value++;
  sessionStorage.setItem(store, JSON.stringify(made.value));
}

export type Verb = 'accept' | 'reject';

let under: Promise<unknown> = Promise.resolve();

/** Does one thing after the other, in the order in which they were asked for: so what was decided last is what is undone first. */
function inTurn<T>(act: () => Promise<T>): Promise<T> {
  const mine = changing(under.then(act));
  under = mine.catch(() => undefined);
  return mine;
}

/** Makes decisions, each by itself, and says what became of each. What was decided by others in between is refused by its version. */
export const decide = (items: readonly QueuedProposal[], decision: Verb, reason = ''): Promise<Map<string, Outcome>> =>
  inTurn(() => makeDecisions(items, decision, reason));

async function makeDecisions(items: readonly QueuedProposal[], decision: Verb, reason: string): Promise<Map<string, Outcome>> {
  try {
    const verdicts = items.map(({ resource, id, version }) => ({ resource, id, version, decision, ...(reason && { reason }) }));
    const { data, response } = await service.makeDecisions({ body: { mode: 'each', items: verdicts } });
    const group = response.headers.get('X-Headwater-Group');
    const done = data.items.filter((one) => one.done);
    if (group && done.length > 0) keep([...made.value, { group, ids: done.map(({ id }) => id) }]);
    return new Map(data.items.map(({ id, done, status, by, at, detail }, i) => {
      const version = verdicts[i]?.version ?? 0; // the answer has the order of the request
      return [id, done ? { state: 'decided', version, status } : by !== undefined ? { state: 'late', version, status, by, at }
        : { state: 'failed', version, problem: new Error(detail), reason }];
    }));
  } catch (failed) {
    offerSignIn(failed);
    return new Map(items.map(({ id, version }) => [id, { state: 'failed', version, problem: asError(failed), reason }]));
  }
}

/**
 * Takes the last group of decisions back, once those before it are made, and gives what was decided; nothing where there is none. What
 * the service refuses to undo is not offered again.
 */
export const undoLast = (): Promise<string[]> => inTurn(undo);

async function undo(): Promise<string[]> {
  const last = made.value.at(-1);
  if (!last) return [];
  try {
    await service.undoChanges({ body: { group: last.group } });
  } catch (failed) {
    offerSignIn(failed);
    if ((failed as { status?: number }).status === 409) keep(made.value.filter((one) => one !== last));
    throw failed;
  }
  keep(made.value.filter((one) => one !== last));
  return last.ids;
}

/** Names this window to the service, so that two with one key tell each other apart. */
const window_ = newName();

/** How often a lease is renewed, in milliseconds; it holds for twice as long. */
const renewed = 30_000;

/** Says to others that one is on a proposal for as long as it is shown, and gives who was there before. */
export function useLease(id: string | undefined, found: (actor: string | undefined) => void): void {
  const mayDecide = session.value?.signed_in && session.value.scopes.some((scope) => scope === 'review' || scope === 'admin');
  useEffect(() => {
    if (id === undefined || !mayDecide) return undefined;
    const body = { ids: [id], window: window_ };
    const control = new AbortController();
    const lease = () => {
      if (document.hidden) return;
      service.leaseProposals({ body, signal: control.signal }).then(({ data }) => {
        if (control.signal.aborted) return;
        const other = data.items.find((one) => one.id === id && !one.mine);
        found(other?.actor);
      }, () => undefined); // a lease keeps nobody from deciding
    };
    const release = () => void service.leaseProposals({ body: { ...body, release: true }, keepalive: true }).catch(() => undefined);
    lease();
    const timer = setInterval(lease, renewed);
    document.addEventListener('visibilitychange', lease);
    addEventListener('pagehide', release);
    return () => {
      control.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', lease);
      removeEventListener('pagehide', release);
      release();
    };
  }, [id, mayDecide]);
}
