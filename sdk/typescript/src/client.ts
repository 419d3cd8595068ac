import { createClient as createTransport, createConfig } from './generated/client/index.js';
import { Operations } from './generated/sdk.gen.js';
import type { BundleLine, GetClaimProvenanceData, Imported } from './generated/types.gen.js';
import { guardedJSON, type JSONFormat } from './json.js';
import { readLines, writeLines } from './lines.js';
import { retrying, type Retry } from './retry.js';
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
