/** Tints over words of the text by the CSS Custom Highlight API: what lasts a moment, and changes no element. */

export type Tint = 'content' | 'cue' | 'setting' | 'evidence' | 'date' | 'found' | 'picked' | 'shared';

/** Makes ranges of a text whose element has it cut into any pieces. */
export class Ranges {
  readonly #nodes: Text[] = [];
  readonly #starts: number[] = [];

  constructor(element: HTMLElement) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let at = 0, node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
      this.#nodes.push(node);
      this.#starts.push(at);
      at += node.length;
    }
  }

  of({ start, end }: { start: number; end: number }): Range | undefined {
    const [first, last] = [this.#find(start), this.#find(end - 1)];
    if (!first || !last) return undefined;
    const range = document.createRange();
    range.setStart(first.node, first.offset);
    range.setEnd(last.node, last.offset + 1);
    return range;
  }

  #find(offset: number): { node: Text; offset: number } | undefined {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    const node = this.#nodes[low];
    return node ? { node, offset: Math.min(offset - (this.#starts[low] ?? 0), node.length) } : undefined;
  }
}

/** Tints these ranges and no others. A browser without highlights shows the marks alone. */
export function tint(name: Tint, ranges: readonly (Range | undefined)[]): void {
  if (!('highlights' in CSS)) return;
  const real = ranges.filter((range) => !!range);
  if (real.length > 0) CSS.highlights.set(`headwater-${name}`, new Highlight(...real));
  else CSS.highlights.delete(`headwater-${name}`);
}

/** Takes all tints away. */
export const untint = (): void => CSS.highlights?.clear();
