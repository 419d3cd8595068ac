/**
 * The operations as functions, for pages: a bundler leaves out those that are not named, which it cannot do with the methods of a
 * class. `createClientOf` makes a client of some of them.
 */
import { followChanges, type FollowOptions } from './follow.js';
import type { Client } from './generated/client/index.js';
import type { listChanges } from './generated/functions.gen.js';
import type { Change } from './generated/types.gen.js';
import { openTransport, type ClientOptions } from './transport.js';
import { walksOf, type Walks } from './walk.js';

export * from './generated/functions.gen.js';

/** Some of the operations, by their names. */
type Functions = Record<string, (options: never) => unknown>;

/** A client of some operations, each of which is a method as in the whole client. */
export type ClientOf<Of> = Of & {
  /** Each list from its first page to its last, by the name of its operation. */
  readonly each: Walks<Of>;
} & (Of extends { listChanges: typeof listChanges } ? {
  /** The changes as they are made; see `Headwater.follow`. */
  follow(options?: FollowOptions): AsyncGenerator<Change, void, undefined>;
} : unknown);

/** Asks a service with some operations: `createClientOf({ url }, { listClaims, getClaim })`. */
export function createClientOf<Of extends Functions>(options: ClientOptions, functions: Of): ClientOf<Of> {
  const { client, json } = openTransport(options);
  const bound = Object.fromEntries(Object.entries(functions).map(([name, call]) =>
    [name, (given?: object) => (call as (given: { client: Client }) => unknown)({ client, ...given })])) as unknown as Of;
  const { listChanges: list } = bound as { listChanges?: typeof listChanges };
  return Object.assign(bound, { each: walksOf(bound) },
    list && { follow: (what: FollowOptions = {}) => followChanges({ client, parse: json.parse }, list, what) }) as ClientOf<Of>;
}
