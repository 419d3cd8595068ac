/** One proposal, as much of it as a decision needs: both sides with what differs, the words and their chain, why, and what it changes. */
import type { Attribution, ClaimCard, Document, IdentityMatch, Link, ListedClaim, QueuedProposal, SourceCard } from '@headwater/client';
import { Fragment, type ComponentChildren } from 'preact';
import { QuantityOf } from '../claim/head';
import { Effects } from '../effect';
import { sourceKinds } from '../kinds';
import { directionOf, inOrder, list, number } from '../language';
import { Chain, Code, LinkTo, Name, nameOf, Statement, When } from '../parts';
import { words as w } from './messages';

/** What the proposals of the queue name. */
export interface Named {
  claims: Record<string, ClaimCard>;
  /** The claims at the ends of links, with their numbers, times and places. */
  facts: Map<string, ListedClaim>;
  sources: Record<string, SourceCard>;
  documents: Map<string, Document>;
}

/** Names what is asked: the kind of a link or a match, or the stance of an attribution. */
export const questionOf = ({ link, attribution, match }: QueuedProposal): string =>
  w.questions[link?.kind ?? match?.kind ?? attribution?.stance ?? ''] ?? '';

/** The claims whose figures a proposal is about. */
export const claimsNamed = ({ link, attribution }: QueuedProposal): string[] =>
  link ? [link.from, link.to] : attribution ? [attribution.claim] : [];

export function Proposal({ proposal, named }: { proposal: QueuedProposal; named: Named }) {
  const { link, attribution, match, effects, not_worked_out } = proposal;
  return (
    <>
      {link && <Ends link={link} named={named} />}
      {attribution && <Words attribution={attribution} named={named} />}
      {match && <Two match={match} named={named} />}
      <Reason of={link ?? match ?? attribution} />
      {!match && (
        <>
          <h3>{w.effectTitle}</h3>
          {not_worked_out ? <p class="quiet">{w.notWorkedOut}</p> : <Effects of={effects} claims={named.claims} />}
        </>
      )}
    </>
  );
}

type Row = readonly [label: string, first: ComponentChildren, second: ComponentChildren, differs: boolean];

