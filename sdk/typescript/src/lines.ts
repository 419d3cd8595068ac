// NDJSON: one JSON value a line, read and written as it comes, with no more than a line and a chunk in memory.

/** A stream ended where more had to come: what was read of it is good, and is not all. */
export class CutOffError extends Error {
  override readonly name = 'CutOffError';
  /** How many lines had come whole. */
  readonly lines: number;

  constructor(lines: number, options?: ErrorOptions) {
    super(`the stream was cut off after ${lines} lines`, options);
    this.lines = lines;
  }
}

/**
 * Reads the values of a stream's lines; empty lines are none. A stream that breaks off, or ends within a line, is a CutOffError;
 * a line that is not JSON a SyntaxError that names it. Whoever stops reading ends the stream.
 */
export async function* readLines<T>(stream: ReadableStream<Uint8Array>, parse: (text: string) => unknown = JSON.parse):
  AsyncGenerator<T, void, undefined> {
  const reader = stream.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const pieces: string[] = []; // of the line that has not ended yet
  let lines = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw isAbort(cause) ? cause : new CutOffError(lines, { cause });
      });
      if (done) break;
      const [continued = '', ...begun] = decoder.decode(value, { stream: true }).split('\n');
      pieces.push(continued);
      for (const piece of begun) {
        const line = pieces.splice(0).join('');
        lines++;
        if (line.trim()) yield parseLine(line, lines, parse) as T;
        pieces.push(piece);
      }
    }
    const last = pieces.join('');
    if (last.trim()) yield parseLast(last, lines, parse) as T;
  } finally {
    await reader.cancel().catch(() => undefined); // fails where the stream has, which was told already
  }
}

function isAbort(cause: unknown): boolean {
  return cause instanceof Error && (cause.name === 'AbortError' || cause.name === 'TimeoutError');
}

function parseLine(line: string, number: number, parse: (text: string) => unknown): unknown {
  try {
    return parse(line);
  } catch (cause) {
    throw new SyntaxError(`line ${number} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The last line may lack its newline, but then it must be whole: no beginning of an object is one. */
function parseLast(line: string, before: number, parse: (text: string) => unknown): unknown {
  try {
    return parse(line);
  } catch (cause) {
    throw new CutOffError(before, { cause });
  }
}

const chunkSize = 1 << 16;

/** Writes values as lines, as fast as the stream is read. Bytes among them are passed on as they are. */
export function writeLines(
  values: Iterable<unknown> | AsyncIterable<unknown>,
  stringify: (value: unknown) => string | undefined = JSON.stringify,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = Symbol.asyncIterator in values ? values[Symbol.asyncIterator]() : values[Symbol.iterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      let text = '';
      while (text.length < chunkSize) {
        const { done, value } = await iterator.next();
        if (value instanceof Uint8Array) {
          if (text) controller.enqueue(encoder.encode(text));
          controller.enqueue(value);
          return;
        }
        if (done) {
          if (text) controller.enqueue(encoder.encode(text));
          controller.close();
          return;
        }
        text += `${stringify(value)}\n`;
      }
      controller.enqueue(encoder.encode(text));
    },
    async cancel(reason) {
      await iterator.return?.(reason);
    },
  });
}
