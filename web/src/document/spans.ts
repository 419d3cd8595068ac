/** Where the attributions of a text stand in it: marks, the pieces that they cut the text into, and the lines drawn under them. */
import type { Attribution, Selector } from '@headwater/client';

/** The words of one or more attributions, in UTF-16 offsets. Attributions of the same words are one mark. */
export interface Mark {
  start: number;
  end: number;
  /** The line under the text that is its own wherever another mark overlaps it, from 0. */
  lane: number;
  attributions: readonly Attribution[];
}

/** A run of the text over which the same marks lie, the smallest first. */
export interface Piece {
  start: number;
  end: number;
  marks: readonly Mark[];
  /** Those of its marks that begin here. */
  begins: readonly Mark[];
}

/** Finds selectors, whose offsets are code points, in a text by its UTF-16 offsets. */
export class Positions {
  readonly #text: string;
  /** The UTF-16 offset of each code point, and of the end. */
  readonly #offsets: Uint32Array;

  constructor(text: string) {
    this.#text = text;
    const offsets = new Uint32Array(text.length + 1);
    let codePoints = 0;
    let at = 0;
    for (const character of text) {
      offsets[codePoints++] = at;
      at += character.length;
    }
    offsets[codePoints] = at;
    this.#offsets = offsets.subarray(0, codePoints + 1);
  }

  /** Where the words of a selector are; undefined where the text has others there. */
  of(selector: Selector | undefined): { start: number; end: number } | undefined {
    if (!selector) return undefined;
    const [start, end] = [this.#offsets[selector.start], this.#offsets[selector.end]];
    if (start === undefined || end === undefined || start >= end || this.#text.slice(start, end) !== selector.exact) return undefined;
    return { start, end };
  }
}

/** What stands in a text, and what has no place in it: without words of its own, or lost when the text changed. */
export interface Placed {
  marks: Mark[];
  lost: Attribution[];
  wordless: Attribution[];
}

/** Places attributions in their text. */
export function place(positions: Positions, attributions: readonly Attribution[]): Placed {
  const placed: Placed = { marks: [], lost: [], wordless: [] };
  const bySpan = new Map<string, Mark & { attributions: Attribution[] }>();
  for (const attribution of attributions) {
    const span = positions.of(attribution.content);
    if (!span) {
      (attribution.content ? placed.lost : placed.wordless).push(attribution);
      continue;
    }
    const name = `${span.start} ${span.end}`;
    const mark = bySpan.get(name) ?? { ...span, lane: 0, attributions: [] };
    mark.attributions.push(attribution);
    bySpan.set(name, mark);
  }
  placed.marks = [...bySpan.values()].sort((a, b) => a.start - b.start || b.end - a.end);
  giveLanes(placed.marks);
  return placed;
}

/** Gives each mark, in the order of the text, the lowest lane that is free where it begins. */
function giveLanes(marks: readonly Mark[]): void {
  const ends: number[] = [];
  for (const mark of marks) {
    const free = ends.findIndex((end) => end <= mark.start);
    mark.lane = free < 0 ? ends.length : free;
    ends[mark.lane] = mark.end;
  }
}

/** Cuts a text at every boundary of its marks. */
export function piecesOf(text: string, marks: readonly Mark[]): Piece[] {
  const bounds = [...new Set([0, text.length, ...marks.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  const pieces: Piece[] = [];
  let over: Mark[] = [];
  let next = 0;
  for (let i = 0; i + 1 < bounds.length; i++) {
    const [start = 0, end = 0] = [bounds[i], bounds[i + 1]];
    over = over.filter((mark) => mark.end > start);
    const begins: Mark[] = [];
    for (let mark = marks[next]; mark && mark.start === start; mark = marks[++next]) begins.push(mark);
    over.push(...begins);
    pieces.push({ start, end, marks: over.toSorted((a, b) => a.end - a.start - (b.end - b.start)), begins });
  }
  return pieces;
}