/** Two things in two columns, a row for each thing that is known of them; what differs is marked. */
function Compared({
  heads,
  rows,
}: {
  heads: readonly ComponentChildren[];
  rows: readonly Row[];
}) {
  return (
    <table class="compared">
      <thead>
        <tr>
          <td />
          {heads.map((head, i) => (
            <th key={i} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([label, first, second, differs]) => (
          <tr key={label} class={differs ? 'differs' : ''}>
            <th scope="row">
              {label} {differs && <span class="sign">{w.differs}</span>}
            </th>
            <td>{first}</td>
            <td>{second}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Ends({ link, named }: { link: Link; named: Named }) {
  const [a, b] = [named.facts.get(link.from), named.facts.get(link.to)];
  const row = (
    label: string,
    of: (claim: ListedClaim | undefined) => ComponentChildren,
    text: (claim: ListedClaim | undefined) => string,
  ): Row[] => {
    const [first, second] = [text(a), text(b)];
    return first || second ? [[label, of(a), of(b), first !== '' && second !== '' && first !== second]] : [];
  };
  const period = (claim: ListedClaim | undefined) =>
    [...new Set([claim?.event_time?.start, claim?.event_time?.end].filter(Boolean))].join(' – ');
  const scripts = (id: string) => <Scripts texts={named.claims[id]?.statement ?? {}} />;
  const rows: Row[] = [
    [w.statement, scripts(link.from), scripts(link.to), false],
    ...row(
      w.quantities,
      (claim) =>
        claim?.quantities?.map((one, i) => (
          <p key={i}>
            <QuantityOf quantity={one} />
          </p>
        )),
      (claim) => (claim?.quantities ?? []).map((one) => JSON.stringify(one)).join(),
    ),
    ...row(w.when, (claim) => <Code>{period(claim)}</Code>, period),
    ...row(
      w.places,
      (claim) => list((claim?.places ?? []).map((place) => <bdi key={place}>{place}</bdi>)),
      (claim) => (claim?.places ?? []).join(),
    ),
    ...row(
      w.scope,
      (claim) => <bdi>{claim?.scope}</bdi>,
      (claim) => claim?.scope ?? '',
    ),
  ];
  return (
    <Compared
      rows={rows}
      heads={[
        [link.from, w.first],
        [link.to, w.second],
      ].map(([id = '', label]) => (
        <LinkTo key={id} path={['claims', id]}>
          {label}
        </LinkTo>
      ))}
    />
  );
}

/** A statement in every language that it has, that of the page first. */
function Scripts({ texts }: { texts: Record<string, string> }) {
  return (
    <>
      {inOrder(texts).map(([tag, text], i) => (
        <p key={tag} class={i === 0 ? 'statement' : 'other'} lang={tag} dir={directionOf(tag)}>
          {text}
        </p>
      ))}
    </>
  );
}

function Words({ attribution: { id, claim, content, chain, document }, named }: { attribution: Attribution; named: Named }) {
  const found = named.documents.get(document);
  const language = found?.language ?? '';
  return (
    <>
      <p class="claimed">
        <LinkTo path={['claims', claim]}>
          <Statement texts={named.claims[claim]?.statement ?? {}} />
        </LinkTo>
      </p>
      <h3>{w.inWords}</h3>
      {content ? (
        <blockquote class="statement" lang={language || undefined} dir={language ? directionOf(language) : 'auto'}>
          <span class="quiet">{content.prefix}</span>
          <mark>{content.exact}</mark>
          <span class="quiet">{content.suffix}</span>
        </blockquote>
      ) : (
        <p class="quiet">{w.noWords}</p>
      )}
      <p class="quiet">
        {w.inDocument(
          <LinkTo path={['documents', document]} query={{ attribution: id }}>
            <bdi>{found?.title ?? document}</bdi>
          </LinkTo>,
        )}{' '}
        <When from={found?.published?.earliest} to={found?.published?.latest} />
      </p>
      <h3>{w.chain}</h3>
      <Chain walk={chain.map(({ source }) => [nameOf(named.sources[source], source), source])} />
    </>
  );
}

function Two({ match: { a, b, kind }, named }: { match: IdentityMatch; named: Named }) {
  if (kind === 'same_source') {
    const [first, second] = [named.sources[a], named.sources[b]];
    const names = (one: SourceCard | undefined) => [...new Set([one?.name ?? '', ...Object.values(one?.names ?? {})])];
    return (
      <Compared
        heads={[a, b].map((id) => (
          <LinkTo key={id} path={['sources', id]}>
            <Name source={named.sources[id]} id={id} />
          </LinkTo>
        ))}
        rows={[
          [
            w.name,
            ...([first, second].map((one) =>
              names(one).map((name) => (
                <p key={name}>
                  <bdi>{name}</bdi>
                </p>
              )),
            ) as [ComponentChildren, ComponentChildren]),
            false,
          ],
          [w.kind, ...([first, second].map((one) => sourceKinds[one?.kind ?? '']) as [string, string]), first?.kind !== second?.kind],
        ]}
      />
    );
  }
  const [first, second] = [named.documents.get(a), named.documents.get(b)];
  const when = (one: Document | undefined) => <When from={one?.published?.earliest} to={one?.published?.latest} />;
  const ends = (one: Document | undefined) => `${one?.published?.earliest} ${one?.published?.latest}`;
  return (
    <Compared
      heads={[
        [a, first],
        [b, second],
      ].map(([id, one]) => (
        <LinkTo key={String(id)} path={['documents', String(id)]}>
          <bdi>{(one as Document | undefined)?.title ?? String(id)}</bdi>
        </LinkTo>
      ))}
      rows={[
        [w.published, when(first), when(second), ends(first) !== ends(second)],
        ['URL', <Code key="a">{first?.url}</Code>, <Code key="b">{second?.url}</Code>, first?.url !== second?.url],
      ]}
    />
  );
}

/** Why it was proposed: the rationale, by which rule, and how sure that is. */
function Reason({ of }: { of: Link | IdentityMatch | Attribution | undefined }) {
  const rationale = of && ('rationale' in of ? of.rationale : 'note' in of ? of.note : undefined);
  const sure = of && ('confidence' in of ? of.confidence : 'score' in of ? of.score : undefined);
  if (!rationale && !of?.method?.name && sure === undefined) return null;
  return (
    <Fragment>
      <h3>{w.why}</h3>
      {rationale && (
        <p>
          <bdi>{rationale}</bdi>
        </p>
      )}
      <p class="quiet facts">
        {of?.method?.name && <span>{w.byRule(<bdi>{of.method.name}</bdi>)}</span>}
        {sure !== undefined && <span>{w.sure(<Code>{number(sure)}</Code>)}</span>}
      </p>
    </Fragment>
  );
}
