/** What the page of a claim says in English. */
import type { ComponentChildren } from 'preact';
import { count } from '../messages/plural';

type Children = ComponentChildren;
type Words = Readonly<Record<string, string>>;

const origins = (min: number, max: number): string => {
  if (max === 0) return 'no origin';
  if (min === max) return count(max, { one: '# origin', other: '# independent origins' });
  return min === 0 ? count(max, { one: 'at most # independent origin', other: 'at most # independent origins' })
    : `at least ${min} and at most ${max} independent origins`;
};

const attributions = (n: number): string => count(n, { one: '# attribution', other: '# attributions' });

const lines = (n: number): string => count(n, { one: '# line', other: '# lines' });

/** How something is told on, as a curve of the drawing shows it too. */
const styles = { says: 'said', reports: 'reported', implied: 'implied', hearsay: 'hearsay', reprint: 'reprinted' };

export const en = {
  // the head
  happened: (when: Children): Children => ['Happened ', when],
  scope: (scope: Children): Children => ['Within ', scope],
  standingSentences: {
    contested: 'There are people on record on both sides.',
    denied: 'Nobody on record says it, and somebody denies it.',
    unattributed: 'Nobody says it and nobody denies it, as far as anything here shows.',
    no_origin_left: 'What remains rests on what was withdrawn or set aside.',
    circular: 'Those who tell it have it from one another.',
    corroborated: 'It has independent origins, and more than one way to them.',
    single_carrier: 'It has several origins, but every way to them leads over the same carrier.',
    possibly_corroborated: 'It has more than one origin, if the uncertain ones are somebody else.',
    single_origin: 'However many repeat it, it is one voice.',
  } as Words,
  sideFor: (n: number, link: (text: string) => Children, min: number, max: number, origin: (text: string) => Children,
    carriers: Children | undefined): Children => [
    link(attributions(n)), n === 1 ? ' for it comes from ' : ' for it come from ',
    origin(origins(min, max)), carriers ? [', all over ', carriers, '.'] : '.',
  ],
  sideAgainst: (n: number, link: (text: string) => Children, min: number, max: number, origin: (text: string) => Children,
    carriers: Children | undefined): Children => [
    link(attributions(n)), n === 1 ? ' against it comes from ' : ' against it come from ',
    origin(origins(min, max)), carriers ? [', all over ', carriers, '.'] : '.',
  ],
  nobodyFor: 'Nobody on record says it.',
  nobodyAgainst: 'Nobody on record denies it.',
  sharedOrigins: (names: Children): Children => [names, ' stands at the origin of both sides.'],
  sharedCarriers: (names: Children): Children => ['Both sides come over ', names, '.'],
  was: (before: Children): Children => ['before: ', before],
  questioned: (n: number): string => count(n, { one: '# attribution questions it.', other: '# attributions question it.' }),

  // the interval by cause
  causesTitle: 'The origins',
  surely: (n: number, min: number, names: Children): Children => (n === min
    ? [count(n, { one: 'For sure: ', other: '# for sure: ' }), names, '.']
    : [`${min} for sure, since of these some depend on one another: `, names, '.']),
  perhaps: (n: number, names: Children): Children => [count(n, { one: 'Up to # more: ', other: 'Up to # more: ' }), names, '.'],
  perhapsNone: (names: Children): Children => ['Perhaps no more: ', names, '.'],
  uncertainBecause: (code: string, name: Children): Children => {
    if (code === 'anonymous') return [name, ' (nobody knows who)'];
    if (code === 'hearsay') return [name, ' (has it from hearsay)'];
    return name;
  },
  circleOf: (names: Children): Children => ['a circle of ', names, ' that cite only each other'],
  notExact: 'The true figures lie within these bounds.',

  // what would narrow it
  narrowTitle: 'What would narrow it',
  questions: (code: string, about: Children): Children => {
    switch (code) {
      case 'anonymous_source': return ['Find out who ', about, ' is'];
      case 'hearsay_ending': return ['Find out from whom ', about, ' has it'];
      case 'control_not_reviewed': return ['Look up who controls ', about];
      case 'undated_document': return ['Date the document of ', about];
      case 'proposed_link':
      case 'proposed_link_to_withdrawn':
      case 'proposed_link_unexamined': return ['Decide the proposed link with ', about];
      case 'ungrounded_circle': return ['Find out who told it first: ', about, ' have it from one another'];
      default: return about;
    }
  },
  effect: (same: Children, other: Children): Children => [same, ' or ', other],
  effectTitle: 'Independent origins under either answer',
  movesNothing: (n: number): string => count(n, {
    one: '# more question that moves no end of the interval', other: '# more questions that move no end of the interval',
  }),

  // the question
  toolbar: 'What is counted',
  asOf: 'As of',
  asOfToday: 'today',
  play: 'Day by day',
  stop: 'Stop',
  asOfText: (day: string, n: number, min: number, max: number): string => `${day}: ${attributions(n)}, ${origins(min, max)}`,
  proposedToggle: 'Count proposals as if accepted',
  proposedBanner: 'Proposals are counted here as if somebody had accepted them.',
  setAsideBanner: (names: Children): Children => ['Set aside: ', names, '.'],
  putBack: (name: string): string => `Put ${name} back`,
  putAllBack: 'Put all back',
  changed: (min: number, max: number, n: number, minBefore: number, maxBefore: number, before: number): string =>
    `Now ${origins(min, max)} and ${lines(n)}; before, ${origins(minBefore, maxBefore)} and ${lines(before)}.`,

  // the drawing
  graphTitle: 'Who has it from whom',
  sides: { affirming: 'For it', denying: 'Against it', questioning: 'Questions it' } as Words,
  sideSummary: (min: number, max: number, n: number): string => `${origins(min, max)}, ${lines(n)}`,
  asDrawing: 'Drawing',
  asList: 'List',
  viewLabel: 'How it is shown',
  nobodyHere: 'Nobody is on record on this side.',
  addWords: 'Add whose words these are, in a document',
  columns: { readers: 'Publishers', between: 'Pass it on', origins: 'Origins' } as Words,
  roles: { publisher: 'publishes', relay: 'passes it on', origin: 'origin' } as Words,
  uncertainOrigin: 'uncertain origin',
  commonLink: 'on every way',
  inCircle: 'in a circle',
  outOfReach: 'no longer reached',
  setAsideWord: 'set aside',
  foldAlike: (n: number, names: Children): Children => [count(n, { one: '# source, from ', other: '# sources, from ' }), names],
  foldAlone: (n: number): string => count(n, { one: '# source alike', other: '# sources alike' }),
  unfold: 'Show them',
  costs: (min: number, max: number, n: number): string => `Without it: ${origins(min, max)}, ${lines(n)}`,
  costsNothing: 'Without it nothing changes',
  mostCostly: 'most rests on it',
  since: (day: Children): Children => ['since ', day],
  attributions,
  setAside: (name: string): string => `Set ${name} aside`,
  setAsideAll: (n: number): string => count(n, { one: 'Set # source aside', other: 'Set # sources aside' }),
  putBackAll: (n: number): string => count(n, { one: 'Put # source back', other: 'Put # sources back' }),
  tooManyAside: (n: number): string => `More than ${n} sources cannot be set aside at once`,
  tooManyShort: (n: number): string => `Too many: ${n} at most`,
  setAsideShort: 'Set aside',
  putBackShort: 'Put back',
  tells: (names: Children): Children => ['Passed on by ', names],
  hasFrom: (names: Children): Children => ['Has it from ', names],
  way: (name: Children, n: number, how: readonly (keyof typeof styles)[]): Children =>
    [name, ` (${[attributions(n), ...how.map((one) => styles[one])].join(', ')})`],
  shownAbove: 'shown above',
  outlineLabel: 'Origins, and below each who passes it on',
  circleRoot: 'No origin: they have it from one another',
  keyAside: 'Set aside, or put back',
  keyView: 'Drawing or list',
  keyDates: 'Columns by date',
  keyOpen: 'Open the document',
  exportTable: 'Evidence as a table (CSV)',
  keyEvidence: 'Go to the evidence',

  // the words of a card
  panelTitle: (name: Children): Children => ['The words of ', name],
  because: {
    vouched: 'It says that it was there, or has a record.', own_word: 'Nothing says that it had this from another.',
    one_voice: 'Its members quote only one another.', anonymous: 'Nobody knows who this is.',
    hearsay: 'It has this from hearsay, and from whom is not said.',
  } as Words,
  speaksAs: (members: Children): Children => ['Speaks for: ', members],

  // contradictions
  againstTitle: 'Contradictions, side by side',
  tensionsTitle: 'In tension',
  direct: 'Both cannot be true',
  tension: 'Hard to reconcile',
  thisClaim: 'This claim',
  otherClaim: 'The other one',
  bothFrom: (names: Children): Children => ['Both come from ', names],
  bothOver: (names: Children): Children => ['Both come over ', names],
  nothingShared: 'Neither an origin nor a carrier in common',
  decidedBy: (who: Children): Children => ['found by ', who],
  contradictionsNone: 'No claim contradicts it.',

  // evidence
  evidenceTitle: 'Evidence',
  evidenceCount: attributions,
  evidenceOnly: (name: Children): Children => ['Only what passes ', name, '.'],
  evidenceAll: 'Show all',
  colDay: 'Published',
  colSide: 'Side',
  colPublisher: 'Publisher',
  colWords: 'Words',
  colChain: 'From whom',
  sortBy: (column: string): string => `Sort by: ${column}`,
  undated: 'undated',
  viaLinks: (statement: Children): Children => ['counts because of ', statement],
  withdrawn: 'withdrawn',
  noWords: 'no text stored',
  proposedMark: 'proposed',
  showMore: 'Show more',
  anomalies: (code: string, values: Partial<Record<'said' | 'passed' | 'published' | 'event' | 'sources', Children>>): Children => {
    switch (code) {
      case 'said_after_quoted': return ['Said on ', values.said, ' at the earliest, after ', values.passed, ', when it was passed on.'];
      case 'said_after_publication':
        return ['Said on ', values.said, ' at the earliest, after it was published on ', values.published, '.'];
      case 'published_before_event': return ['Published on ', values.published, ', before it happened on ', values.event, '.'];
      case 'text_hash_mismatch': return 'The document’s text is not the one that was hashed.';
      case 'control_loop': return ['These control one another: ', values.sources, '.'];
      default: return code;
    }
  },
  anomaliesTitle: 'What does not fit together',

  // timeline
  timelineTitle: 'Timeline',
  timelineFirst: (entry: Children): Children => ['First: ', entry, '.'],
  others: (n: number): string => count(n, { one: 'and # more', other: 'and # more' }),
  timelineUndated: (names: Children): Children => ['Undated: ', names, '.'],
  lanes: { origin: 'Own word', relay: 'Passed on', publisher: 'Repeated' } as Words,

  // support and exports
  supportTitle: 'Support: an aid, not the truth',
  supportText: (belief: string, disbelief: string, uncertainty: string): string =>
    `By subjective logic: belief ${belief}, disbelief ${disbelief}, uncertainty ${uncertainty}.`,
  supportUngraded: 'No source is graded, so nothing can be said of it.',
  supportSteps: 'Its steps stand in the report.',
  exportsTitle: 'Take it along',
  exportBundle: 'Facts, as a bundle',
  exportReport: 'Report (JSON)',
  exportMermaid: 'Drawing (Mermaid)',
  exportDot: 'Drawing (Graphviz)',
  exportCard: 'Card to share',
  exportPrint: 'Print',
  stateOf: (hash: Children): Children => ['State of the facts: ', hash],
  notVerdict: 'The figures say where a claim comes from. They are not a verdict on its truth.',
};

/** What every language says on this screen. */
export type ClaimMessages = typeof en;
