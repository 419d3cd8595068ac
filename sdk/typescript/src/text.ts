// Offsets. The service counts Unicode code points; JavaScript strings, and with them DOM ranges, count UTF-16 units, of which
// an emoji has two. An Arabic letter with a diacritic is two code points and two units: what is one letter to a reader does
// not matter to either.

import type { Selector } from './generated/types.gen.js';

/** From start to before end. What is counted, code points or UTF-16 units, is said where it is used. */
export interface Span {
  start: number;
  end: number;
}

/** The words of a span in code points, as those of an attribution's content. A span outside of the text is a RangeError. */
export function cut(text: string, span: Span): string {
  const { start, end } = toUTF16(text, span);
  return text.slice(start, end);
}

/** A span in code points as UTF-16 offsets, as `Range.setStart`, `setEnd` and `String.slice` take them. */
export function toUTF16(text: string, span: Span): Span {
  checkOrder(span);
  const start = advance(text, 0, span.start);
  return { start, end: advance(text, start, span.end - span.start) };
}

/** A span in UTF-16 offsets, as that of a selection on a page, in code points. An offset within an emoji is a RangeError. */
export function toCodePoints(text: string, span: Span): Span {
  checkOrder(span);
  if (span.end > text.length) throw new RangeError(`offset ${span.end} is past the end of the text, ${text.length}`);
  for (const offset of [span.start, span.end]) {
    if (offset > 0 && isPair(text, offset - 1)) throw new RangeError(`offset ${offset} is within a character`);
  }
  const start = count(text, 0, span.start);
  return { start, end: start + count(text, span.start, span.end) };
}

/**
 * The selector of a span in UTF-16 offsets, as attributions take it: with the exact words, and with up to `context` code points
 * before and after, by which the quote is found again if the text has moved.
 */
export function select(text: string, span: Span, context = 32): Selector {
  const { start, end } = toCodePoints(text, span);
  const before = text.slice(retreat(text, span.start, context), span.start);
  const after = Array.from(text.slice(span.end, span.end + 2 * context)).slice(0, context).join('');
  return {
    start,
    end,
    exact: text.slice(span.start, span.end),
    ...(before && { prefix: before }),
    ...(after && { suffix: after }),
  };
}

function checkOrder({ start, end }: Span): void {
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end < start) {
    throw new RangeError(`${start} to ${end} is not a span: whole numbers from 0, the start not after the end`);
  }
}

/** Whether the two units from here are one character. */
function isPair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
}

/** The offset that is so many code points after another. */
function advance(text: string, from: number, codePoints: number): number {
  let at = from;
  for (let left = codePoints; left > 0; left--) {
    if (at >= text.length) throw new RangeError(`the text ends ${left} code points before the end of the span`);
    at += isPair(text, at) ? 2 : 1;
  }
  return at;
}

/** The offset that is so many code points before another, or 0. */
function retreat(text: string, from: number, codePoints: number): number {
  let at = from;
  for (let left = codePoints; left > 0 && at > 0; left--) {
    at -= at > 1 && isPair(text, at - 2) ? 2 : 1;
  }
  return at;
}

function count(text: string, from: number, to: number): number {
  let codePoints = 0;
  for (let at = from; at < to; at += isPair(text, at) ? 2 : 1) codePoints++;
  return codePoints;
}
