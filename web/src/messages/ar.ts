/** What the page says in Arabic. Sentences with a number have all forms that are said and are not as `other`. */
import type { Messages } from './en';
import { count } from './plural';

export const ar: Messages = {
  // the shell
  otherLanguage: 'English',
  titleOf: (screen) => `${screen} – Headwater`,
  skip: 'انتقل إلى المحتوى',
  searchLabel: 'البحث في الادعاءات',
  searchHint: 'كلمات من الادعاء',
  search: 'ابحث',
  navLabel: 'الشاشات',
  navClaims: 'الادعاءات',
  navSources: 'المصادر',
  navDocuments: 'الوثائق',
  navReview: 'المراجعة',
  navHistory: 'السجل',
  connected: 'متصل',
  offline: 'غير متصل',
  lastHeard: (time) => `آخر رد في ${time}`,
  busyUntil: (time) => `الخدمة مشغولة، وتُسأل من جديد عند ${time}.`,
  loading: 'جارٍ التحميل …',
  close: 'إغلاق',
  edit: 'عدّل …',
  historyOf: 'السجل',
  tryAgain: 'حاول مجددًا',
  copyRequest: 'انسخ رقم الطلب',
  copied: 'تم النسخ',
  noSuchPage: 'لا توجد صفحة كهذه',
  noSuchPageHint: 'العنوان خاطئ، أو صار لما كان يشير إليه عنوان آخر.',
  problemOffline: 'لا يمكن الوصول إلى الخدمة',
  problemUnknown: 'حدث خطأ ما',
  problems: {
    not_found: 'لا يوجد شيء كهذا هنا',
    unauthorized: 'لم تسجل الدخول',
    forbidden: 'لا يحق لك فعل هذا',
    version_mismatch: 'غيّر شخص آخر هذا في هذه الأثناء',
    invalid: 'فيه ما ليس صحيحًا',
    already_exists: 'هذا موجود من قبل',
    already_undone: 'سبق التراجع عنه',
    changed_since: 'تغيّر بعد ذلك',
    conflict: 'لا يمكن هذا وهو على حاله',
    request_entity_too_large: 'هذا كثير دفعة واحدة',
    too_many_requests: 'طلبات كثيرة؛ حاول بعد قليل',
    unavailable: 'الخدمة مشغولة؛ حاول بعد قليل',
  },

  // signing in
  signIn: 'تسجيل الدخول',
  signInHint: 'مفتاح للواجهة البرمجية له حق الكتابة أو المراجعة. تبدأ به جلسة لا تزيد على 12 ساعة، ولا تحتفظ الصفحة بالمفتاح.',
  signInKey: 'المفتاح',
  signInRefused: 'لا يصلح هنا مفتاح كهذا.',
  signOut: 'تسجيل الخروج',
  signedOut: 'للقراءة فقط',
  openToAll: 'مفتوح للجميع',
  scopes: { read: 'يقرأ', write: 'يكتب', review: 'يقرر', admin: 'يدير' },

  // choosing from what is found while one types
  optionsCount: (n) => count(n, {
    zero: 'لم يوجد شيء', one: 'وُجد واحد', two: 'وُجد اثنان', other: 'وُجد #',
  }),

  // keys
  keys: 'المفاتيح',
  keysOn: 'استعمل مفاتيح الحرف الواحد',
  keysDoes: 'ما تفعله',
  keysKey: 'المفتاح',
  keysReset: 'أعد المفاتيح كما كانت',
  keyHelp: 'اعرض المفاتيح',
  keySearch: 'ابحث',
  keyGo: (screen) => `انتقل إلى ${screen}`,
  keyNext: 'الادعاء التالي',
  keyPrevious: 'الادعاء السابق',

  // words for values of the API
  standings: {
    contested: 'محل خلاف', denied: 'منفي', unattributed: 'بلا إسناد', circular: 'دائري', no_origin_left: 'لم يبق له أصل',
    corroborated: 'مؤيَّد', single_carrier: 'ناقل واحد', possibly_corroborated: 'ربما كان مؤيَّدًا', single_origin: 'أصل واحد',
  },
  statuses: { active: 'قائم', merged: 'مدموج', retracted: 'مسحوب' },

  // figures
  origins: 'الأصول المستقلة',
  intervalTitle: 'الأصول المستقلة: المربعات المملوءة مؤكدة والفارغة محتملة',
  forAgainst: (n, against) => `${n} تثبت، ${against} تنفي`,
  lastChanged: (day) => ['تغيّر في ', day],
  walk: (first = '', ...others) =>
    others.length > 0 ? `${first}، نقلًا عن ${others.join('، نقلًا عن ')}.` : `${first}، من دون نقل عن أحد.`,
  linesCount: (n) => count(n, {
    zero: 'لا خط', one: 'خط واحد', two: 'خطان', few: '# خطوط', many: '# خطًا', other: '# خط',
  }),

  // claims
  claimsWith: (query) => `الادعاءات التي فيها «${query}»`,
  claimsWithQuoted: (query) => ['الادعاءات التي فيها ', query],
  claimsNone: 'ليس ثمة ادعاء كهذا.',
  claimsAll: 'اعرض كل الادعاءات',
  keySelect: 'اختر أو اترك',
  keyCompare: 'قارن بين المختارين',
  select: 'للمقارنة',
  compare: 'جنبًا إلى جنب',
  sort: 'الترتيب',
  sorts: { '': 'الأنسب أولًا', '-appeared': 'الأحدث ظهورًا', '-width': 'الأقل حسمًا',
    '-standing': 'الأرسخ أساسًا', '-contested': 'الأكثر خلافًا' },
  claimsTotal: (n, exact) => (exact
    ? count(n, { zero: 'لا ادعاءات', one: 'ادعاء واحد', two: 'ادعاءان', few: '# ادعاءات', many: '# ادعاءً', other: '# ادعاء' })
    : count(n, { other: 'أكثر من # ادعاء' })),
  claimsTotalAlike: 'وفي غيرها كلمات تشبهها في الكتابة.',
  claimsAlike: 'ليس في أي ادعاء كل هذه الكلمات. في هذه الادعاءات كلمات تشبهها في الكتابة.',
  facetsLabel: 'تضييق القائمة',
  facets: { standing: 'الحال', topic: 'الموضوع', place: 'المكان', language: 'اللغة', publisher: 'الناشر', origin: 'الأصل' },
  byOrigins: 'تحت أصولها، صفحة صفحة',
  inOtherLanguages: 'باللغات الأخرى أيضًا',
  withProposals: 'لها مقترحات',
  unsettled: 'غير محسومة',
  happenedFrom: 'حدث بين',
  happenedTo: 'و',
  claimsIfDropped: 'من دون أحد ما يضيّق القائمة:',
  words: 'الكلمات',
  facetDrop: (facet, value) => [facet, ': ', value],
  questions: 'أسئلة محفوظة',
  questionName: 'اسم لهذا السؤال',
  questionKeep: 'احفظ',
  questionChanged: 'الادعاءات غير ما كانت حين نظرت آخر مرة',
  questionDrop: (name) => `انسَ ${name}`,
  pagesLabel: 'الصفحات',
  firstPage: 'الصفحة الأولى',
  nextPage: 'الصفحة التالية',
};
