/**
 * In place of the generated ways to write an address and a body: the API's parameters are plain values, many are repeated or parted
 * by commas, and what has a body has JSON.
 */
interface Parameter<T> {
  name: string;
  value: T;
}

export const serializePrimitiveParam = ({ name, value }: Parameter<unknown>): string => `${name}=${encodeURIComponent(String(value))}`;

export const serializeArrayParam = ({ explode, name, value }: Parameter<readonly unknown[]> & { explode: boolean }): string =>
  explode
    ? value.map((one) => serializePrimitiveParam({ name, value: one })).join('&')
    : `${name}=${value.map((one) => encodeURIComponent(String(one))).join()}`;

/** No parameter of the API is an object. */
export const serializeObjectParam = serializePrimitiveParam;

interface Target {
  baseUrl: string;
  url: string;
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  querySerializer: (query: Record<string, unknown>) => string;
}

export function getUrl({ baseUrl, url, path = {}, query = {}, querySerializer }: Target): string {
  const search = querySerializer(query);
  return baseUrl + url.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name]))) + (search && `?${search}`);
}

export const getValidRequestBody = ({ body, serializedBody = body }: { body?: unknown; serializedBody?: unknown }): unknown =>
  serializedBody;
