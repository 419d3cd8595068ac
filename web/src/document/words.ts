/** Words that somebody picks in a text, by selecting them or by typing them: UTF-16 offsets, cut at whole letters. */
import { latinDigits } from '../language';

export interface Picked {
  start: number;
  end: number;
}

/** Widens words to whole letters: a letter keeps its marks, an emoji its parts. */
export function whole(text: string, { start, end }: Picked): Picked {
  const from = Math.max(0, start - 64);
  const letters = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text.slice(from, end + 64))];
  const before = letters.findLast(({ index }) => from + index <= start);
  const after = letters.find(({ index, segment }) => from + index + segment.length >= end);
  return { start: before ? from + before.index : start, end: after ? from + after.index + after.segment.length : end };
}

/** Takes off what is around words of whole letters. */
export function tidy(text: string, { start: first, end: last }: Picked): Picked | undefined {
  const around = /^[\s\p{P}]$/u;
  while (first < last && around.test(text[first] ?? '')) first++;
  while (first < last && around.test(text[last - 1] ?? '')) last--;
  return first < last ? { start: first, end: last } : undefined;
}

/** The words that are selected within an element whose text is the text, and nothing else. */
export function selectedIn(element: HTMLElement): Picked | undefined {
  const selection = getSelection();
  if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return undefined;
  const range = selection.getRangeAt(0);
  if (!element.contains(range.startContainer) || !range.intersectsNode(element)) return undefined;
  const before = document.createRange();
  before.selectNodeContents(element);
  before.setEnd(range.startContainer, range.startOffset);
  const start = before.toString().length;
  if (element.contains(range.endContainer)) before.setEnd(range.endContainer, range.endOffset);
  else before.selectNodeContents(element);
  const end = before.toString().length;
  return end > start ? { start, end } : undefined;
}

/** The most places that are listed. */
const mostHits = 50;

/** Where words stand in a text, however they are written: without diacritics, with any alef or ya, in any case and digits. */
export function find(text: string, query: string): Picked[] {
  const wanted = fold(query.trim()).folded;
  if (wanted === '') return [];
  const { folded, from, to } = fold(text);
  const hits: Picked[] = [];
  for (let at = folded.indexOf(wanted); at >= 0 && hits.length < mostHits; at = folded.indexOf(wanted, at + wanted.length)) {
    hits.push({ start: from[at] ?? 0, end: to[at + wanted.length - 1] ?? text.length });
  }
  return hits;
}

/** How many words in a row two texts must have in common before one is said to share them, as it is for the service's reprints. */
const inARow = 5;

/** What a text shares with the one that it was taken from. */
export interface Shared {
  passages: Picked[];
  /** The part of its words that they have, from 0 to 1. */
  share: number;
}

/** Finds the passages of a text whose words stand in a row in another one too, however they are written. */
export function sharedWith(original: string, text: string): Shared {
  const theirs = new Set(rowsOf(wordsOf(fold(original).folded)));
  const { folded, from, to } = fold(text);
  const own = wordsOf(folded);
  const passages: Picked[] = [];
  let [covered, words] = [0, 0]; // up to which word, and how many of those
  rowsOf(own).forEach((row, i) => {
    if (!theirs.has(row)) return;
    const last = own[i + inARow - 1];
    const end = to[(last?.index ?? 0) + (last?.[0].length ?? 0) - 1] ?? text.length;
    const before = passages.at(-1);
    if (before && i <= covered) before.end = end;
    else passages.push({ start: from[own[i]?.index ?? 0] ?? 0, end });
    words += i + inARow - Math.max(covered, i);
    covered = i + inARow;
  });
  return { passages, share: words / (own.length || 1) };
}

const wordsOf = (folded: string): RegExpExecArray[] => [...folded.matchAll(/[\p{L}\p{N}]+/gu)];

/** The words from each one on, as many as a row has. */
function rowsOf(words: readonly RegExpExecArray[]): string[] {
  const said = words.map(([word]) => word);
  return said.slice(inARow - 1).map((_, i) => said.slice(i, i + inARow).join(' '));
}

const alike: Record<string, string> = { 'ى': 'ي', 'ة': 'ه', 'ٱ': 'ا', 'ک': 'ك', 'ی': 'ي', '’': "'", '‘': "'", '“': '"', '”': '"' };

/** Each character as it is compared, once it was met: a text has many of few. */
const compared = new Map<string, string>();

/** Folds a text for comparing, and keeps for each unit of the result where it begins and ends in the text. */
function fold(text: string): { folded: string; from: number[]; to: number[] } {
  let folded = '';
  const from: number[] = [];
  const to: number[] = [];
  let at = 0;
  let before = ''; // what was added last; to ask the growing text itself would copy it each time
  for (const character of text) {
    const next = at + character.length;
    let one = compared.get(character);
    if (one === undefined) {
      one = /\s/u.test(character) ? ' ' : latinDigits(character.normalize('NFKD')
        .replace(/[\p{M}\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069]/gu, '')).toLowerCase();
      compared.set(character, (one = alike[one] ?? one));
    }
    if (one === '' || (one === ' ' && before.endsWith(' '))) {
      if (to.length > 0) to[to.length - 1] = next;
    } else {
      folded += before = one;
      for (let i = 0; i < one.length; i++) {
        from.push(at);
        to.push(next);
      }
    }
    at = next;
  }
  return { folded, from, to };
}
