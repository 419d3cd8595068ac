/**
 * In place of what the generated client makes its requests with: the API's parameters are plain values, many are repeated or parted by
 * commas, what has a body has JSON, what is answered is JSON unless a call says otherwise, and nothing needs a key but a session.
 */
interface Config {
  baseUrl?: string;
  headers?: HeadersInit | Record<string, unknown>;
}

interface Target {
  baseUrl?: string;
  url: string;
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  /** How each parameter that is a list is written; repeated where nothing is said. */
  querySerializer?: { parameters?: Record<string, { array?: { explode?: boolean } }> };
}

const written = (value: unknown): string => encodeURIComponent(String(value));

export function buildUrl({ baseUrl = '', url, path = {}, query = {}, querySerializer }: Target): string {
  const search = Object.entries(query).flatMap(([name, value]) => {
    const values = [value ?? []].flat().map(written);
    if (values.length === 0) return [];
    const parted = querySerializer?.parameters?.[name]?.array?.explode === false;
    return (parted ? [values.join()] : values).map((one) => `${name}=${one}`);
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

export const createConfig = <T>(given?: T) => ({
  bodySerializer: (body: unknown) => JSON.stringify(body),
  headers: { 'Content-Type': 'application/json' },
  parseAs: 'auto',
  ...given,
});

export const mergeConfigs = (a: Config, b: Config) => ({ ...a, ...b, headers: mergeHeaders(a.headers, b.headers) });

export const getParseAs = (type: string | null) => (type?.includes('json') ? 'json' : 'text');

export const createInterceptors = () => ({ error: { fns: [] }, request: { fns: [] }, response: { fns: [] } });

/** A key is sent once only, for a session. */
export function setAuthParams({ auth, headers }: { auth?: string; headers: Headers }): void {
  if (auth) headers.set('Authorization', `Bearer ${auth}`);
}

export const getValidRequestBody = ({ body, serializedBody = body }: { body?: unknown; serializedBody?: unknown }): unknown =>
  serializedBody;
