/** What the screen of a document says in English. */
import type { ComponentChildren } from 'preact';
import { count } from '../messages/plural';

type Children = ComponentChildren;
type Words = Readonly<Record<string, string>>;

export const en = {
  // the head
  untitled: 'Document',
  publishedBy: (source: Children): Children => ['Published by ', source],
  undated: 'No day of publication is known',
  archived: 'Archived copy',
  retracted: 'Withdrawn',
  derivedFrom: (document: Children): Children => ['Taken from ', document],
  shared: (share: string, n: number): string => (n > 0
    ? count(n, { one: '# passage, ~ of its words, stands in what it was taken from too',
      other: '# passages, ~ of its words, stand in what it was taken from too' }).replace('~', share)
    : 'No five words in a row stand in what it was taken from too'),
  hash: (sha256: Children, letters: string): Children => [`The text has ${letters} code points; its SHA-256 is `, sha256, '.'],
  kinds: {
    article: 'Article', wire: 'Wire story', broadcast: 'Broadcast', post: 'Post', press_release: 'Press release', report: 'Report',
    transcript: 'Transcript', interview: 'Interview', record: 'Record', other: 'Document',
  } as Words,

  // the text
  noText: 'The text of this document is not stored here, so that its attributions cannot be marked in it. They are listed on their own.',
  findWords: 'Find words in this text',
  hitsCount: (n: number): string => count(n, { one: 'The words are in the text once.', other: 'The words are in the text # times.' }),
  pickHit: 'Use these words',
  tellMarks: 'Say at each mark which one it is',
  markNumber: (numbers: readonly number[], total: number): string => `mark ${numbers.join(' and ')} of ${total}`,
  keyNextMark: 'Next mark',
  keyPreviousMark: 'Previous mark',
  lostTitle: (n: number): string => count(n, { one: '# attribution whose words are lost', other: '# attributions whose words are lost' }),
  findAgain: 'Find them again',

  // picking words
  pickedLabel: 'The words that you picked',
  useContent: 'Attribute',
  useDate: 'Date',
  asSelected: 'Just as selected',
  letGo: 'Let go',

  // the margin
  attributionsTitle: (n: number): string => count(n, { one: '# attribution', other: '# attributions' }),
  nobody: 'No words of this document are attributed to anybody yet. Select some, or find them, to begin.',
  showInText: 'Show in the text',
  ownVoice: 'The publisher says this in its own voice.',
  cue: 'Cue',
  setting: 'Setting',
  evidence: 'Evidence',
  date: 'When it happened',
  stances: { affirms: 'Says', denies: 'Denies', questions: 'Questions' } as Words,
  statuses: { proposed: 'proposed', accepted: 'accepted', rejected: 'rejected' } as Words,
  acts: {
    publishes: 'publishes', says: 'says', announces: 'announces', reports: 'reports', quotes: 'quotes', claims: 'claims',
      accuses: 'accuses',
    condemns: 'condemns', confirms: 'confirms', denies: 'denies', doubts: 'doubts', believes: 'believes', estimates: 'estimates',
      warns: 'warns',
    promises: 'promises', asks: 'asks', orders: 'orders', implies: 'implies', according_to: 'according to', other: 'other',
  } as Words,
  certainties: { certain: 'certain', probable: 'probable', possible: 'possible', unknown: 'certainty unknown' } as Words,
  evidences: { unstated: 'not stated', firsthand: 'firsthand', record: 'from a record', hearsay: 'from hearsay' } as Words,

  // a new attribution
  draftTitle: 'New attribution',
  claimLabel: 'Claim',
  claimHint: 'Type words of the claim, or a statement of a new one.',
  claimChosen: 'A claim that is known.',
  claimNew: 'A new claim is made with this statement.',
  stanceLabel: 'Stance',
  chainTitle: 'Who has it from whom',
  sourceLabel: 'Source',
  newSource: 'A new source, of this kind',
  chooseKind: 'Which kind?',
  actLabel: 'Act',
  certaintyLabel: 'Certainty',
  evidenceLabel: 'Knows it',
  describedAs: 'Described as',
  addHop: 'Add who they have it from',
  removeHop: 'Remove',
  chainHint: 'Select words of the text for the last source’s cue, evidence or date.',
  previewTitle: 'What it would change',
  previewNew: 'What it would change is told here once a claim that is stored was chosen and each source has a name.',
  save: 'Save as proposed',
  discard: 'Discard',
};

/** What every language says. */
export type DocumentMessages = typeof en;
