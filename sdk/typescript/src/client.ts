import { createClient as createTransport, createConfig } from './generated/client/index.js';
import { Operations } from './generated/sdk.gen.js';
import { readEvents } from './follow.js';
import type {
  BundleLine, Change, GetClaimProvenanceData, Imported, StandingChange, StreamChangesData, StreamStandingChangesData,
} from './generated/types.gen.js';
import { guardedJSON, type JSONFormat } from './json.js';
import { readLines, writeLines } from './lines.js';
import { compare, openCheckpoint, type Checkpoint } from './log.js';
import { Problem } from './problem.js';
import { backoff, retrying, sleep, type Retry } from './retry.js';
import { walksOf, type Walks } from './walk.js';

/** Where the service is and how it is asked. */
export interface ClientOptions {
  /** The service's address, such as `http://127.0.0.1:8080`; what is before `/v1`. */
  url: string;
  /** The API key, sent as `Authorization: Bearer`. */
  key?: string;
  /** How often and how long a request is tried. */
  retry?: Partial<Retry>;
  /** Headers for all requests. */
  headers?: Record<string, string>;
  /** Asks in place of the runtime's own fetch. */
  fetch?: typeof globalThis.fetch;
  /** Reads and writes JSON in place of JSON itself, such as a library that keeps decimals of more than 15 digits exact. */
  json?: JSONFormat;
}

/** What a bundle can be made of: whole, as lines or as bytes. */
export type BundleSource = string | Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | Iterable<BundleLine> |
  AsyncIterable<BundleLine | Uint8Array>;

/** How a bundle is imported. */
export interface ImportOptions {
  /** Why, for the history. */
  reason?: string;
  /** Names the import, so that it can be sent again later and changes things once. */
  idempotencyKey?: string;
  signal?: AbortSignal;
  /**
   * Whether lines are sent as they come, which takes little memory and cannot be sent again if the connection is lost, or are
   * gathered first. Pages in browsers gather by default, since few browsers can send what has no end yet.
   */
  stream?: boolean;
}

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

/** What the log is held to. */
export interface LogOptions {
  /** The public keys that are trusted, as C2SP signed-note has them; after a rotation the old and the new one. */
  verifiers: readonly string[];
  /** The note of the checkpoint that was kept. */
  kept?: string;
  signal?: AbortSignal;
}

/** Milliseconds after which a silent stream is taken for dead. The service says something every 15 seconds. */
const silence = 45_000;

/** Asks a service. */
export function createClient(options: ClientOptions): Headwater {
  return new Headwater(options);
}

/** A service. Each of its operations is a method; an answer that refuses is thrown as a Problem. */
export class Headwater extends Operations {
  /** Each list from its first page to its last, by the name of its operation: `for await (const claim of headwater.each.listClaims())`. */
  readonly each: Walks;
  readonly #json: JSONFormat;

  constructor({ url, key, retry, headers, fetch, json }: ClientOptions) {
    const { stringify } = json ?? guardedJSON;
    const transport = createTransport(
      createConfig({
        baseUrl: url.replace(/\/+$/, ''),
        throwOnError: true,
        bodySerializer: (body) => (typeof body === 'string' ? body : stringify(body)),
        ...(key !== undefined && { auth: key }),
        ...(headers && { headers }),
        ...(fetch && { fetch }),
      }),
    );
    retrying(transport, { tries: 4, maxWait: 60, ...retry }, json?.parse);
    super({ client: transport });
    this.#json = json ?? guardedJSON;
    this.each = walksOf(this);
  }

