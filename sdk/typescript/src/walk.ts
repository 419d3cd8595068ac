import type { Operations } from './generated/sdk.gen.js';
import type { SourceCard } from './generated/types.gen.js';

/** What is common to all pages. */
export interface Page<Item> {
  items: Item[];
  next_cursor?: string;
  sources?: Record<string, SourceCard>;
}

type DataOf<Operation> = Operation extends (...options: never[]) => Promise<infer Answer>
  ? NonNullable<Answer extends { data?: infer Data } ? Data : never> : never;
type OptionsOf<Operation> = Operation extends (...options: infer Options) => unknown ? Options : never;

/** Each operation that answers with pages, by its name: asked through here, it gives a walk over all of them. */
export type Walks<Of = Operations> = {
  readonly [Name in keyof Of as DataOf<Of[Name]> extends Page<unknown> ? Name : never]: (
    ...options: OptionsOf<Of[Name]>
  ) => DataOf<Of[Name]> extends Page<infer Item> ? Walk<Item, DataOf<Of[Name]>> : never;
};

/** Everything that a list has, in order, asked for a page at a time as it is read. To iterate again asks again. */
export class Walk<Item, P extends Page<Item> = Page<Item>> implements AsyncIterable<Item> {
  readonly #ask: (cursor: string | undefined) => Promise<P>;
  #sources: Readonly<Record<string, SourceCard>> = {};

  constructor(ask: (cursor: string | undefined) => Promise<P>) {
    this.#ask = ask;
  }

  /** The sources that the thing just given names, by id, and those of its page's other things. */
  get sources(): Readonly<Record<string, SourceCard>> {
    return this.#sources;
  }

  /** The pages, whole. A list that goes on being written has a next page always: the walk ends where that is as far as it came. */
  async *pages(): AsyncGenerator<P, void, undefined> {
    let cursor: string | undefined;
    do {
      const page = await this.#ask(cursor);
      this.#sources = page.sources ?? {};
      yield page;
      if (page.next_cursor === cursor) return;
      cursor = page.next_cursor;
    } while (cursor);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const page of this.pages()) yield* page.items;
  }
}

type Ask = (options: object) => Promise<{ data: Page<unknown> }>;

/** Walks over the lists of these operations. */
export function walksOf<Of extends object = Operations>(operations: Of): Walks<Of> {
  return new Proxy({} as Walks<Of>, {
    get: (_, name) => {
      const ask = Reflect.get(operations, name) as unknown;
      if (typeof ask !== 'function') return undefined;
      return (options?: { query?: object }) =>
        new Walk(async (cursor) => {
          const query = cursor ? { ...options?.query, cursor } : options?.query;
          return (await (ask as Ask).call(operations, { ...options, query, throwOnError: true, responseStyle: 'fields' })).data;
        });
    },
  });
}
