/** What the page says in English. A message is a whole sentence, or the whole of a label; no other code puts one together. */
import type { ComponentChildren } from 'preact';
import { count } from './plural';

type Children = ComponentChildren;
type Words = Readonly<Record<string, string>>;

export const en = {
  // the shell
  otherLanguage: 'العربية',
  titleOf: (screen: string): string => `${screen} – Headwater`,
  skip: 'Skip to the content',
  searchLabel: 'Search claims',
  searchHint: 'Words of a claim',
  search: 'Search',
  navLabel: 'Screens',
  navClaims: 'Claims',
  navSources: 'Sources',
  navDocuments: 'Documents',
  navReview: 'Review',
  navHistory: 'History',
  connected: 'Connected',
  offline: 'Offline',
  lastHeard: (time: string): string => `last heard ${time}`,
  busyUntil: (time: string): string => `The service is busy and is asked again at ${time}.`,
  loading: 'Loading …',
  close: 'Close',
  edit: 'Edit …',
  historyOf: 'History',
  tryAgain: 'Try again',
  copyRequest: 'Copy the request’s id',
  copied: 'Copied',
  noSuchPage: 'There is no such page',
  noSuchPageHint: 'The address is wrong, or what it led to has another one now.',
  problemOffline: 'The service cannot be reached',
  problemUnknown: 'Something went wrong',
  problems: {
    not_found: 'There is no such thing here',
    unauthorized: 'You are not signed in',
    forbidden: 'You may not do this',
    version_mismatch: 'Somebody else has changed this meanwhile',
    invalid: 'Something in it is not right',
    already_exists: 'It is there already',
    already_undone: 'It is undone already',
    changed_since: 'It was changed since',
    conflict: 'As it is now, this cannot be done',
    request_entity_too_large: 'This is too much at once',
    too_many_requests: 'Too many requests; try again shortly',
    unavailable: 'The service is busy; try again shortly',
  } as Words,

  // signing in
  signIn: 'Sign in',
  signInHint: 'An API key with the scope “write” or “review”. It begins a session of at most 12 hours; the page does not keep the key.',
  signInKey: 'API key',
  signInRefused: 'No key like this is valid here.',
  signOut: 'Sign out',
  signedOut: 'Reading only',
  openToAll: 'Open to everybody',
  scopes: { read: 'reads', write: 'writes', review: 'decides', admin: 'administers' } as Words,

  // choosing from what is found while one types
  optionsCount: (n: number): string => count(n, { one: '# found', other: '# found' }),

  // keys
  keys: 'Keys',
  keysOn: 'Use keys of one letter',
  keysDoes: 'What it does',
  keysKey: 'Key',
  keysReset: 'All keys as they were',
  keyHelp: 'Show the keys',
  keySearch: 'Search',
  keyGo: (screen: string): string => `Go to ${screen}`,
  keyNext: 'Next claim',
  keyPrevious: 'Previous claim',

  // words for values of the API
  standings: {
    contested: 'Contested', denied: 'Denied', unattributed: 'Nobody on record', circular: 'Circular', no_origin_left: 'No origin left',
    corroborated: 'Corroborated', single_carrier: 'One carrier', possibly_corroborated: 'Possibly corroborated',
    single_origin: 'One origin',
  } as Words,
  statuses: { active: 'Active', merged: 'Merged', retracted: 'Retracted' } as Words,

  // figures
  origins: 'Independent origins',
  intervalTitle: 'Independent origins: full squares are certain, empty ones possible',
  forAgainst: (n: number, against: number): string => `${n} for, ${against} against`,
  lastChanged: (day: Children): Children => ['changed ', day],
  walk: (first = '', ...others: string[]): string =>
    others.length > 0 ? `${first} has it from ${others.join(', who has it from ')}.` : `${first} says it in its own voice.`,
  linesCount: (n: number): string => count(n, { one: '# line', other: '# lines' }),

  // claims
  claimsWith: (query: string): string => `Claims with “${query}”`,
  claimsWithQuoted: (query: Children): Children => ['Claims with ', query],
  claimsNone: 'No claim is like this.',
  claimsAll: 'Show all claims',
  keySelect: 'Select or let go',
  keyCompare: 'Compare the two that are selected',
  select: 'Compare',
  compare: 'Side by side',
  sort: 'In order of',
  sorts: { '': 'what fits best', '-appeared': 'newest appearance', '-width': 'what is least settled',
    '-standing': 'what is founded best', '-contested': 'what is most contested' } as Words,
  claimsTotal: (n: number, exact: boolean): string => (exact
    ? count(n, { one: '# claim', other: '# claims' })
    : count(n, { other: 'More than # claims' })),
  claimsTotalAlike: 'Others have words that are spelled like these.',
  claimsAlike: 'No claim has all these words. These have words spelled like them.',
  facetsLabel: 'Narrow the list',
  facets: { standing: 'Standing', topic: 'Topic', place: 'Place', language: 'Language', publisher: 'Publisher', origin: 'Origin' } as Words,
  byOrigins: 'Under their origins, page by page',
  inOtherLanguages: 'In other languages too',
  withProposals: 'With proposals',
  unsettled: 'Not settled',
  happenedFrom: 'Happened from',
  happenedTo: 'to',
  claimsIfDropped: 'Without one of what narrows the list:',
  words: 'Words',
  facetDrop: (facet: Children, value: Children): Children => [facet, ': ', value],
  questions: 'Saved questions',
  questionName: 'Name of this question',
  questionKeep: 'Save',
  questionChanged: 'Other claims than when you last looked',
  questionDrop: (name: string): string => `Forget ${name}`,
  pagesLabel: 'Pages',
  firstPage: 'First page',
  nextPage: 'Next page',
};

/** What every language says. */
export type Messages = typeof en;