  /**
   * Everything that is stored, as the lines of a bundle, the header first, read as they come. A download that breaks off throws
   * a CutOffError; who leaves the loop ends the download.
   */
  async *exportLines(options: { signal?: AbortSignal } = {}): AsyncGenerator<BundleLine, void, undefined> {
    const { data } = await this.exportBundle({ ...options, parseAs: 'stream' });
    yield* readLines<BundleLine>(data as unknown as ReadableStream<Uint8Array>, this.#json.parse);
  }

  /**
   * Imports a bundle, all of it or nothing: text, bytes, a Blob (as `openAsBlob` gives it for a file in Node, and a file input in
   * a page), a stream, or its lines, of which the first is the header. What cannot be read twice, a stream or lines that are
   * sent as they come, is tried once.
   */
  async importLines(source: BundleSource, options: ImportOptions = {}): Promise<Imported> {
    const { reason, idempotencyKey, signal, stream = !isPage() } = options;
    const sent = this.#bodyOf(source);
    const body = sent instanceof ReadableStream && !stream ? await new Response(sent).blob() : sent;
    const { data } = await this.importBundle({
      ...({ duplex: 'half' } as object), // so fetch wants it said of a body that has no end yet
      ...(signal && { signal }),
      headers: {
        'Content-Type': 'application/x-ndjson', // of what an import can be, a bundle
        ...(reason !== undefined && { 'X-Change-Reason': reason }),
        ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
      },
      body: body as string, // which is how the document describes NDJSON
      bodySerializer: null,
    });
    return data;
  }

  /**
   * The changes as they are made, in their order and each once: those after `query.after`, or those to come. It goes on through
   * restarts of the service and lost connections, and ends with the loop, with the signal, or when the service refuses, which is a
   * Problem. Whoever keeps the `seq` of the last change goes on from there another time. Where something on the way allows no
   * streams, it asks for pages again and again.
   */
  async *follow({ query = {}, signal }: FollowOptions = {}): AsyncGenerator<Change, void, undefined> {
    const init = signal ? { signal } : {};
    yield* this.#follow<Change>({
      url: '/v1/changes/stream',
      query,
      page: async (after) => (await this.listChanges({ ...init, query: { ...query, after, limit: pageMost } })).data.items,
      last: async () => (await this.listChanges({ ...init, query: { order: 'desc', limit: 1 } })).data.items[0]?.seq ?? 0,
    }, signal);
  }

  /**
   * How claims come to stand otherwise, with before and after, as `follow` gives changes. The order is another one, and entries are kept
   * for 30 days: a place after which some are gone is a Problem; read how claims stand anew then.
   */
  async *followStandings({ query = {}, signal }: FollowStandingsOptions = {}): AsyncGenerator<StandingChange, void, undefined> {
    const init = signal ? { signal } : {};
    const page = async (after: number) =>
      (await this.listStandingChanges({ ...init, query: { ...query, after, limit: pageMost } })).data.items;
    const last = async () => {
      for (let place = 0; ; ) {
        const items = await page(place);
        place = items.at(-1)?.seq ?? place;
        if (items.length < pageMost) return place;
      }
    };
    yield* this.#follow<StandingChange>({ url: '/v1/standings/stream', query, page, last }, signal);
  }

  async *#follow<T extends { seq: number }>(order: Order<T>, signal?: AbortSignal): AsyncGenerator<T, void, undefined> {
    let after = order.query.after;
    let streams = true;
    for (let failed = 0; ; failed++) {
      const place = after;
      try {
        if (streams) {
          const { data, response } = await this.client.get({
            security: [{ scheme: 'bearer', type: 'http' }], url: order.url, parseAs: 'stream', responseStyle: 'fields',
            query: { ...order.query, ...(after !== undefined && { after }) }, throwOnError: true, ...(signal && { signal }),
          });
          streams = response.headers.get('Content-Type')?.startsWith('text/event-stream') ?? false;
          for await (const { id, data: text } of streams ? readEvents(data as ReadableStream<Uint8Array>, silence) : []) {
            if (id) after = Number(id);
            if (text) yield this.#json.parse(text) as T;
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

  /**
   * The last checkpoint of the service's log, which one of the public keys must have signed, held to the one that was kept, if any:
   * what it covered must still be there, as it was. Keep its `note`, where those who run the service cannot change it, for the next
   * time. Get the public keys from elsewhere too; `listLogKeys` gives those that the service says it has. A log that is not to be
   * believed is a LogError.
   */
  async checkLog({ verifiers, kept, signal }: LogOptions): Promise<Checkpoint> {
    const init = signal ? { signal } : {};
    const before = kept ? await openCheckpoint(kept, verifiers).catch((error: unknown) => {
      throw new TypeError('the checkpoint that was kept cannot be read', { cause: error });
    }) : undefined;
    const { data } = await this.getLogCheckpoint({ ...init, parseAs: 'text' });
    const now = await openCheckpoint(data as unknown as string, verifiers);
    if (before) {
      await compare(before, now, async (from, to) => (await this.getLogConsistency({ ...init, query: { from, to } })).data.hashes);
    }
    return now;
  }

  /** Who has a claim from whom, to draw: as the text of a Mermaid or a Graphviz graph. */
  async drawClaim(id: string, format: 'mermaid' | 'dot',
    query: Omit<NonNullable<GetClaimProvenanceData['query']>, 'format'> = {}): Promise<string> {
    const { data } = await this.getClaimProvenance({ path: { id }, query: { ...query, format }, parseAs: 'text' });
    return data as unknown as string;
  }

  #bodyOf(source: BundleSource): BodyInit {
    const whole = typeof source === 'string' || source instanceof Blob || source instanceof Uint8Array || source instanceof ReadableStream;
    return whole ? source : writeLines(source, this.#json.stringify);
  }
}

/** The header of a request that changes this version of a thing, or any version if it is said to be '*'. */
export function ifMatch(version: { version: number } | '*'): { 'If-Match': string } {
  return { 'If-Match': version === '*' ? '*' : `"${version.version}"` };
}

function isPage(): boolean {
  return 'window' in globalThis || 'WorkerGlobalScope' in globalThis;
}
