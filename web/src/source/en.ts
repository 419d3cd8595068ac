/** What the screen of a source says in English. */
import type { ComponentChildren } from 'preact';
import { count } from '../messages/plural';

type Children = ComponentChildren;
type Words = Readonly<Record<string, string>>;

export const en = {
  // the head
  source: 'Source',
  anonymous: 'Nobody knows who this is.',
  reliability: (grade: Children): Children => ['Reliability ', grade],
  notJudged: 'Nobody has judged its reliability.',
  aliases: (names: Children): Children => ['Also known as ', names],
  retracted: 'Withdrawn: nothing rests on it any more.',
  merged: (into: Children): Children => ['This is the same as ', into, '.'],

  // control
  controlTitle: 'Who controls it',
  day: 'On the day',
  today: 'Today',
  spokeAs: (day: Children, group: Children, n: number): Children => [
    ...(['On ', day, ' it spoke as ', group] as const), count(n, { one: ', by this relation.', other: ', by these # relations.' })],
  spokeForItself: (day: Children): Children => ['On ', day, ' it spoke for itself: no control over it is known.'],
  loop: (names: Children): Children => ['These control one another in a circle, and count as one: ', names, '.'],
  relationKinds: {
    part_of: 'is part of', controlled_by: 'is controlled by', speaks_for: 'speaks for', owned_by: 'is owned by',
      member_of: 'is a member of',
  } as Words,
  holds: 'leads to who controlled it on that day',
  holdsNot: 'gave no control on that day',
  fromDay: (day: Children): Children => ['since ', day],
  untilDay: (day: Children): Children => ['until ', day],
  alwaysSo: 'no dates known',
  addRelation: 'Add a relation of control',
  noRelations: 'No relation of control is known.',
  lookedUp: (day: Children): Children => ['Last looked up on ', day, '.'],
  neverLookedUp: 'Nobody has looked up yet who controls it.',

  // what it tells
  claimsTitle: 'What it tells',
  originality: (n?: Children, of?: Children): Children => ['Claims of which it is the origin: ', n, ', of ', of, ' that it tells.'],
  positions: { origin: 'Originates', relay: 'Passes on', publisher: 'Publishes' } as Words,
  countOf: (n: string, more: boolean): string => (more ? `${n} or more` : n),
  circles: 'In circles with',
  circlesLooked: (n: number): string => `Looked for in the first ${n} claims alone.`,
  noClaims: 'No claim.',

  // withdrawal
  impactTitle: 'If it is withdrawn',
  changes: (n: number): string => count(n, { one: '# claim changes:', other: '# claims change:' }),
  changesNone: 'No claim changes.',
  moveNothing: (n: number): string => count(n, {
    one: 'For one of them, only what counts or may count changes, and none of these figures.',
    other: 'For # of them, only what counts or may count changes, and none of these figures.',
  }),
  withdraw: 'Withdraw this source …',
  withdrawTitle: 'Withdraw this source',
  confirm: (n: number): string => `Type the number of claims that change, ${n}, to confirm.`,
  withdrawNow: 'Withdraw',
  restore: 'Restore it',
};

/** What every language says. */
export type SourceMessages = typeof en;
