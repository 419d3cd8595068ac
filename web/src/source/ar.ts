/** What the screen of a source says in Arabic. Sentences with a number have all forms that are said and are not as `other`. */
import { count } from '../messages/plural';
import type { SourceMessages } from './en';

export const ar: SourceMessages = {
  // the head
  source: 'مصدر',
  anonymous: 'لا أحد يعرف من هو.',
  reliability: (grade) => ['الموثوقية ', grade],
  notJudged: 'لم يقيّم أحد موثوقيته.',
  aliases: (names) => ['يُعرف أيضًا باسم ', names],
  retracted: 'مسحوب: لم يعد شيء يقوم عليه.',
  merged: (into) => ['هذا هو نفسه ', into, '.'],

  // control
  controlTitle: 'من يسيطر عليه',
  day: 'في يوم',
  today: 'اليوم',
  spokeAs: (day, group, n) => ['في ', day, ' كان يتكلم باسم ', group, count(n, {
    one: '، بهذه العلاقة.', two: '، بهاتين العلاقتين.', other: '، بهذه العلاقات الـ#.',
  })],
  spokeForItself: (day) => ['في ', day, ' كان يتكلم باسمه هو: لا تُعرف سيطرة لأحد عليه.'],
  loop: (names) => ['يسيطر هؤلاء بعضهم على بعض في حلقة، ويُحسبون واحدًا: ', names, '.'],
  relationKinds: { part_of: 'جزء من', controlled_by: 'تحت سيطرة', speaks_for: 'يتكلم باسم', owned_by: 'مملوك لـ', member_of: 'عضو في' },
  holds: 'تؤدي إلى من كان يسيطر عليه في ذلك اليوم',
  holdsNot: 'لم تكن تعطي سيطرة في ذلك اليوم',
  fromDay: (day) => ['منذ ', day],
  untilDay: (day) => ['حتى ', day],
  alwaysSo: 'لا تُعرف لها تواريخ',
  addRelation: 'أضف علاقة سيطرة',
  noRelations: 'لا تُعرف علاقة سيطرة.',
  lookedUp: (day) => ['بُحث عنه آخر مرة في ', day, '.'],
  neverLookedUp: 'لم يبحث أحد بعد عمّن يسيطر عليه.',

  // what it tells
  claimsTitle: 'ما يرويه',
  originality: (n, of) => ['ادعاءات هو أصلها: ', n, '، من ', of, ' يرويها.'],
  positions: { origin: 'هو أصله', relay: 'ينقله', publisher: 'ينشره' },
  countOf: (n, more) => (more ? `${n} أو أكثر` : n),
  circles: 'في حلقة مع',
  circlesLooked: (n) => `بُحث في أول ${n} ادعاءً وحدها.`,
  noClaims: 'لا ادعاء.',

  // withdrawal
  impactTitle: 'إذا سُحب',
  changes: (n) => count(n, {
    one: 'يتغير ادعاء واحد:', two: 'يتغير ادعاءان:', few: 'تتغير # ادعاءات:', many: 'يتغير # ادعاءً:',
      other: 'يتغير # ادعاء:',
  }),
  changesNone: 'لا يتغير أي ادعاء.',
  moveNothing: (n) => count(n, {
    one: 'في واحد منها لا تتغير هذه الأرقام، بل ما يُحسب أو قد يُحسب.',
    two: 'في اثنين منها لا تتغير هذه الأرقام، بل ما يُحسب أو قد يُحسب.',
    other: 'في # منها لا تتغير هذه الأرقام، بل ما يُحسب أو قد يُحسب.',
  }),
  withdraw: 'اسحب هذا المصدر …',
  withdrawTitle: 'سحب هذا المصدر',
  confirm: (n) => `اكتب عدد الادعاءات التي تتغير، وهو ${n}، للتأكيد.`,
  withdrawNow: 'اسحب',
  restore: 'أعده',
};
