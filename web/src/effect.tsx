/** What something would change: figures before and after it, for each claim that it moves. */
import type { AllFigures, ClaimCard } from '@headwater/client';
import type { ComponentChildren } from 'preact';
import { language } from './address';
import { messages as m } from './language';
import { Code, Interval, LinkTo, StandingWord, Statement } from './parts';

const en = { claim: 'Claim', before: 'Now', after: 'Then', against: 'against', nothing: 'No figure changes.' };
const ar: typeof en = { claim: 'الادعاء', before: 'الآن', after: 'بعد ذلك', against: 'ضده', nothing: 'لا يتغير أي رقم.' };
const w = language === 'ar' ? ar : en;

export interface Effect {
  claim: string;
  before: AllFigures;
  after: AllFigures;
}

/** The figures as one text, by which two of them are compared. */
const textOf = ({ standing, independent_origins: { min, max }, lines, denying }: AllFigures): string =>
  [standing, min, max, lines, denying.independent_origins.min, denying.independent_origins.max, denying.lines].join(' ');

/** Whether an effect moves figures that are shown. */
export const moves = ({ before, after }: Effect): boolean => textOf(before) !== textOf(after);

/** The effects that move figures that are shown; where there is none, that is said. */
export function Effects({ of: effects, claims }: { of: readonly Effect[]; claims: Record<string, ClaimCard> }) {
  const moving = effects.filter(moves);
  if (moving.length === 0) return <p class="quiet">{w.nothing}</p>;
  return (
    <table class="impact">
      <thead>
        <tr>
          <th scope="col">{w.claim}</th>
          <th scope="col">{w.before}</th>
          <th scope="col">{w.after}</th>
        </tr>
      </thead>
      <tbody>
        {moving.map(({ claim, before, after }) => (
          <tr key={claim}>
            <td>
              <LinkTo path={['claims', claim]}>
                {claims[claim] ? <Statement texts={claims[claim].statement} /> : <Code>{claim}</Code>}
              </LinkTo>
            </td>
            <td>
              <FiguresOf figures={before} />
            </td>
            <td>
              <FiguresOf figures={after} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function FiguresOf({ figures: { standing, independent_origins, lines, denying } }: { figures: AllFigures }): ComponentChildren {
  return (
    <>
      <StandingWord standing={standing} />
      <br />
      <Interval of={independent_origins} /> <span class="quiet">{m.linesCount(lines)}</span>
      {denying.independent_origins.max > 0 && (
        <>
          <br />
          <span class="quiet">{w.against}</span> <Interval of={denying.independent_origins} />
        </>
      )}
    </>
  );
}
