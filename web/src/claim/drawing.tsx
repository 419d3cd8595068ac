/**
 * The drawing of a side: readers at the start, origins at the end, a card for each group. Where a card stands, its layer and its place
 * in it, comes from the service; here they become lengths, which are mirrored in Arabic.
 */
import type { Edge, Node, SideDrawing } from '@headwater/client';
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { address } from '../address';
import { dayOf, direction } from '../language';
import { Code, When } from '../parts';
import {
  AsideButton,
  costOf,
  countOf,
  FoldName,
  Marks,
  shareLost,
  type SideFacts,
  type Style,
  stylesOf,
  unfoldedAtOnce,
  waysTo,
} from './group';
import { words as w } from './messages';
import { useName } from './parts';
import { select, selected, unselect } from './question';

/** Lengths in pixels. */
const card = { width: 178, gap: 12, between: 62, head: 50, row: 17, foot: 26 };

/** How many members a card lists. */
const mostMembers = 3;

/** A card: a group, or several that were folded into one. */
interface Card {
  id: string;
  nodes: Node[];
  kind: 'group' | 'alike' | 'rest';
  layer: number;
  order: number;
  height: number;
  x: number;
  y: number;
}

/** What goes from one card to another. */
interface Way {
  from: Card;
  to: Card;
  edges: Edge[];
  count: number;
  styles: Style[];
}

interface Plan {
  /** What each column is of, where they are days; the undated come last. */
  days: string[] | undefined;
  cards: Card[];
  /** The same by their columns, from above. */
  columns: Card[][];
  cardOf: Map<string, Card>;
  edges: Way[];
  width: number;
  height: number;
  layers: number;
}

const undated = '~'; // after all days
const dayOfNode = ({ first }: Node): string => (first ? dayOf(first) : undated);

function heightOf({ kind, nodes: [node] }: Card): number {
  if (!node || kind !== 'group') return card.head + card.row + card.foot;
  const listed = node.members.length === 1 && node.members[0] === node.group ? 0 : Math.min(node.members.length, mostMembers);
  const more = node.members.length > mostMembers ? 1 : 0;
  return card.head + (listed + more) * card.row + card.foot;
}

/** Names folds by what is in them: their numbers are others once something was set aside. */
function keysOfFolds({ nodes }: SideDrawing): Map<number | undefined, string> {
  const keys = new Map<number | undefined, string>();
  for (const { fold, group } of nodes) {
    const key = `fold-${group}`;
    if (fold !== undefined && key < (keys.get(fold) ?? '~')) keys.set(fold, key);
  }
  return keys;
}

/** How many of the nodes of a fold have cards of their own. */
type Unfolded = ReadonlyMap<string, number>;

