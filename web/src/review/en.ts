/** What the review queue says in English. */
import type { ComponentChildren } from 'preact';
import { count } from '../messages/plural';

type Children = ComponentChildren;
type Words = Readonly<Record<string, string>>;

export const en = {
  queueLabel: 'What waits for a decision',
  waiting: (n: number, more: boolean): string => (more
    ? count(n, { one: '# proposal waits here, and more after it', other: '# proposals wait here, and more after them' })
    : count(n, { one: '# proposal waits', other: '# proposals wait' })),
  more: 'Load more',
  nothing: 'Nothing waits for a decision.',
  decidedToday: (mine: Children, others: Children): Children => ['Decided today: ', mine, ' by you, ', others, ' by others.'],
  lookForMore: 'Look for more by rule',
  found: (n: number): string => count(n, { one: 'The rules found # proposal.', other: 'The rules found # proposals.' }),
  decidedHere: (n: number): string => count(n, { one: 'You can undo # decision.', other: 'You can undo # decisions.' }),
  only: 'Only',
  everything: 'Everything',
  resources: { link: 'Links', attribution: 'Attributions', match: 'Matches' } as Words,
  aboutNoClaim: 'Sources and documents',

  // what is asked
  questions: {
    equivalent: 'Do these say the same?', refines: 'Does the first say the second, only more exactly?',
    corroborates: 'Does the first lend weight to the second?', contradicts: 'Do these contradict each other?',
    same_source: 'Is this one source?', same_document: 'Is this one document?', reprint: 'Is the first a copy of the second?',
    affirms: 'Does it say this?', denies: 'Does it deny this?', questions: 'Does it question this?',
  } as Words,
  place: (at: number, of: number): string => `${at} of ${of}`,
  statement: 'Statement',
  quantities: 'Numbers',
  when: 'When',
  places: 'Where',
  scope: 'About',
  first: 'First',
  second: 'Second',
  differs: 'differs',
  kind: 'Kind',
  name: 'Name',
  published: 'Published',
  why: 'Why it was proposed',
  byRule: (name: Children): Children => ['Proposed by ', name],
  sure: (share: Children): Children => ['sure to ', share],
  inWords: 'In these words',
  noWords: 'No words are given.',
  inDocument: (document: Children): Children => ['In ', document],
  chain: 'Who has it from whom',
  effectTitle: 'What accepting does',
  notWorkedOut: 'Too much rests on these claims to work out here what accepting does.',

  // deciding
  accept: 'Accept',
  reject: 'Reject …',
  skip: 'Later',
  edit: 'Change and accept …',
  undo: 'Undo',
  acceptAll: 'Accept alike …',
  rejectTitle: 'Why not?',
  rejectOther: 'Another reason',
  rejectNow: 'Reject',
  cancel: 'Cancel',
  reasons: ['They are not about the same', 'Another time or place', 'The numbers do not fit', 'The words do not say this',
    'The chain is not right', 'There is too little to go by'] as readonly string[],
  sent: 'Being sent …',
  statuses: { accepted: 'Accepted', rejected: 'Rejected', proposed: 'Proposed again' } as Words,
  decided: (status: string): string => `${status}.`,
  elsewhere: (status: string, by: Children, at: Children): Children => [`${status} by `, by, ' at ', at, '.'],
  late: (status: string, by: Children, at: Children): Children => [`${status} by `, by, ' at ', at, '. Your decision was not stored.'],
  notStored: 'Not stored:',
  failed: 'This was not stored.',
  onIt: (who: Children): Children => [who, ' is on this.'],
  undone: (n: number): string => count(n, { one: '# decision is undone.', other: '# decisions are undone.' }),
  nothingToUndo: 'There is nothing to undo.',

  // many at once
  allTitle: 'Accept all that this rule proposed',
  allAtLeast: 'Sure to at least',
  allList: (n: number): string => count(n, { one: '# proposal of those shown:', other: '# proposals of those shown:' }),
  allEffect: 'What accepting them together does',
  allNow: (n: number): string => count(n, { one: 'Accept # proposal', other: 'Accept # proposals' }),
  allPairs: (a: Children, b: Children): Children => [a, ' and ', b],

  // editing
  editTitle: 'Change it, then accept it',
  confidence: 'How sure, 0 to 1',
  degrees: { direct: 'direct', tension: 'tension' } as Words,
  saveAndAccept: 'Save and accept',

  keyAccept: 'Accept',
  keyReject: 'Reject',
  keyReason: (n: number): string => `Reject for reason ${n}`,
  keySkip: 'Decide later',
  keyEdit: 'Change and accept',
  keyUndo: 'Undo the last decision',
  keyNext: 'Next proposal',
  keyPrevious: 'Previous proposal',
  keyAll: 'Accept all that are alike',
};

/** What every language says. */
export type ReviewMessages = typeof en;
