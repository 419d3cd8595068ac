/** In place of the client's walks over lists, of which the page needs but the pages, one after the other. */
interface Page {
  next_cursor?: string;
}
type Ask = (options: object) => Promise<{ data: Page }>;

export const Walk = (ask: Ask, { query, ...options }: { query: object }) => ({
  async *pages() {
    let cursor: string | undefined;
    for (;;) {
      const { data } = await ask({ ...options, query: { ...query, ...(cursor && { cursor }) } });
      yield data;
      // A list that goes on being written has a next page always: the walk ends where that is as far as it came.
      if (!data.next_cursor || data.next_cursor === cursor) return;
      cursor = data.next_cursor;
    }
  },
});

export const walksOf = (operations: Readonly<Record<string, Ask>>) =>
  new Proxy(operations, { get: (_, name: string) => (options: { query: object }) => Walk(operations[name] as Ask, options) });
