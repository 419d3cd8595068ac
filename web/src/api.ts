/** The service, which the page asks through its client as any other program does, and how what was asked for is kept. */
import { Problem, type ClaimCard, type SessionInfo } from '@headwater/client';
import { createClientOf } from '@headwater/client/functions';
import { signal, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { base } from './address';
import { operations } from './operations';

/** When the service last answered, and whether it can be reached. */
export const heard = signal<Date | undefined>(undefined);
export const offline = signal(!navigator.onLine);
addEventListener('offline', () => (offline.value = true));
addEventListener('online', () => (offline.value = false));

/** When what the service refused for now is asked again; undefined where nothing waits. */
export const askedAgain = signal<Date | undefined>(undefined);

/** Notes until when the client waits, where the service says for how long; the client does so for at most a minute. */
function noteWait({ status, headers }: Response): void {
  const wait = 1000 * Number(headers.get('Retry-After'));
  if ((status !== 429 && status !== 503) || !(wait > 0 && wait <= 60_000)) return;
  const at = new Date(Date.now() + wait);
  askedAgain.value = at;
  setTimeout(() => askedAgain.peek() === at && (askedAgain.value = undefined), wait);
}

/** Who the page works as, as the service said last; undefined until it was asked. The session itself is a cookie that no script sees. */
export const session = signal<SessionInfo | undefined>(undefined);

/** Whether the dialog for signing in is open; what one was doing stays as it is behind it. */
export const signingIn = signal(false);

const underway = new Set<Promise<unknown>>();

/** Notes that something is being changed, until it is known what became of it. */
export function changing<T>(change: Promise<T>): Promise<T> {
  underway.add(change);
  const done = () => void underway.delete(change);
  change.then(done, done);
  return change;
}

/** Whether anything is being changed, and when nothing is any more: who leaves before does not learn what became of it. */
export const isChanging = (): boolean => underway.size > 0;
export async function changed(): Promise<void> {
  while (isChanging()) await Promise.allSettled(underway);
}

/** How often something was decided here: what waits is counted anew then. */
export const decisions = signal(0);

/** Opens the dialog where a problem is that nobody is signed in, or that who is may not do this. */
export function offerSignIn(problem: unknown): void {
  if (problem instanceof Problem && (problem.status === 401 || problem.status === 403)) signingIn.value = true;
}

async function listening(request: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> {
  try {
    const response = await fetch(request, init);
    heard.value = new Date();
    offline.value = false;
    noteWait(response);
    if (response.status === 401 && session.peek()?.signed_in) session.value = { ...session.peek() as SessionInfo, signed_in: false };
    return response;
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) offline.value = true;
    throw error;
  }
}

export const service = createClientOf({ url: base.href, fetch: listening }, operations);

/** A name for a draft or a window. Pages that are not served over TLS have no randomUUID. */
export const newName = (): string => String(crypto.getRandomValues(new BigUint64Array(1))[0]);

/**
 * Names a request by its draft and by what it sends, so that it is carried out once however often it is sent, and one that sends
 * something else is another request.
 */
export function once<Body>(draft: string, body: Body): { body: Body; headers: { 'Idempotency-Key': string } } {
  let hash = 0xcbf29ce484222325n; // FNV-1a
  for (const byte of new TextEncoder().encode(JSON.stringify(body))) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return { body, headers: { 'Idempotency-Key': `${draft}-${hash.toString(36)}` } };
}

/** What was thrown, as an error. */
export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** How many ids are asked for in one address. */
const idsAtOnce = 50;

/** Adds to the cards of claims those that are not there yet, of each the field too. */
export async function addClaims(
  cards: Record<string, ClaimCard>,
  ids: Iterable<string>,
  signal: AbortSignal,
  field: 'key' | 'quantities' = 'key',
): Promise<void> {
  const missing = [...new Set(ids)].filter((id) => !(id in cards));
  for (let i = 0; i < missing.length; i += idsAtOnce) {
    const id = missing.slice(i, i + idsAtOnce);
    const { data } = await service.listClaims({ query: { id, limit: idsAtOnce, fields: [field] }, signal });
    for (const claim of data.items) cards[claim.id] = claim;
  }
}

/** What was asked for: the last answer, whether another is on its way, and what went wrong. */
export interface Loaded<T> {
  data: T | undefined;
  busy: boolean;
  problem: Problem | Error | undefined;
  again: () => void;
}

/** The last answer, and what it was asked for as. */
interface Answered<T> {
  asked: string | undefined;
  data: T | undefined;
  problem: Loaded<T>['problem'];
}

/**
 * Asks for something whenever its key changes, and keeps what it had until the new answer is there: it is busy from the moment the key
 * is another, so that nothing old is ever shown as the answer. What is no longer asked for is given up. Without a key nothing is asked.
 */
export function useLoad<T>(key: string | undefined, ask: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const state = useSignal<Answered<T>>({ asked: undefined, data: undefined, problem: undefined });
  const round = useSignal(0);
  const asked = key === undefined ? undefined : `${round.value} ${key}`;
  const asking = useRef(ask);
  asking.current = ask;
  useLayoutEffect(() => {
    if (asked === undefined) return undefined;
    const control = new AbortController();
    asking.current(control.signal).then(
      (data) => {
        if (!control.signal.aborted) state.value = { asked, data, problem: undefined };
      },
      (problem: unknown) => {
        if (control.signal.aborted) return;
        state.value = { ...state.peek(), asked, problem: asError(problem) };
        if (problem instanceof Problem && problem.status === 401) signingIn.value = true;
      },
    );
    return () => control.abort();
  }, [asked]);
  const who = session.value?.signed_in && session.value.name;
  useEffect(() => {
    const { problem } = state.peek();
    if (problem instanceof Problem && problem.status === 401) round.value++; // somebody signed in
  }, [who]);
  const { asked: answered, data, problem } = state.value;
  return { data, problem, busy: asked !== undefined && answered !== asked, again: () => round.value++ };
}
