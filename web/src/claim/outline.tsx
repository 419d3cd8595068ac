/** The drawing as a list: origins, and below each who passes it on. The same groups, the same actions. */
import type { Edge, Node, Side, SideDrawing } from '@headwater/client';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { When } from '../parts';
import { AsideButton, costOf, FoldName, Marks, type SideFacts, unfoldedAtOnce } from './group';
import { words as w } from './messages';
import { GroupName, useName } from './parts';
import { isSetAside } from './question';

/** A side as its report has it: all that the list shows but the days, for where the drawing could not be had. */
export function sideOf({ evidence, groups, origin_details, common_links, circular, without }: Side): SideDrawing {
  const nodes = new Map<string, Node>();
  const edges = new Map<string, Edge>();
  for (const { attribution, group_walk } of evidence) {
    for (const group of new Set(group_walk)) {
      const node = nodes.get(group) ?? { group, members: [], roles: [], attributions: 0, layer: 0, order: 0 };
      nodes.set(group, node);
      node.attributions++;
    }
    group_walk.forEach((from, i) => {
      const to = group_walk[i + 1];
      const role = i === 0 ? 'publisher' : 'relay';
      const roles = nodes.get(from)?.roles ?? [];
      if ((i === 0 || to) && !roles.includes(role)) roles.push(role);
      if (to) edges.set(`${from} ${to}`, { from, to, attributions: [attribution], members: [], acts: [] });
    });
  }
  for (const [member, { group }] of Object.entries(groups)) nodes.get(group)?.members.push(member);
  const reached = new Map(without.map((removal) => [removal.source, removal]));
  const origins = new Map(origin_details.map((one) => [one.group, one]));
  const common = new Set(common_links);
  for (const node of nodes.values()) {
    const { group, roles } = node;
    const origin = origins.get(group);
    roles.sort(); // who publishes comes before who passes on
    if (origin) roles.push('origin');
    const removal = reached.get(group);
    Object.assign(node, {
      uncertain: origin?.certain === false,
      because: origin?.because,
      common_link: common.has(group),
      set_aside: isSetAside([group]),
      out_of_reach: !removal,
      without: removal,
    });
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()], common_links, circular, folds: [] };
}

interface Branch {
  node: Node;
  /** Those who have it from the node; missing where the node was listed above. */
  below: Branch[] | undefined;
}

/** The tree of a side. A group that several have it from is listed whole once, so that the list is as long as the drawing is large. */
function treeOf(side: SideDrawing): { origins: Branch[]; others: Branch[] } {
  const nodes = new Map(side.nodes.map((node) => [node.group, node]));
  const tellers = new Map<string, string[]>();
  for (const { from, to } of side.edges) tellers.set(to, [...(tellers.get(to) ?? []), from]);
  const listed = new Set<string>();
  const branch = (node: Node): Branch => {
    if (listed.has(node.group)) return { node, below: undefined };
    listed.add(node.group);
    return { node, below: (tellers.get(node.group) ?? []).flatMap((group) => nodes.get(group) ?? []).map(branch) };
  };
  const origins = side.nodes.filter(({ roles }) => roles.includes('origin')).map(branch);
  const others = side.nodes.filter(({ group }) => !listed.has(group)).flatMap((node) => (listed.has(node.group) ? [] : [branch(node)]));
  return { origins, others };
}

export function Outline({ side, facts, label }: { side: SideDrawing; facts: SideFacts; label: string }) {
  const { origins, others } = treeOf(side);
  return (
    <div class="outline">
      <ul aria-label={label}>
        <Items branches={origins} side={side} facts={facts} />
      </ul>
      {others.length > 0 && (
        <>
          <h4>{w.circleRoot}</h4>
          <ul>
            <Items branches={others} side={side} facts={facts} />
          </ul>
        </>
      )}
    </div>
  );
}

interface Shown {
  side: SideDrawing;
  facts: SideFacts;
}

/** Branches one after the other; those that the drawing has on one card are together, and listed once somebody wants them. */
function Items({ branches, from, ...shown }: Shown & { branches: readonly Branch[]; from?: string }) {
  const listed = new Map<string, Branch[]>();
  for (const branch of branches) {
    const { fold, group } = branch.node;
    const key = fold === undefined ? group : `fold ${fold}`;
    listed.set(key, [...(listed.get(key) ?? []), branch]);
  }
  return [...listed].map(([key, alike]) =>
    alike.length > 1 ? (
      <Folded key={alike.map(({ node }) => node.group).sort()[0]} branches={alike} from={from} {...shown} />
    ) : (
      alike.map((branch) => <Item key={key} branch={branch} {...shown} />)
    ),
  );
}

function Folded({ branches, from, side, facts }: Shown & { branches: readonly Branch[]; from: string | undefined }) {
  const open = useSignal(false);
  const shown = useSignal(unfoldedAtOnce);
  const rest = side.folds[branches[0]?.node.fold ?? 0]?.kind === 'rest';
  const groups = branches.map(({ node }) => node.group);
  const aside = isSetAside(groups);
  return (
    <li>
      <p class={aside ? 'struck' : ''}>
        <button type="button" class="name" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
          <FoldName count={groups.length} rest={rest} {...(from && { from: [from] })} />
        </button>
        {aside && <strong class="marks">{w.setAsideWord}</strong>}
        <AsideButton of={groups} />
      </p>
      {open.value && (
        <ul>
          {branches.slice(0, shown.value).map((branch) => (
            <Item key={branch.node.group} branch={branch} side={side} facts={facts} />
          ))}
          {branches.length > shown.value && (
            <li>
              <button type="button" class="more" onClick={() => (shown.value += unfoldedAtOnce)}>
                {w.showMore}
              </button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

function Item({ branch: { node, below }, side, facts }: Shown & { branch: Branch }): ComponentChildren {
  const name = useName();
  if (!below)
    return (
      <li>
        <p>
          <GroupName id={node.group} /> <span class="quiet">{w.shownAbove}</span>
        </p>
      </li>
    );
  return (
    <li>
      <p class={node.set_aside ? 'struck' : ''}>
        <GroupName id={node.group} /> <Marks node={node} facts={facts} />
        <span class="quiet">{w.attributions(node.attributions)}</span>
        {node.first && <span class="quiet">{w.since(<When from={node.first} to={node.first} />)}</span>}
        {node.without && <span class="quiet">{costOf(node, facts)}</span>}
        <AsideButton of={[node.group]} name={name(node.group)} title={costOf(node, facts)} />
      </p>
      <Members node={node} />
      {below.length > 0 && (
        <ul>
          <Items branches={below} from={node.group} side={side} facts={facts} />
        </ul>
      )}
    </li>
  );
}

/** Those who speak as a group, where that is not just the one that names it. */
function Members({ node: { group, members } }: { node: Node }) {
  const name = useName();
  if (members.length === 1 && members[0] === group) return null;
  return (
    <p class="quiet members">
      {members.map((id) => (
        <bdi key={id}>{name(id)}</bdi>
      ))}
    </p>
  );
}
