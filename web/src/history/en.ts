/** What the history says in English. */
import type { ComponentChildren } from 'preact';
import { count } from '../messages/plural';

type Children = ComponentChildren;
type Words = Readonly<Record<string, string>>;

export const en = {
  titleOf: (thing: string): string => `History of the ${thing}`,
  filters: 'Show only',
  who: 'By whom',
  kind: 'Of',
  done: 'What was done',
  all: 'everything',
  show: 'Show',
  wholeHistory: 'The whole history',
  none: 'Nothing like this was changed.',
  newer: (n: number): string => count(n, { one: '# newer change', other: '# newer changes' }),
  older: 'Older',
  newest: 'The newest',
  changes: (n: number, more: boolean): string =>
    count(n, more ? { one: '# change or more', other: '# changes or more' } : { one: '# change', other: '# changes' }),
  changesOf: (operation: string, resource: string, n: number): string => `${operation} ${resource} (${n})`,
  link: 'Link to these changes',
  itsHistory: 'Its history',
  version: (n: number): string => `Version ${n}`,
  nothing: 'nothing',
  noDifference: 'No field was changed.',
  stoodTitle: 'How it stood',
  stood: (before: Children, after: Children): Children => ['It stood as ', before, ' and came to stand as ', after],
  undo: 'Undo this',
  undoing: 'Undo all changes of this act?',
  undoHint: 'Everything becomes what it was. The history stays, and the undo can be undone.',
  operations: {
    create: 'created', update: 'changed', merge: 'merged', unmerge: 'parted', retract: 'withdrew', restore: 'restored', accept: 'accepted',
    reject: 'rejected', reopen: 'proposed again', delete: 'deleted', rotate: 'rotated', revoke: 'revoked',
  } as Words,
  /** Values of the API that no other screen has words for; in English they are words themselves. */
  values: {} as Words,
  modes: { own_voice: 'in its own voice', direct: 'in direct speech', indirect: 'in indirect speech', mixed: 'in both' } as Words,
  endorsements: { endorses: 'endorses it', neutral: 'neutral', distances: 'distances itself' } as Words,
  comparators: { '=': 'exactly', '~': 'about', '>': 'more than', '>=': 'at least', '<': 'less than', '<=': 'at most',
    range: 'between' } as Words,
  resources: {
    source: 'source', relation: 'relation', document: 'document', claim: 'claim', attribution: 'attribution', link: 'link',
    review: 'review', match: 'match', key: 'key',
  } as Words,
  act: (who: Children, operation: string, resource: string): Children => [
    who, ` ${operation} the ${resource}: `,
  ],
};

/** What every language says. */
export type HistoryMessages = typeof en;
