/** In place of the generated reader of streams, which the page has no use for. */
export const createSseClient = (): undefined => undefined;