/** Gives each card its place: its layer, or by when it first appeared. What is unfolded stands where its nodes stand. */
export function planOf(side: SideDrawing, unfolded: Unfolded, byDate = false): Plan {
  const days = byDate ? [...new Set(side.nodes.map(dayOfNode))].sort() : undefined;
  const cardOf = new Map<string, Card>();
  const folded = new Map<number, Card>();
  const keys = keysOfFolds(side);
  const left = new Map(unfolded);
  const cards: Card[] = [];
  for (const node of side.nodes) {
    const key = keys.get(node.fold);
    const own = key === undefined ? 0 : (left.get(key) ?? 0);
    if (key && own > 0) left.set(key, own - 1);
    const fold = key && own === 0 ? side.folds[node.fold ?? 0] : undefined;
    let drawn = fold && folded.get(node.fold ?? 0);
    if (!drawn) {
      const { layer, order } = fold ?? node;
      drawn = {
        id: fold && key ? key : node.group,
        nodes: [],
        kind: fold ? (fold.kind === 'rest' ? 'rest' : 'alike') : 'group',
        layer: days ? days.indexOf(dayOfNode(node)) : layer,
        order,
        height: 0,
        x: 0,
        y: 0,
      };
      cards.push(drawn);
      if (fold) folded.set(node.fold ?? 0, drawn);
    }
    drawn.nodes.push(node);
    cardOf.set(node.group, drawn);
  }
  const layers = Math.max(-1, ...cards.map(({ layer }) => layer)) + 1;
  const columns: Card[][] = Array.from({ length: layers }, () => []);
  for (const one of cards) columns[one.layer]?.push(one);
  const heights = columns.map((column) => {
    column.sort((a, b) => a.order - b.order);
    return column.reduce((sum, one) => sum + (one.height = heightOf(one)) + card.gap, -card.gap);
  });
  const height = Math.max(0, ...heights);
  columns.forEach((column, layer) => {
    let y = (height - (heights[layer] ?? 0)) / 2;
    for (const one of column) {
      one.x = layer * (card.width + card.between);
      one.y = y;
      y += one.height + card.gap;
    }
  });
  const between = new Map<string, Way>();
  for (const edge of side.edges) {
    const [from, to] = [cardOf.get(edge.from), cardOf.get(edge.to)];
    if (!from || !to || from === to) continue;
    const key = `${from.id} ${to.id}`;
    const known = between.get(key);
    if (known) known.edges.push(edge);
    else between.set(key, { from, to, edges: [edge], count: 0, styles: [] });
  }
  for (const way of between.values()) {
    way.count = countOf(way.edges);
    way.styles = stylesOf(way.edges);
  }
  return {
    days,
    cards: columns.flat(),
    columns,
    cardOf,
    edges: [...between.values()],
    width: Math.max(0, layers * (card.width + card.between) - card.between),
    height,
    layers,
  };
}

/** The cards that are on a way of this one: to readers, and to origins. */
function waysOf(id: string, { edges }: Plan): Set<string> {
  const found = new Set([id]);
  for (const [here, there] of [
    ['from', 'to'],
    ['to', 'from'],
  ] as const) {
    const next = [id];
    const seen = new Set(next);
    for (let at = next.pop(); at !== undefined; at = next.pop()) {
      for (const edge of edges) {
        const other = edge[there].id;
        if (edge[here].id === at && !seen.has(other)) {
          seen.add(other);
          found.add(other);
          next.push(other);
        }
      }
    }
  }
  return found;
}

