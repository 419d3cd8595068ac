import { Operations } from './generated/sdk.gen.js';
import { followChanges, followStandingChanges, type FollowOptions, type FollowStandingsOptions } from './follow.js';
import type { BundleLine, Change, GetClaimProvenanceData, Imported, StandingChange } from './generated/types.gen.js';
import type { JSONFormat } from './json.js';
import { readLines, writeLines } from './lines.js';
import { compare, LogError, openCheckpoint, sortKeys, type Checkpoint } from './log.js';
import { Problem } from './problem.js';
import { openTransport, type ClientOptions } from './transport.js';
import { walksOf, type Walks } from './walk.js';

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

/** What the log is held to. */
export interface LogOptions {
  /**
   * The public keys that are trusted, as C2SP signed-note has them; after a rotation the old and the new one. With those of witnesses, it
   * is the last checkpoint that these have all cosigned.
   */
  verifiers: readonly string[];
  /** The note of the checkpoint that was kept. */
  kept?: string;
  signal?: AbortSignal;
}

/** Asks a service. */
export function createClient(options: ClientOptions): Headwater {
  return new Headwater(options);
}

/** A service. Each of its operations is a method; an answer that refuses is thrown as a Problem. */
export class Headwater extends Operations {
  /** Each list from its first page to its last, by the name of its operation: `for await (const claim of headwater.each.listClaims())`. */
  readonly each: Walks;
  readonly #json: JSONFormat;

  constructor(options: ClientOptions) {
    const { client, json } = openTransport(options);
    super({ client });
    this.#json = json;
    this.each = walksOf<Operations>(this);
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
  follow(options: FollowOptions = {}): AsyncGenerator<Change, void, undefined> {
    return followChanges(this.#followed(), (given) => this.listChanges(given), options);
  }

  /**
   * How claims come to stand otherwise, with before and after, as `follow` gives changes. The order is another one, and entries are kept
   * for 30 days: a place after which some are gone is a Problem; read how claims stand anew then.
   */
  followStandings(options: FollowStandingsOptions = {}): AsyncGenerator<StandingChange, void, undefined> {
    return followStandingChanges(this.#followed(), (given) => this.listStandingChanges(given), options);
  }

  #followed() {
    return { client: this.client, parse: this.#json.parse };
  }

  /**
   * The last checkpoint of the service's log, which one of the public keys must have signed, held to the one that was kept, if any:
   * what it covered must still be there, as it was. Keep its `note`, where those who run the service cannot change it, for the next
   * time. Get the public keys from elsewhere too; `listLogKeys` gives those that the service says it has. A log that is not to be
   * believed is a LogError.
   */
  async checkLog({ verifiers, kept, signal }: LogOptions): Promise<Checkpoint> {
    const init = signal ? { signal } : {};
    const { witnesses, logs } = await sortKeys(verifiers);
    const unread = (error: unknown) => {
      throw new TypeError('the checkpoint that was kept cannot be read', { cause: error });
    };
    const before = kept ? await openCheckpoint(kept, logs).catch(unread) : undefined;
    const now = await openCheckpoint(await this.#lastCheckpoint(witnesses, init), verifiers);
    if (!before || !kept) return now;
    if (now.size < before.size) {
      // what was kept before the witness was known need not be cosigned yet; any other was, and is gone
      await openCheckpoint(kept, verifiers);
    }
    await compare(before, now, async (from, to) => (await this.getLogConsistency({ ...init, query: { from, to } })).data.hashes);
    return now;
  }

  /** The last signed note, or the last that all of these witnesses have cosigned. */
  async #lastCheckpoint(witnesses: readonly string[], init: { signal?: AbortSignal }): Promise<string> {
    if (witnesses.length === 0) return (await this.getLogCheckpoint({ ...init, parseAs: 'text' })).data as unknown as string;
    const query = { witness: witnesses.map((key) => key.slice(0, key.indexOf('+'))) };
    try {
      return (await this.getWitnessedCheckpoint({ ...init, query, parseAs: 'text' })).data as unknown as string;
    } catch (error) {
      if (error instanceof Problem && error.status === 404) throw new LogError('unwitnessed', error.message);
      throw error;
    }
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

function isPage(): boolean {
  return 'window' in globalThis || 'WorkerGlobalScope' in globalThis;
}
