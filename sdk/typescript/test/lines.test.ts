import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CutOffError, readLines, writeLines } from '@headwater/client';

/** The bytes as they may come: cut anywhere, also within a character. */
function streamOf(bytes: Uint8Array, sizes: number[], failing?: Error): ReadableStream<Uint8Array> {
  let at = 0;
  let chunk = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) {
        if (failing) controller.error(failing);
        else controller.close();
        return;
      }
      const size = sizes[chunk++ % sizes.length] ?? 1;
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

const encode = (text: string) => new TextEncoder().encode(text);
const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 10 });
const objects = fc.array(
  fc.record({ type: fc.string(), text: fc.string({ unit: 'grapheme' }), n: fc.integer() }, { noNullPrototype: true }), { maxLength: 20 });

test('what is written is read, however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(objects, sizes, async (values, cuts) => {
      const bytes = new Uint8Array(await new Response(writeLines(values)).arrayBuffer());
      assert.deepEqual(await all(readLines(streamOf(bytes, cuts))), values);
    }),
  );
});

test('a bundle that ends within a line was cut off, wherever that was', async () => {
  const values = fc.array(fc.record({ text: fc.string({ unit: 'grapheme' }) }, { noNullPrototype: true }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(values, sizes, fc.nat(), async (values, cuts, n) => {
      const lines = values.map((value) => encode(`${JSON.stringify(value)}\n`));
      const ends = lines.map((_, i) => lines.slice(0, i + 1).reduce((length, line) => length + line.length, 0));
      const kept = new Uint8Array(await new Blob(lines).slice(0, n % (ends.at(-1)! + 1)).arrayBuffer());
      const whole = ends.filter((end) => end - 1 <= kept.length).length; // without its newline a line is whole
      const read: unknown[] = [];
      const reading = (async () => {
        for await (const value of readLines(streamOf(kept, cuts))) read.push(value);
      })();
      if (kept.length <= (ends[whole - 1] ?? 0)) await reading;
      else await assert.rejects(reading, (error) => error instanceof CutOffError && error.lines === whole);
      assert.deepEqual(read, values.slice(0, whole));
    }),
  );
});

test('a stream that fails was cut off after the lines that came', async () => {
  const read: unknown[] = [];
  const cause = new TypeError('terminated');
  const reading = (async () => {
    for await (const value of readLines(streamOf(encode('{"a":1}\n{"a":2}\n{"a":'), [4], cause))) read.push(value);
  })();
  await assert.rejects(reading, (error) => error instanceof CutOffError && error.lines === 2 && error.cause === cause);
  assert.deepEqual(read, [{ a: 1 }, { a: 2 }]);
});

test('lines may have a byte order mark, empty ones between them, CRLF, and no newline at the end', async () => {
  assert.deepEqual(await all(readLines(streamOf(encode('\uFEFF{"a":1}\r\n\r\n\n{"a":2}'), [3]))), [{ a: 1 }, { a: 2 }]);
});

test('a line that is not JSON is named', async () => {
  await assert.rejects(all(readLines(streamOf(encode('{"a":1}\n{nonsense}\n'), [9]))), /^SyntaxError: line 2 is not JSON/);
});

test('bytes that are not UTF-8 are refused', async () => {
  await assert.rejects(all(readLines(streamOf(Uint8Array.of(0x22, 0xff, 0x22, 0x0a), [9]))), TypeError);
});

test('whoever stops reading ends the stream, and whoever stops taking ends the lines', async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(encode('{}\n')),
    cancel: () => void (cancelled = true) });
  for await (const _ of readLines(stream)) break;
  assert.ok(cancelled);
  let ended = false;
  const lines = (function* () {
    try {
      for (;;) yield {};
    } finally {
      ended = true;
    }
  })();
  const reader = writeLines(lines).getReader();
  await reader.read();
  await reader.cancel();
  assert.ok(ended);
});

test('an endless list is written only as fast as it is taken', async () => {
  let made = 0;
  const reader = writeLines((function* () { for (;;) yield { made: made++ }; })()).getReader();
  await reader.read();
  assert.ok(made < 20_000, String(made));
  await reader.cancel();
});
