// What is asked again, and when. It stands around the generated client's methods, not within fetch, since only there a body
// can be made anew for each try.

import type { Client } from './generated/client/index.js';
import { mergeHeaders } from './generated/client/index.js';
import { onceOnly } from './generated/once.gen.js';
import { Problem, secondsToWait } from './problem.js';

/** How often and how long a request is tried. */
export interface Retry {
  /** Tries in all; 1 never asks again. 4 by default. */
  tries: number;
  /** Seconds that one wait may take at most; where the service asks for more, its answer is given at once. 60 by default. */
  maxWait: number;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
type Method = (typeof methods)[number];
type Options = Parameters<Client['get']>[0];
type Send = (options: Options) => Promise<Outcome>;

/** What a try gave: data, or an error with the answer that it came with or in, if there was one. */
interface Outcome {
  data?: unknown;
  error?: unknown;
  response?: Response | undefined;
}

/** Lets the client's methods ask again, throw an answer that refuses as a Problem, and read JSON by `parse` where it is given. */
export function retrying(client: Client, retry: Retry, parse?: (text: string) => unknown): void {
  const seen = new Seen();
  for (const method of methods) {
    const send = client[method] as unknown as Send;
    const tried = async (options: Options): Promise<unknown> => {
      const config = { ...client.getConfig(), ...options };
      const asText = parse && options.parseAs === undefined ? { ...options, parseAs: 'text' as const } : options;
      const outcome = await untilAnswered(method, asText, retry, seen, (once) => attempt(send, once, config.fetch ?? globalThis.fetch));
      if (outcome.error !== undefined && config.throwOnError) {
        throw outcome.response && !outcome.response.ok ? new Problem(outcome.response, outcome.error) : outcome.error;
      }
      if (parse && asText !== options && typeof outcome.data === 'string' && isJSON(outcome.response)) outcome.data = parse(outcome.data);
      return config.responseStyle === 'data' ? outcome.data : outcome;
    };
    client[method] = tried as unknown as Client[Method];
  }
}

async function untilAnswered(method: Method, options: Options, retry: Retry, seen: Seen, send: Send): Promise<Outcome> {
  const headers = mergeHeaders(withReason(options.headers) as Parameters<typeof mergeHeaders>[0]);
  const takesKey = onceOnly.has(`${method.toUpperCase()} ${options.url}`);
  if (takesKey && !headers.has('Idempotency-Key')) headers.set('Idempotency-Key', newKey());
  const repeatable = method !== 'post' || takesKey || options.url === '/v1/analyses';
  const tries = options.body instanceof ReadableStream ? 1 : retry.tries;
  for (let tried = 1; ; tried++) {
    const outcome = await send({ ...options, headers: seen.mark(headers) });
    seen.keep(outcome.response);
    if (tried >= tries || !worthAgain(outcome, repeatable)) return outcome;
    const wait = (outcome.response && secondsToWait(outcome.response.headers)) ?? backoff(tried);
    if (wait > retry.maxWait) return outcome;
    try {
      await sleep(wait * 1000, options.signal);
    } catch (error) {
      return { error };
    }
  }
}

const seenHeader = 'X-Headwater-Seen';

/**
 * How much the service said that a read must know to find what this client wrote before. The client sends it back, so that a service
 * that reads from standbys answers with it.
 */
class Seen {
  #token = '';

  /** The headers with the token, unless the caller gave one. */
  mark(headers: Headers): Headers {
    if (this.#token === '' || headers.has(seenHeader)) return headers;
    const marked = new Headers(headers);
    marked.set(seenHeader, this.#token);
    return marked;
  }

  /** Keeps the later token. One that the service refuses is of a database that it no longer has. */
  keep(response: Response | undefined): void {
    if (response?.status === 400) this.#token = '';
    const given = response?.headers.get(seenHeader) ?? '';
    if (given > this.#token) this.#token = given;
  }
}

/** Headers whose reason is written as RFC 8187 has it, if no header can hold it as it is. */
function withReason(headers: Options['headers']): Options['headers'] {
  if (!headers || Array.isArray(headers) || headers instanceof Headers) return headers;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) =>
    [name, name.toLowerCase() === 'x-change-reason' && typeof value === 'string' ? encodeHeader(value) : value]));
}

function encodeHeader(text: string): string {
  if (/^[ -~]*$/.test(text) && !/^utf-8'/i.test(text)) return text;
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return `UTF-8''${encodeURIComponent(text).replace(/[!'()*]/g, hex)}`;
}

function isJSON(response: Response | undefined): boolean {
  return response?.headers.get('Content-Type')?.startsWith('application/json') ?? false;
}

/** One try. It throws only what kept the request from being sent at all. */
async function attempt(send: Send, options: Options, fetch: typeof globalThis.fetch): Promise<Outcome> {
  let asked = false;
  let response: Response | undefined;
  const watched: typeof fetch = async (...request) => {
    asked = true;
    return (response = await fetch(...request));
  };
  try {
    return await send({ ...options, fetch: watched, throwOnError: false, responseStyle: 'fields' });
  } catch (error) {
    if (!asked) throw error;
    return { error, response };
  }
}

/** Whether the same may be answered otherwise in a moment. `repeatable` says that asking twice does not change things twice. */
function worthAgain({ error, response }: Outcome, repeatable: boolean): boolean {
  if (error === undefined) return false;
  if (!response || response.ok) return repeatable; // the answer was lost, whole or in part
  switch (response.status) {
    case 429: // refused before anything was done
      return true;
    case 409: // says so only while the first of two requests with one Idempotency-Key is being answered
      return repeatable && response.headers.has('Retry-After');
    case 502:
    case 503:
    case 504:
      return repeatable;
    default:
      return false;
  }
}

/** Seconds to wait where nobody said how long: more each time, and not as long as everybody else waits. */
export function backoff(tried: number): number {
  return Math.min(10, 0.25 * 2 ** tried) * (0.5 + Math.random() / 2);
}

/** 128 random bits. Pages that were not loaded over TLS have no crypto.randomUUID. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Waits; if the signal is or gets aborted, it throws the signal's reason. */
export function sleep(milliseconds: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
