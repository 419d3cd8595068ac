/** What the review queue says in Arabic. Sentences with a number have all forms that are said and are not as `other`. */
import { forms } from '../messages/plural';
import type { ReviewMessages } from './en';

const count = forms('ar-u-nu-latn');

export const ar: ReviewMessages = {
  queueLabel: 'ما ينتظر قرارًا',
  waiting: (n, more) => (more
    ? count(n, {
      one: 'مقترح واحد ينتظر هنا، وبعده غيره', two: 'مقترحان ينتظران هنا، وبعدهما غيرهما',
      few: '# مقترحات تنتظر هنا، وبعدها غيرها', many: '# مقترحًا تنتظر هنا، وبعدها غيرها', other: '# مقترح تنتظر هنا، وبعدها غيرها',
    })
    : count(n, {
      one: 'مقترح واحد ينتظر', two: 'مقترحان ينتظران', few: '# مقترحات تنتظر', many: '# مقترحًا تنتظر',
      other: '# مقترح تنتظر',
    })),
  more: 'حمّل المزيد',
  nothing: 'لا شيء ينتظر قرارًا.',
  decidedToday: (mine, others) => ['القرارات اليوم: ', mine, ' منك، و', others, ' من غيرك.'],
  lookForMore: 'ابحث عن المزيد بالقواعد',
  found: (n) => count(n, {
    zero: 'لم تجد القواعد شيئًا.', one: 'وجدت القواعد مقترحًا واحدًا.', two: 'وجدت القواعد مقترحين.', few: 'وجدت القواعد # مقترحات.',
    many: 'وجدت القواعد # مقترحًا.', other: 'وجدت القواعد # مقترح.',
  }),
  decidedHere: (n) => count(n, {
    one: 'يمكنك التراجع عن قرار واحد.', two: 'يمكنك التراجع عن قرارين.',
    few: 'يمكنك التراجع عن # قرارات.', many: 'يمكنك التراجع عن # قرارًا.', other: 'يمكنك التراجع عن # قرار.',
  }),
  only: 'اعرض فقط',
  everything: 'كل شيء',
  resources: { link: 'الروابط', attribution: 'الإسنادات', match: 'التطابقات' },
  aboutNoClaim: 'المصادر والوثائق',

  questions: {
    equivalent: 'هل يقولان الشيء نفسه؟', refines: 'هل يقول الأول ما يقوله الثاني بدقة أكبر؟',
    corroborates: 'هل يزيد الأول الثاني وزنًا؟', contradicts: 'هل يتناقض هذان؟',
    same_source: 'هل هذا مصدر واحد؟', same_document: 'هل هذه وثيقة واحدة؟', reprint: 'هل الأولى نسخة من الثانية؟',
    affirms: 'هل يثبت هذا؟', denies: 'هل ينفي هذا؟', questions: 'هل يشكك في هذا؟',
  },
  place: (at, of) => `${at} من ${of}`,
  statement: 'النص',
  quantities: 'الأعداد',
  when: 'متى',
  places: 'أين',
  scope: 'النطاق',
  first: 'الأول',
  second: 'الثاني',
  differs: 'مختلف',
  kind: 'النوع',
  name: 'الاسم',
  published: 'النشر',
  why: 'لماذا اقتُرح',
  byRule: (name) => ['اقترحه ', name],
  sure: (share) => ['بثقة ', share],
  inWords: 'بهذه الكلمات',
  noWords: 'لم تُذكر كلمات.',
  inDocument: (document) => ['في ', document],
  chain: 'مَن أخذه عمّن',
  effectTitle: 'ما الذي يغيّره القبول',
  notWorkedOut: 'يستند إلى هذه الادعاءات أكثر من أن يُحسب هنا ما يغيّره القبول.',

  accept: 'اقبل',
  reject: 'ارفض …',
  skip: 'لاحقًا',
  edit: 'عدّل واقبل …',
  undo: 'تراجع',
  acceptAll: 'اقبل المتشابهات …',
  rejectTitle: 'لماذا الرفض؟',
  rejectOther: 'سبب آخر',
  rejectNow: 'ارفض',
  cancel: 'ألغِ',
  reasons: ['ليسا عن الشيء نفسه', 'زمان آخر أو مكان آخر', 'الأعداد لا تتوافق', 'الكلمات لا تقول هذا', 'السلسلة غير صحيحة',
    'لا يوجد ما يكفي للحكم'],
  sent: 'جارٍ الإرسال …',
  statuses: { accepted: 'قُبل', rejected: 'رُفض', proposed: 'اقتُرح من جديد' },
  decided: (status) => `${status}.`,
  elsewhere: (status, by, at) => [`${status}. صاحب القرار: `, by, '، الوقت: ', at, '.'],
  late: (status, by, at) => [`${status}. صاحب القرار: `, by, '، الوقت: ', at, '. لم يُحفظ قرارك.'],
  notStored: 'لم يُحفظ:',
  failed: 'لم يُحفظ هذا.',
  onIt: (who) => ['يعمل عليه الآن ', who, '.'],
  undone: (n) => count(n, {
    one: 'تم التراجع عن قرار واحد.', two: 'تم التراجع عن قرارين.', few: 'تم التراجع عن # قرارات.',
    many: 'تم التراجع عن # قرارًا.', other: 'تم التراجع عن # قرار.',
  }),
  nothingToUndo: 'لا شيء يمكن التراجع عنه.',

  allTitle: 'اقبل كل ما اقترحته هذه القاعدة',
  allAtLeast: 'بثقة لا تقل عن',
  allList: (n) => count(n, {
    zero: 'لا مقترح من المعروض.', one: 'مقترح واحد من المعروض:', two: 'مقترحان من المعروض:', few: '# مقترحات من المعروض:',
    many: '# مقترحًا من المعروض:', other: '# مقترح من المعروض:',
  }),
  allEffect: 'ما الذي يغيّره قبولها معًا',
  allNow: (n) => count(n, {
    zero: 'لا مقترح', one: 'اقبل مقترحًا واحدًا', two: 'اقبل مقترحين', few: 'اقبل # مقترحات', many: 'اقبل # مقترحًا', other: 'اقبل # مقترح',
  }),
  allPairs: (a, b) => [a, ' و', b],

  editTitle: 'عدّله ثم اقبله',
  confidence: 'الثقة، من 0 إلى 1',
  degrees: { direct: 'مباشر', tension: 'تعارض' },
  saveAndAccept: 'احفظ واقبل',

  keyAccept: 'اقبل',
  keyReject: 'ارفض',
  keyReason: (n) => `ارفض للسبب ${n}`,
  keySkip: 'قرر لاحقًا',
  keyEdit: 'عدّل واقبل',
  keyUndo: 'تراجع عن القرار الأخير',
  keyNext: 'المقترح التالي',
  keyPrevious: 'المقترح السابق',
  keyAll: 'اقبل كل المتشابهات',
};
