/** What is told of a group wherever it stands: in the drawing, in the list, and beside its words. */
import type { Edge, Independence, Node, SideDrawing } from '@headwater/client';
import type { ComponentChildren } from 'preact';
import { list } from '../language';
import { words as w } from './messages';
import { canToggle, isSetAside, mostAside, toggle } from './question';
import { useName } from './parts';

/** What the drawing of a side says of its groups beyond the groups themselves. */
export interface SideFacts {
  circles: ReadonlySet<string>;
  /** The group whose removal costs most, where any removal costs something. */
  costliest: string | undefined;
  now: Independence;
  lines: number;
}

export function factsOf(side: SideDrawing, now: Independence, lines: number): SideFacts {
  const cost = ({ without }: Node) => (without ? now.max - without.independent_origins.max + now.min - without.independent_origins.min : 0);
  const most = side.nodes.reduce<Node | undefined>((a, b) => (cost(b) > (a ? cost(a) : 0) ? b : a), undefined);
  return { circles: new Set(side.circular.flat()), costliest: most?.group, now, lines };
}

/** How much of what a side has is lost without a group, from 0 to 1. */
export function shareLost({ without }: Node, { now }: SideFacts): number {
  return without && now.max > 0 ? (now.max - without.independent_origins.max) / now.max : 0;
}

/** What a group does on its side, in words. What is drawn as a shape is said here too. */
export function Marks({ node, facts }: { node: Node; facts: SideFacts }) {
  const marks: ComponentChildren[] = node.roles.map((role) =>
    role === 'origin' && node.uncertain ? w.uncertainOrigin : (w.roles[role] ?? role),
  );
  if (node.proposed) marks.unshift(<strong>{w.proposedMark}</strong>);
  if (node.common_link) marks.unshift(<strong>{w.commonLink}</strong>); // what is cut for want of room is at the end
  if (facts.circles.has(node.group)) marks.push(w.inCircle);
  if (node.set_aside) marks.push(<strong>{w.setAsideWord}</strong>);
  else if (node.out_of_reach) marks.push(w.outOfReach);
  return (
    <span class="marks">
      {marks.map((mark) => (
        <span>{mark}</span>
      ))}
    </span>
  );
}

/** The acts by which something is told on, and hinted at; by every other one it is said outright. */
const weaker: Record<string, Style> = {
  reports: 'reports', quotes: 'reports', according_to: 'reports', other: 'reports', implies: 'implied',
};

/** How a curve is drawn: its tip by the strongest act; dashed for hearsay alone, dotted for reprints alone. */
const styles = ['says', 'reports', 'implied', 'hearsay', 'reprint'] as const;
export type Style = (typeof styles)[number];

/** How what goes a way is drawn: how its tip is, where anybody noted an act, comes first. */
export function stylesOf(edges: readonly Edge[]): Style[] {
  const acts = edges.flatMap((edge) => edge.acts.map((act) => weaker[act] ?? 'says'));
  return styles.filter((style) =>
    style === 'hearsay' ? edges.every(({ hearsay }) => hearsay)
    : style === 'reprint' ? edges.every((edge) => edge.reprint && edge.acts.length === 0)
    : style === styles.find((one) => acts.includes(one)));
}

/** How many attributions go a way. */
export const countOf = (edges: readonly Edge[]): number => edges.reduce((sum, { attributions }) => sum + attributions.length, 0);

/** Others whom something is joined to, and by what. */
type Joints = readonly { name: ComponentChildren; edges: readonly Edge[] }[];

/** From whom one has it, and who has it from one, each with how many attributions say so, and how: a sentence each. */
export function waysTo(above: Joints, below: Joints): ComponentChildren[] {
  const names = (all: Joints) => list(all.map(({ name, edges }) => w.way(name, countOf(edges), stylesOf(edges))));
  return [above.length > 0 ? [w.hasFrom(names(above)), ' '] : '', below.length > 0 ? w.tells(names(below)) : ''];
}

/** What is left without a group, in a sentence. */
export function costOf({ without }: Node, { now, lines }: SideFacts): string {
  if (!without) return '';
  const { independent_origins: left } = without;
  return left.min === now.min && left.max === now.max && without.lines === lines
    ? w.costsNothing
    : w.costs(left.min, left.max, without.lines);
}

/** Sets groups aside or puts them back. More than a report can be made without are not set aside in part: that would be another claim. */
export function AsideButton({
  of: groups,
  name,
  title,
  tabIndex,
}: {
  of: readonly string[];
  /** What they are called together; without it they are counted. */
  name?: string;
  title?: string;
  tabIndex?: number;
}) {
  const aside = isSetAside(groups);
  const can = canToggle(groups);
  const label = name === undefined ? (aside ? w.putBackAll : w.setAsideAll)(groups.length) : aside ? w.putBack(name) : w.setAside(name);
  return (
    <button
      type="button"
      class="aside"
      aria-pressed={aside}
      aria-disabled={!can}
      tabIndex={tabIndex}
      aria-label={can ? label : undefined}
      title={can ? title : w.tooManyAside(mostAside)}
      onClick={() => can && toggle(groups)}
    >
      {!can ? w.tooManyShort(mostAside) : aside ? w.putBackShort : w.setAsideShort}
    </button>
  );
}

/** How many of those that are drawn as one are shown by themselves each time that somebody wants them. */
export const unfoldedAtOnce = 60;

/** What groups that are drawn as one are called: those that are alike by what they have in common, where that is known. */
export function FoldName({ count, rest, from = [] }: { count: number; rest: boolean; from?: readonly string[] }) {
  const name = useName();
  if (rest) return <>{w.others(count)}</>;
  if (from.length === 0) return <>{w.foldAlone(count)}</>;
  return <>{w.foldAlike(count, list(from.slice(0, 2).map((id) => <bdi key={id}>{name(id)}</bdi>)))}</>;
}
