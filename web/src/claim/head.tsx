/** The head of a claim's page: what is said, how it stands, why the interval is as wide as it is, and what would narrow it. */
import type { ClaimDetail, OpenQuestion, Quantity, Report, Side } from '@headwater/client';
import type { ComponentChildren } from 'preact';
import { here } from '../address';
import { directionOf, inOrder, list, number } from '../language';
import { Lazy } from '../lazy';
import { Code, Heading, Interval, Keeping, LinkTo, OtherWordings, Range, StandingWord, statementText, When } from '../parts';
import { useTyped } from '../typed';
import { words as w } from './messages';
import { GroupName, groupNames } from './parts';

export function Head({ claim, again }: { claim: ClaimDetail; again: () => void }) {
  const editing = useTyped('editing', false);
  const [first] = inOrder(claim.statement);
  const time = claim.event_time;
  return (
    <>
      <Heading title={statementText(claim.statement)}>
        <span lang={first?.[0]} dir={directionOf(first?.[0] ?? '')}>
          {first?.[1]}
        </span>
      </Heading>
      <OtherWordings texts={claim.statement} />
      <p class="facts quiet">
        {(time?.start || time?.end) && (
          <span>{w.happened(<When from={time.start} to={time.end ?? time.start} />)}</span>
        )}
        {claim.quantities?.map((quantity, i) => (
          <span key={i}>
            <QuantityOf quantity={quantity} />
          </span>
        ))}
        {claim.places && <span>{list(claim.places.map((place) => <bdi key={place}>{place}</bdi>))}</span>}
        {claim.scope && <span>{w.scope(<bdi>{claim.scope}</bdi>)}</span>}
        <Keeping resource="claim" id={claim.id} editing={editing} />
      </p>
      {editing.value && <Lazy load={() => import('../edit/claim')} props={{ claim, again, close: () => (editing.value = false) }} />}
    </>
  );
}

const comparators: Record<string, string> = { '=': '', '~': '≈ ', '>': '> ', '>=': '≥ ', '<': '< ', '<=': '≤ ' };

export function QuantityOf({ quantity: { value, high, comparator, unit, of } }: { quantity: Quantity }) {
  const amount =
    comparator === 'range' && high !== undefined ? `${number(value)}–${number(high)}` : `${comparators[comparator] ?? ''}${number(value)}`;
  return (
    <>
      <Code>{amount}</Code> <bdi lang="en">{[unit, of].filter(Boolean).join(', ')}</bdi>
    </>
  );
}

/** How it stands, in sentences whose figures lead to what they are made of. `before` is the report with nothing set aside. */
export function StandingSentence({ report, before }: { report: Report; before: Report | undefined }) {
  const { affirming, denying, shared, questioning } = report;
  const toEvidence = (text: string) => <a href="#evidence">{text}</a>;
  const toOrigins = (text: string) => <a href="#origins">{text}</a>;
  const sentence = (side: Side, say: typeof w.sideFor) =>
    say(
      side.attributions,
      toEvidence,
      side.independent_origins.min,
      side.independent_origins.max,
      toOrigins,
      side.common_links.length > 0 && side.independent_origins.max > 1 ? groupNames(side.common_links) : undefined,
    );
  return (
    <div class="sentence">
      <p class="verdict">
        <StandingWord standing={report.standing} /> <span>{w.standingSentences[report.standing] ?? ''}</span>
      </p>
      <p>
        {affirming.attributions > 0 ? sentence(affirming, w.sideFor) : w.nobodyFor}{' '}
        <Figures of={affirming} before={before?.affirming} name="affirming" />
      </p>
      <p>
        {denying.attributions > 0 ? sentence(denying, w.sideAgainst) : w.nobodyAgainst}{' '}
        <Figures of={denying} before={before?.denying} name="denying" />
      </p>
      {shared.origins.length > 0 && <p>{w.sharedOrigins(groupNames(shared.origins))}</p>}
      {shared.carriers.length > 0 && <p>{w.sharedCarriers(groupNames(shared.carriers))}</p>}
      {questioning.attributions > 0 && <p class="quiet">{w.questioned(questioning.attributions)}</p>}
    </div>
  );
}

