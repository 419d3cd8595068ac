/** What the screen of a document says in Arabic. Sentences with a number have all forms that are said and are not as `other`. */
import { count } from '../messages/plural';
import type { DocumentMessages } from './en';

export const ar: DocumentMessages = {
  // the head
  untitled: 'وثيقة',
  publishedBy: (source) => ['نشرها: ', source],
  undated: 'لا يُعرف يوم النشر',
  archived: 'نسخة محفوظة',
  retracted: 'مسحوبة',
  derivedFrom: (document) => ['مأخوذة من ', document],
  shared: (share, n) => (n > 0 ? count(n, {
    one: 'مقطع واحد، ~ من كلماتها، يرد أيضًا فيما أُخذت منه', two: 'مقطعان، ~ من كلماتها، يردان أيضًا فيما أُخذت منه',
    few: '# مقاطع، ~ من كلماتها، ترد أيضًا فيما أُخذت منه', many: '# مقطعًا، ~ من كلماتها، ترد أيضًا فيما أُخذت منه',
    other: '# مقطع، ~ من كلماتها، ترد أيضًا فيما أُخذت منه',
  }).replace('~', share) : 'لا ترد خمس كلمات متتابعة منها فيما أُخذت منه'),
  hash: (sha256, letters) => [`في النص ${letters} من المحارف، وبصمته (SHA-256) هي `, sha256, '.'],
  kinds: {
    article: 'مقال', wire: 'خبر وكالة', broadcast: 'بث', post: 'منشور', press_release: 'بيان صحفي', report: 'تقرير',
    transcript: 'تفريغ', interview: 'مقابلة', record: 'سجل', other: 'وثيقة',
  },

  // the text
  noText: 'نص هذه الوثيقة غير محفوظ هنا، فلا يمكن وضع علامات إسناداتها فيه. وهي مسرودة وحدها.',
  findWords: 'ابحث عن كلمات في هذا النص',
  hitsCount: (n) => count(n, {
    zero: 'هذه الكلمات ليست في النص.', one: 'الكلمات في النص مرة واحدة.', two: 'الكلمات في النص مرتين.', few: 'الكلمات في النص # مرات.',
    other: 'الكلمات في النص # مرة.',
  }),
  pickHit: 'استعمل هذه الكلمات',
  tellMarks: 'اذكر عند كل علامة رقمها',
  markNumber: (numbers, total) => `العلامة ${numbers.join(' و')} من ${total}`,
  keyNextMark: 'العلامة التالية',
  keyPreviousMark: 'العلامة السابقة',
  lostTitle: (n) => count(n, {
    one: 'إسناد واحد ضاعت كلماته', two: 'إسنادان ضاعت كلماتهما', few: '# إسنادات ضاعت كلماتها',
    many: '# إسنادًا ضاعت كلماتها', other: '# إسناد ضاعت كلماتها',
  }),
  findAgain: 'ابحث عنها من جديد',

  // picking words
  pickedLabel: 'الكلمات التي اخترتها',
  useContent: 'أسنِد',
  useDate: 'الوقت',
  asSelected: 'كما حُددت تمامًا',
  letGo: 'اترك',

  // the margin
  attributionsTitle: (n) => count(n, {
    zero: 'لا إسناد', one: 'إسناد واحد', two: 'إسنادان', few: '# إسنادات', many: '# إسنادًا', other: '# إسناد',
  }),
  nobody: 'لم تُسند كلمات من هذه الوثيقة إلى أحد بعد. حدد بعضها أو ابحث عنها لتبدأ.',
  showInText: 'أظهرها في النص',
  ownVoice: 'يقول الناشر هذا بصوته هو.',
  cue: 'لفظ الإسناد',
  setting: 'المقام',
  evidence: 'الدليل',
  date: 'وقت الحدث',
  stances: { affirms: 'يثبت', denies: 'ينفي', questions: 'يشكك' },
  statuses: { proposed: 'مقترح', accepted: 'مقبول', rejected: 'مرفوض' },
  acts: {
    publishes: 'ينشر', says: 'يقول', announces: 'يعلن', reports: 'يفيد', quotes: 'ينقل', claims: 'يزعم', accuses: 'يتهم', condemns: 'يدين',
    confirms: 'يؤكد', denies: 'ينفي', doubts: 'يشك', believes: 'يعتقد', estimates: 'يقدّر', warns: 'يحذّر', promises: 'يعد', asks: 'يسأل',
    orders: 'يأمر', implies: 'يلمّح', according_to: 'بحسب', other: 'غير ذلك',
  },
  certainties: { certain: 'مؤكد', probable: 'مرجح', possible: 'ممكن', unknown: 'لا يُعرف مدى تأكده' },
  evidences: { unstated: 'لم يُذكر', firsthand: 'بنفسه', record: 'من سجل', hearsay: 'سماعًا' },

  // a new attribution
  draftTitle: 'إسناد جديد',
  claimLabel: 'الادعاء',
  claimHint: 'اكتب كلمات من الادعاء، أو نص ادعاء جديد.',
  claimChosen: 'ادعاء معروف.',
  claimNew: 'سيُنشأ ادعاء جديد بهذا النص.',
  stanceLabel: 'الموقف',
  chainTitle: 'مَن أخذه عمّن',
  sourceLabel: 'المصدر',
  newSource: 'مصدر جديد، نوعه',
  chooseKind: 'ما نوعه؟',
  actLabel: 'الفعل',
  certaintyLabel: 'التأكد',
  evidenceLabel: 'كيف عرف',
  describedAs: 'وُصف بأنه',
  addHop: 'أضف مَن أخذوه عنه',
  removeHop: 'احذف',
  chainHint: 'حدد كلمات من النص تكون لفظ إسناد المصدر الأخير أو دليله أو وقت الحدث.',
  previewTitle: 'ما الذي سيغيّره',
  previewNew: 'سيظهر هنا ما الذي سيغيّره، حين يُختار ادعاء محفوظ ويكون لكل مصدر اسم.',
  save: 'احفظه مقترحًا',
  discard: 'تخلَّ عنه',
};
