/** The words of a group: each attribution that passes it, in the words of the document. */
import type { Attribution, Node, SideName, Testimony, TimelineEntry } from '@headwater/client';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { service, useLoad } from '../api';
import { hasArabic, list, messages as m } from '../language';
import { Chain, Content, LinkTo, When } from '../parts';
import { AsideButton, costOf, Marks, type SideFacts, waysTo } from './group';
import { words as w } from './messages';
import { useName, type View } from './parts';
import { unselect } from './question';

/** How many attributions are shown with their words. */
const shownAtOnce = 12;

interface PanelProps {
  group: string;
  view: View;
  timeline: readonly TimelineEntry[];
  factsOf: (side: SideName) => SideFacts;
}

export function Panel({ group, view, timeline, factsOf }: PanelProps) {
  const name = useName();
  const title = useRef<HTMLHeadingElement>(null);
  const sides = (['affirming', 'denying'] as const).flatMap((side) => {
    const node = view.drawing[side].nodes.find((one) => one.group === group);
    const passing = view.report[side].evidence.filter(({ group_walk }) => group_walk.includes(group));
    return node ? [{ side, node, passing }] : [];
  });
  const ids = sides.flatMap(({ passing }) => passing.map(({ attribution }) => attribution)).slice(0, shownAtOnce);
  const loaded = useLoad(ids.length > 0 ? ids.join() : undefined, async (signal) => {
    const { data } = await service.listAttributions({ query: { id: ids, limit: shownAtOnce, fields: ['content'] }, signal });
    return new Map(data.items.map((one) => [one.id, one]));
  });
  useLayoutEffect(() => {
    title.current?.focus({ preventScroll: true });
    title.current?.scrollIntoView({ block: 'nearest' }); // it may stand far below the name that leads here
  }, [group]);
  const close = () => unselect(group);
  if (sides.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="panel-title" onKeyDown={(event) => event.key === 'Escape' && close()}>
      <h3 id="panel-title" ref={title} tabIndex={-1}>
        {w.panelTitle(
          <LinkTo path={['sources', group]}>
            <bdi>{name(group)}</bdi>
          </LinkTo>,
        )}
      </h3>
      {sides.map(({ side, node, passing }) => (
        <div key={side} class="words-of">
          <h4>{w.sides[side]}</h4>
          <p>
            <Marks node={node} facts={factsOf(side)} />
          </p>
          {node.because && <p>{w.because[node.because.code] ?? node.because.detail}</p>}
          <Neighbours node={node} view={view} side={side} />
          {node.without && <p class="quiet">{costOf(node, factsOf(side))}</p>}
          <Content of={{ ...loaded, data: ids.length > 0 ? loaded.data : new Map<string, Attribution>() }}>
            {(found) => (
              <ul class="quotes">
                {passing
                  .filter(({ attribution }) => ids.includes(attribution))
                  .map((testimony) => (
                    <QuoteOf
                      key={testimony.attribution}
                      testimony={testimony}
                      attribution={found.get(testimony.attribution)}
                      entry={timeline.find((one) => one.attribution === testimony.attribution)}
                    />
                  ))}
              </ul>
            )}
          </Content>
          {passing.length > shownAtOnce && (
            <p class="quiet">
              <a href="#evidence">{w.others(passing.length - shownAtOnce)}</a>
            </p>
          )}
        </div>
      ))}
      <p class="actions">
        <AsideButton of={[group]} name={name(group)} />
        <button type="button" onClick={close}>
          {m.close}
        </button>
      </p>
    </section>
  );
}

/** From whom a group has it, and who has it from the group. */
function Neighbours({ node: { group, members }, view, side }: { node: Node; view: View; side: SideName }) {
  const name = useName();
  const { edges } = view.drawing[side];
  const joints = (here: 'from' | 'to', there: 'from' | 'to') =>
    edges.filter((edge) => edge[here] === group).map((edge) => ({ name: <bdi>{name(edge[there])}</bdi>, edges: [edge] }));
  return (
    <>
      {(members.length > 1 || members[0] !== group) && <p>{w.speaksAs(list(members.map((id) => <bdi key={id}>{name(id)}</bdi>)))}</p>}
      <p class="ways">
        {waysTo(joints('from', 'to'), joints('to', 'from')).map((sentence) => (
          <span>{sentence}</span>
        ))}
      </p>
    </>
  );
}

interface QuoteProps {
  testimony: Testimony;
  attribution: Attribution | undefined;
  entry: TimelineEntry | undefined;
}

/** When an attribution appeared. That it is undated is said only once that is known. */
export function Appeared({ entry }: { entry: TimelineEntry | undefined }) {
  if (!entry) return <>…</>;
  return entry.earliest || entry.latest ? <When from={entry.earliest} to={entry.latest} /> : <>{w.undated}</>;
}

function QuoteOf({ testimony, attribution, entry }: QuoteProps) {
  const name = useName();
  return (
    <li>
      <LinkTo path={['documents', testimony.document]} query={{ attribution: testimony.attribution }}>
        <Appeared entry={entry} />
      </LinkTo>{' '}
      {attribution?.content ? <Words attribution={attribution} around /> : <span class="quiet">{w.noWords}</span>}
      <Chain walk={testimony.walk.map((id) => [name(id)])} />
    </li>
  );
}

/** The words of an attribution as they stand in the document, some of what is around them if that is wanted. */
export function Words({ attribution: { content }, around }: { attribution: Attribution; around?: boolean }) {
  if (!content) return <span class="quiet">{w.noWords}</span>;
  const arabic = hasArabic(content.exact);
  return (
    <bdi class="words" lang={arabic ? 'ar' : undefined} dir={arabic ? 'rtl' : 'ltr'}>
      {around && content.prefix && <span class="quiet">…{content.prefix}</span>}
      <mark>{content.exact}</mark>
      {around && content.suffix && <span class="quiet">{content.suffix}…</span>}
    </bdi>
  );
}
