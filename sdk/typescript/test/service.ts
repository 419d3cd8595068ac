import { createClient, type ClientOptions, type Headwater } from '@headwater/client';

/** A variable that the runner sets. */
export function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; npm test sets it`);
  return value;
}

export const url = given('HEADWATER_URL');
export const demo = 'https://headwater.example/demo';

/** A client that may read, write and review. */
export function desk(options: Partial<ClientOptions> = {}): Headwater {
  return createClient({ url, key: given('HEADWATER_KEY'), ...options });
}

export async function claimByKey(headwater: Headwater, key: string) {
  const { data } = await headwater.listClaims({ query: { key, namespace: demo } });
  const [claim] = data.items;
  if (!claim) throw new Error(`no claim has the key ${key}`);
  return claim;
}

/** A name that no other test uses. */
export function fresh(prefix: string): string {
  return `${prefix}-${crypto.randomUUID()}`;
}