export function DrawnSide({ side, facts, label }: { side: SideDrawing; facts: SideFacts; label: string }) {
  const unfolded = useSignal<Unfolded>(new Map());
  const byDate = address.value.query.has('dates');
  const plan = useMemo(() => planOf(side, unfolded.value, byDate), [side, unfolded.value, byDate]);
  const lit = useSignal<string | undefined>(undefined);
  const focused = useSignal<string | undefined>(undefined);
  const ways = useMemo(() => (lit.value === undefined ? undefined : waysOf(lit.value, plan)), [lit.value, plan]);
  const board = useRef<HTMLUListElement>(null);
  // A fold of which nothing is left gives the focus to the first that was in it.
  const next = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    if (next.current) board.current?.querySelector<HTMLElement>(`[data-card="${next.current}"]`)?.focus();
    next.current = undefined;
  }, [plan]);
  const stop = focused.value !== undefined && plan.cards.some(({ id }) => id === focused.value) ? focused.value : plan.cards[0]?.id;
  const go = (to: Card | undefined) => {
    if (to) board.current?.querySelector<HTMLButtonElement>(`[data-card="${to.id}"]`)?.focus();
  };
  const keyDown = (event: KeyboardEvent) => {
    const at = plan.cards.find(({ id }) => id === focused.value);
    if (!at || event.ctrlKey || event.metaKey || event.altKey) return;
    const column = plan.cards.filter(({ layer }) => layer === at.layer);
    const place = column.indexOf(at);
    const towards = direction === 'rtl' ? { ArrowLeft: 1, ArrowRight: -1 } : { ArrowLeft: -1, ArrowRight: 1 };
    let to: Card | undefined;
    if (event.key === 'ArrowUp') to = column[place - 1];
    else if (event.key === 'ArrowDown') to = column[place + 1];
    else if (event.key === 'Home') to = column[0];
    else if (event.key === 'End') to = column.at(-1);
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') to = neighbour(plan, at, towards[event.key]);
    else return;
    event.preventDefault();
    go(to);
  };
  const last = plan.layers - 1;
  const heading = (layer: number) => {
    const day = plan.days?.[layer];
    if (day) return day === undated ? w.undated : <When from={day} to={day} />;
    return w.columns[layer === 0 ? 'readers' : layer === last ? 'origins' : 'between'];
  };
  return (
    <div class="drawing" style={{ '--w': `${plan.width}px`, '--h': `${plan.height}px` }}>
      <div class="columns" aria-hidden="true">
        {Array.from({ length: plan.layers }, (_, layer) => (
          <span key={layer} style={{ insetInlineStart: `${layer * (card.width + card.between)}px` }}>
            {plan.layers > 1 || plan.days ? heading(layer) : ''}
          </span>
        ))}
      </div>
      <div class="board" style={{ width: `${plan.width}px`, height: `${plan.height}px` }}>
        <Edges plan={plan} ways={ways} />
        <ul ref={board} aria-label={label} onKeyDown={keyDown} onPointerLeave={() => (lit.value = undefined)}>
          {plan.cards.map((one) => (
            <li
              key={one.id}
              class={classOf(one, facts, ways)}
              style={{ insetInlineStart: `${one.x}px`, top: `${one.y}px`, width: `${card.width}px`, height: `${one.height}px` }}
              onPointerEnter={() => (lit.value = one.id)}
              onFocusIn={() => {
                focused.value = one.id;
                lit.value = one.id;
              }}
              onFocusOut={() => (lit.value = undefined)}
            >
              {one.kind === 'group' ? (
                <GroupCard card={one} plan={plan} node={one.nodes[0] as Node} facts={facts} tabIndex={one.id === stop ? 0 : -1} />
              ) : (
                <FoldCard
                  card={one}
                  plan={plan}
                  tabIndex={one.id === stop ? 0 : -1}
                  unfold={() => {
                    const before = unfolded.peek();
                    unfolded.value = new Map([...before, [one.id, (before.get(one.id) ?? 0) + unfoldedAtOnce]]);
                    if (one.nodes.length <= unfoldedAtOnce) next.current = one.nodes[0]?.group;
                  }}
                />
              )}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** The end of a curve at the card that it leads to. */
function Tip({ x, y, turn, style }: { x: number; y: number; turn: number; style: Style | undefined }) {
  const head = `M${x - turn} ${y - 5}L${x} ${y}L${x - turn} ${y + 5}`;
  return <path class="tip" d={style === 'implied' ? `M${x} ${y - 5}V${y + 5}` : style === 'says' ? `${head}z` : head} />;
}

/** From whom a card has it, and who has it from the card. */
function Joined({ card, plan }: { card: Card; plan: Plan }) {
  const name = useName();
  const ways = (here: 'from' | 'to', there: 'from' | 'to') =>
    plan.edges
      .filter((way) => way[here] === card)
      .map(({ [there]: { id, kind, nodes }, edges }) => ({
        name: kind === 'group' ? name(id) : kind === 'rest' ? w.others(nodes.length) : w.foldAlone(nodes.length),
        edges,
      }));
  return (
    <span class="sr">{waysTo(ways('from', 'to'), ways('to', 'from')).flat(9).join('')}</span>
  );
}

/** The card that one comes to from another, towards the readers (-1) or the origins (1): of those joined to it the nearest. */
function neighbour({ cards, edges }: Plan, at: Card, towards: number): Card | undefined {
  const middle = ({ y, height }: Card) => y + height / 2;
  const nearest = (among: Card[]) => among.sort((a, b) => Math.abs(middle(a) - middle(at)) - Math.abs(middle(b) - middle(at)))[0];
  const beyond = ({ layer }: Card) => Math.sign(layer - at.layer) === towards;
  const joined = edges.flatMap(({ from, to }) => (from === at ? [to] : to === at ? [from] : [])).filter(beyond);
  if (joined.length > 0) return nearest(joined);
  const layers = cards.filter(beyond).map(({ layer }) => layer);
  const next = towards < 0 ? Math.max(...layers) : Math.min(...layers);
  return nearest(cards.filter(({ layer }) => layer === next));
}

function classOf({ id, nodes, kind }: Card, facts: SideFacts, ways: Set<string> | undefined): string {
  const [node] = nodes;
  const names = ['card', kind];
  if (!node) return '';
  if (kind === 'group') {
    if (node.roles.includes('origin')) names.push('origin');
    if (node.uncertain) names.push('uncertain');
    if (node.common_link) names.push('common');
    if (facts.circles.has(node.group)) names.push('circle');
  }
  if (nodes.every((one) => one.proposed)) names.push('proposed');
  if (nodes.every((one) => one.set_aside)) names.push('set-aside');
  else if (nodes.every((one) => one.out_of_reach)) names.push('out');
  if (ways?.has(id)) names.push('lit');
  return names.join(' ');
}

interface CardProps {
  card: Card;
  plan: Plan;
  tabIndex: number;
}

function GroupCard({ card, plan, node, facts, tabIndex }: CardProps & { node: Node; facts: SideFacts }) {
  const name = useName();
  const { members, group } = node;
  const listed = members.length === 1 && members[0] === group ? [] : members.slice(0, mostMembers);
  const chosen = selected.value === group;
  return (
    <>
      <button
        type="button"
        class="face"
        data-card={card.id}
        tabIndex={tabIndex}
        aria-pressed={chosen}
        title={name(group)}
        onClick={() => (chosen ? unselect(group) : select(group))}
      >
        <strong class="line">
          <bdi>{name(group)}</bdi>
        </strong>
        <Marks node={node} facts={facts} />
        {listed.map((member) => (
          <span key={member} class="line member">
            <bdi>{name(member)}</bdi>
          </span>
        ))}
        {members.length > mostMembers && <span class="line member">{w.others(members.length - mostMembers)}</span>}
        <span class="sr">
          {costOf(node, facts)}
          {facts.costliest === group ? ` – ${w.mostCostly}` : ''}
        </span>
        <Joined card={card} plan={plan} />
      </button>
      <span class="foot">
        <span class="count" title={w.attributions(node.attributions)}>
          <When from={node.first} to={node.first} /> <Code>×{node.attributions}</Code>
        </span>
        <Cost share={shareLost(node, facts)} most={facts.costliest === group} title={costOf(node, facts)} />
        <AsideButton of={[group]} name={name(group)} title={costOf(node, facts)} tabIndex={-1} />
      </span>
    </>
  );
}

/** What the removal of a group would cost, before anybody removes it. */
function Cost({ share, most, title }: { share: number; most: boolean; title: string }) {
  return (
    <span class={most ? 'cost most' : 'cost'} title={title} aria-hidden="true">
      <i style={{ inlineSize: `${Math.round(share * 100)}%` }} />
    </span>
  );
}

function FoldCard({ card, plan, tabIndex, unfold }: CardProps & { unfold: () => void }) {
  const { id, nodes, kind } = card;
  const from = plan.edges.flatMap(({ from, to }) => (from === card && to.kind === 'group' ? [to.id] : []));
  return (
    <>
      <button type="button" class="face" data-card={id} tabIndex={tabIndex} onClick={unfold}>
        <strong class="line">
          <FoldName count={nodes.length} rest={kind === 'rest'} from={from} />
        </strong>
        <span class="line member">{w.unfold}</span>
        <Joined card={card} plan={plan} />
      </button>
      <span class="foot">
        {nodes.every(({ set_aside }) => set_aside) && <strong>{w.setAsideWord}</strong>}
        <AsideButton of={nodes.map(({ group }) => group)} tabIndex={-1} />
      </span>
    </>
  );
}

/** How far a curve keeps from the cards that it passes. */
const clear = 4;

/** Where a curve passes a column: there where it comes to, or by the side of the card that stands there. */
function passing(column: readonly Card[], y: number): number {
  const met = column.find((one) => y > one.y - clear && y < one.y + one.height + clear);
  if (!met) return y;
  const [above, below] = [met.y - card.gap / 2, met.y + met.height + card.gap / 2];
  return y - above < below - y ? above : below;
}

/**
 * Curves between the cards, and behind none: thicker where more attributions go, with their number where one looks, both of a circle
 * apart. The tip says how it was told on: filled where it was said, open where it was reported, a bar where it was implied.
 */
function Edges({ plan: { edges, columns, width, height }, ways }: { plan: Plan; ways: Set<string> | undefined }) {
  const rtl = direction === 'rtl';
  const mirrored = (x: number) => (rtl ? width - x : x);
  return (
    <svg class="edges" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {edges.map(({ from, to, edges: of, count, styles }) => {
        const back = from.layer > to.layer;
        const beside = from.layer === to.layer; // in one column, where they stand by date
        const circle = of.some(({ in_circle }) => in_circle);
        const apart = circle ? (back || (beside && from.y > to.y) ? 9 : -9) : 0;
        const [x1, x2] = back ? [from.x, to.x + card.width] : [from.x + card.width, beside ? to.x + card.width : to.x];
        const [y1, y2] = [from.y + from.height / 2 + apart, to.y + to.height / 2 + apart];
        const ahead = back ? -1 : 1;
        let [x, y, path] = [x1, y1, `M${mirrored(x1)} ${y1}`];
        let middle: [number, number] | undefined; // of its first bend
        const bendTo = (toX: number, toY: number) => {
          const bend = ahead * Math.max(30, Math.abs(toX - x) / 2);
          const points = [x + bend, beside ? toX + bend : toX - bend, toX].map(mirrored);
          middle ??= [mirrored(beside ? x + bend * 0.75 : (x + toX) / 2), (y + toY) / 2];
          path += `C${points[0]} ${y} ${points[1]} ${toY} ${points[2]} ${toY}`;
          [x, y] = [toX, toY];
        };
        for (let layer = from.layer + ahead; !beside && layer !== to.layer; layer += ahead) {
          const left = layer * (card.width + card.between);
          const [enter, leave] = back ? [left + card.width, left] : [left, left + card.width];
          bendTo(enter, passing(columns[layer] ?? [], y1 + ((y2 - y1) * ((enter + leave) / 2 - x1)) / (x2 - x1)));
          path += `H${mirrored(leave)}`;
          x = leave;
        }
        bendTo(x2, y2);
        const lit = ways?.has(from.id) && ways.has(to.id);
        const names = [
          ...styles,
          circle ? 'circle' : '',
          of.every(({ out_of_reach }) => out_of_reach) ? 'out' : '',
          of.every(({ proposed }) => proposed) ? 'proposed' : '',
          ways ? (lit ? 'lit' : 'dim') : '',
        ];
        const turn = 7 * (beside ? -1 : ahead) * (rtl ? -1 : 1);
        return (
          <g key={`${from.id} ${to.id}`} class={names.join(' ')}>
            <path d={path} stroke-width={Math.min(1 + Math.sqrt(count) * 0.8, 7)} />
            <Tip x={mirrored(x2)} y={y2} turn={turn} style={styles[0]} />
            {lit && middle && (
              <text x={middle[0]} y={middle[1] + 4}>
                {count}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
