// Following the changes as they are made: server-sent events (WHATWG HTML), read as they come, and pages where there are none.
import type { Client } from './generated/client/index.js';
import type { Operations } from './generated/sdk.gen.js';
import type { Change, StandingChange, StreamChangesData, StreamStandingChangesData } from './generated/types.gen.js';
import { Problem } from './problem.js';
import { backoff, sleep } from './retry.js';

/** Which changes to follow. */
export interface FollowOptions {
  query?: NonNullable<StreamChangesData['query']>;
  signal?: AbortSignal;
}

/** Whose standing to follow. */
export interface FollowStandingsOptions {
  query?: NonNullable<StreamStandingChangesData['query']>;
  signal?: AbortSignal;
}

/** A service that is followed, and how its JSON is read. */
export interface Followed {
  client: Client;
  parse(text: string): unknown;
}

/** An order that can be followed. */
interface Order<T> {
  /** Where its stream is. */
  url: string;
  query: { after?: number };
  /** The entries after a place, as many as a page has. */
  page(after: number): Promise<T[]>;
  /** The place of the last entry. */
  last(): Promise<number>;
}

/** How many entries a page has at most, where there are no streams. */
const pageMost = 100;

/** Milliseconds after which a silent stream is taken for dead. The service says something every 15 seconds. */
const silence = 45_000;

/** The changes as they are made; see the client's `follow`. */
export function followChanges(followed: Followed, list: Operations['listChanges'],
  { query = {}, signal }: FollowOptions): AsyncGenerator<Change, void, undefined> {
  const init = signal ? { signal } : {};
  return follow<Change>(followed, {
    url: '/v1/changes/stream',
    query,
    page: async (after) => (await list({ ...init, query: { ...query, after, limit: pageMost } })).data.items,
    last: async () => (await list({ ...init, query: { order: 'desc', limit: 1 } })).data.items[0]?.seq ?? 0,
  }, signal);
}

/** How claims come to stand otherwise; see the client's `followStandings`. */
export function followStandingChanges(followed: Followed, list: Operations['listStandingChanges'],
  { query = {}, signal }: FollowStandingsOptions): AsyncGenerator<StandingChange, void, undefined> {
  const init = signal ? { signal } : {};
  const page = async (after: number) => (await list({ ...init, query: { ...query, after, limit: pageMost } })).data.items;
  const last = async () => {
    for (let place = 0; ; ) {
      const items = await page(place);
      place = items.at(-1)?.seq ?? place;
      if (items.length < pageMost) return place;
    }
  };
  return follow<StandingChange>(followed, { url: '/v1/standings/stream', query, page, last }, signal);
}

async function* follow<T extends { seq: number }>({ client, parse }: Followed, order: Order<T>,
  signal?: AbortSignal): AsyncGenerator<T, void, undefined> {
  let after = order.query.after;
  let streams = true;
  for (let failed = 0; ; failed++) {
    const place = after;
    try {
      if (streams) {
        const { data, response } = await client.get({
          security: [{ scheme: 'bearer', type: 'http' }], url: order.url, parseAs: 'stream', responseStyle: 'fields',
          query: { ...order.query, ...(after !== undefined && { after }) }, throwOnError: true, ...(signal && { signal }),
        });
        streams = response.headers.get('Content-Type')?.startsWith('text/event-stream') ?? false;
        for await (const { id, data: text } of streams ? readEvents(data as ReadableStream<Uint8Array>, silence) : []) {
          if (id) after = Number(id);
          if (text) yield parse(text) as T;
        }
      } else {
        after ??= await order.last();
        const items = await order.page(after);
        for (const entry of items) {
          after = entry.seq;
          yield entry;
        }
        failed = items.length === pageMost ? -1 : 1;
      }
    } catch (error) {
      if (signal?.aborted) throw error;
      const refused = error instanceof Problem ? error.status : 0;
      if (streams && (refused === 404 || refused === 405)) streams = false;
      else if (refused >= 400 && refused < 500 && refused !== 429) throw error;
    }
    if (after !== place) failed = Math.min(failed, 0);
    if (failed >= 0) await sleep(backoff(failed) * 1000, signal);
  }
}

/** What an event holds: data, or only the id up to which there is nothing else. */
export interface StreamEvent {
  id: string;
  data: string;
}

/** Reads the events of a stream, and ends where it ends. Whoever stops reading ends the stream. */
export async function* readEvents(stream: ReadableStream<Uint8Array>, silence: number): AsyncGenerator<StreamEvent, void, undefined> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let event: StreamEvent = { id: '', data: '' };
  try {
    for (;;) {
      const { done, value } = await within(silence, reader.read());
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('id: ')) event.id = line.slice(4);
        else if (line.startsWith('data: ')) event.data = line.slice(6);
        else if (line === '') {
          yield event;
          event = { id: '', data: '' };
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined); // fails where the stream has
  }
}

/** The outcome of something that must come within so many milliseconds. */
async function within<T>(milliseconds: number, coming: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([coming, late]);
  } finally {
    clearTimeout(timer);
  }
}
