import { createClient, createConfig, type Client } from './generated/client/index.js';
import { guardedJSON, type JSONFormat } from './json.js';
import { retrying, type Retry } from './retry.js';

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

/** What sends requests to a service, asks again, and throws what refuses; and how it reads and writes JSON. */
export function openTransport({ url, key, retry, headers, fetch, json = guardedJSON }: ClientOptions):
{ client: Client; json: JSONFormat } {
  const client = createClient(
    createConfig({
      baseUrl: url.replace(/\/+$/, ''),
      throwOnError: true,
      bodySerializer: (body) => (typeof body === 'string' ? body : json.stringify(body)),
      ...(key !== undefined && { auth: key }),
      ...(headers && { headers }),
      ...(fetch && { fetch }),
    }),
  );
  retrying(client, { tries: 4, maxWait: 60, ...retry }, json === guardedJSON ? undefined : json.parse);
  return { client, json };
}

/** The header of a request that changes this version of a thing, or any version if it is said to be '*'. */
export function ifMatch(version: { version: number } | '*'): { 'If-Match': string } {
  return { 'If-Match': version === '*' ? '*' : `"${version.version}"` };
}
