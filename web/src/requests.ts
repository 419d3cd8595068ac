/**
 * In place of the generated client, of what the page needs of it: the API's parameters are plain values, many are repeated or parted by
 * commas, what has a body has JSON, what is answered is JSON unless a call says otherwise, and nothing needs a key but a session.
 */
interface Config {
  baseUrl?: string;
  auth?: string;
  headers?: HeadersInit | Record<string, unknown>;
  bodySerializer: (body: unknown) => BodyInit;
}

interface Target {
  baseUrl?: string;
  url: string;
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
}

interface Call extends Target, Omit<RequestInit, 'body' | 'headers'> {
  headers?: Config['headers'];
  body?: unknown;
  fetch: typeof globalThis.fetch;
  parseAs?: 'stream';
}

const written = (value: unknown): string => encodeURIComponent(String(value));

/** The parameters that are repeated where they have several values; all others have them parted by commas. */
const repeated = new Set(['without', 'claim']);

function addressOf({ baseUrl = '', url, path = {}, query = {} }: Target): string {
  const search = Object.entries(query).flatMap(([name, value]) => {
    const values = [value ?? []].flat().map(written);
    if (values.length === 0) return [];
    return (repeated.has(name) ? values : [values.join()]).map((one) => `${name}=${one}`);
  });
  return baseUrl + url.replace(/\{(\w+)\}/g, (_, name: string) => written(path[name])) + (search.length > 0 ? `?${search.join('&')}` : '');
}

/** Headers of several places, of which the last wins; null takes one out. */
export function mergeHeaders(...all: Config['headers'][]): Headers {
  const merged = new Headers();
  for (const headers of all) {
    for (const [name, value] of headers instanceof Headers ? headers : Object.entries(headers ?? {})) {
      if (value === null) merged.delete(name);
      else if (value !== undefined) merged.set(name, String(value));
    }
  }
  return merged;
}

export const createConfig = (given: Config): Config => given;

/** What the service refuses is an error beside its answer; what never came is thrown. */
export function createClient(config: Config) {
  const by = (method: string) => async ({ body, headers, fetch, parseAs, ...call }: Call) => {
    const sent = mergeHeaders(config.headers, headers);
    if (config.auth) sent.set('Authorization', `Bearer ${config.auth}`);
    if (body !== undefined) sent.set('Content-Type', method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
    const response = await fetch(addressOf({ ...config, ...call }), {
      ...call,
      method,
      headers: sent,
      body: body === undefined ? null : config.bodySerializer(body),
    });
    if (response.ok && parseAs) return { data: response.body, response };
    const text = await response.text();
    const answer: unknown = text && response.headers.get('Content-Type')?.includes('json') ? JSON.parse(text) : text;
    return { [response.ok ? 'data' : 'error']: answer, response };
  };
  return {
    get: by('GET'),
    post: by('POST'),
    put: by('PUT'),
    patch: by('PATCH'),
    delete: by('DELETE'),
    getConfig: () => config,
  };
}