/** What a side was before, where its figures are others now. */
export function movedFrom(before: Side | undefined, now: Side): Side | undefined {
  const figures = ({ independent_origins: { min, max }, lines }: Side) => [min, max, lines].join();
  return before && figures(before) !== figures(now) ? before : undefined;
}

/** A side's interval; where it has changed, with what it was before. */
function Figures({ of: now, before, name }: { of: Side; before: Side | undefined; name: string }) {
  const was = movedFrom(before, now);
  return (
    <span class="now" data-side={name}>
      <Interval of={now.independent_origins} />
      {was && <s class="quiet">{w.was(<Range {...was.independent_origins} />)}</s>}
    </span>
  );
}

/** The interval by cause: who is an origin for sure, who perhaps, and why. */
export function Causes({ side }: { side: Side }) {
  const { min, max, exact } = side.independent_origins;
  const sure = side.origin_details.filter(({ certain }) => certain);
  const perhaps: ComponentChildren[] = side.origin_details
    .filter(({ certain }) => !certain)
    .map(({ group, because }) => w.uncertainBecause(because.code, <GroupName key={group} id={group} />));
  for (const circle of side.ungrounded) perhaps.push(w.circleOf(groupNames(circle)));
  return (
    <>
      {sure.length > 0 && <p>{w.surely(sure.length, min, groupNames(sure.map(({ group }) => group)))}</p>}
      {perhaps.length > 0 && <p>{max > min ? w.perhaps(max - min, list(perhaps)) : w.perhapsNone(list(perhaps))}</p>}
      {!exact && <p class="quiet">{w.notExact}</p>}
    </>
  );
}

/** How many open questions of a kind are listed; those that move most come first. */
const mostQuestions = 30;

/** What somebody could find out, what moves the interval most first, each with a link to where one does it. */
export function Narrowing({ id, side, about }: { id: string; side: Side; about: (question: OpenQuestion) => ComponentChildren }) {
  const { min, max } = side.independent_origins;
  const moves = ({ effect, not_worked_out }: OpenQuestion) =>
    not_worked_out === true || !effect || [effect.if_same, effect.if_other].some((outcome) => outcome.min !== min || outcome.max !== max);
  const moving = side.open_questions.filter(moves);
  const still = side.open_questions.filter((question) => !moves(question));
  const item = (question: OpenQuestion, i: number) => (
    <li key={i}>
      <span>
        {question.circle ? (
          <a href={here({ card: question.circle[0] })}>{w.questions(question.code, about(question))}</a>
        ) : (
          <LinkTo path={placeOf(question)} query={question.link ? { claim: id } : {}}>
            {w.questions(question.code, about(question))}
          </LinkTo>
        )}
      </span>{' '}
      <EffectOf question={question} />
    </li>
  );
  const rest = ({ length }: readonly OpenQuestion[]) => length > mostQuestions && <p class="quiet">{w.others(length - mostQuestions)}</p>;
  return (
    <>
      {moving.length > 0 && (
        <>
          <ol class="narrowing">{moving.slice(0, mostQuestions).map(item)}</ol>
          {rest(moving)}
        </>
      )}
      {still.length > 0 && (
        <details class="quiet">
          <summary>{w.movesNothing(still.length)}</summary>
          <ul class="narrowing">{still.slice(0, mostQuestions).map(item)}</ul>
          {rest(still)}
        </details>
      )}
    </>
  );
}

function placeOf({ source, document, link }: OpenQuestion): string[] | undefined {
  if (source) return ['sources', source];
  if (document) return ['documents', document];
  return link ? ['review'] : undefined;
}

function EffectOf({ question: { effect } }: { question: OpenQuestion }) {
  if (!effect) return null;
  const range = ({ min, max }: { min: number; max: number }) => <Range min={min} max={max} />;
  const { if_same: same, if_other: other } = effect;
  return (
    <span class="effect" title={w.effectTitle}>
      {same.min === other.min && same.max === other.max ? range(same) : w.effect(range(same), range(other))}
    </span>
  );
}
