/** What the history says in Arabic. Sentences with a number have all forms that are said and are not as `other`. */
import { count } from '../messages/plural';
import type { HistoryMessages } from './en';

export const ar: HistoryMessages = {
  titleOf: (thing) => `السجل: ${thing}`,
  filters: 'اعرض فقط',
  who: 'مَن غيّر',
  kind: 'نوع الشيء',
  done: 'ما الذي حدث',
  all: 'كل شيء',
  show: 'اعرض',
  wholeHistory: 'السجل كله',
  none: 'لا تغيير كهذا.',
  newer: (n) => count(n, {
    one: 'تغيير واحد أحدث', two: 'تغييران أحدث', few: '# تغييرات أحدث',
    many: '# تغييرًا أحدث', other: '# تغيير أحدث',
  }),
  older: 'الأقدم',
  newest: 'الأحدث',
  changes: (n, more) => count(n, more
    ? {
      one: 'تغيير واحد أو أكثر', two: 'تغييران أو أكثر', few: '# تغييرات أو أكثر', many: '# تغييرًا أو أكثر',
      other: '# تغيير أو أكثر',
    }
    : { one: 'تغيير واحد', two: 'تغييران', few: '# تغييرات', many: '# تغييرًا', other: '# تغيير' }),
  changesOf: (operation, resource, n) => `${operation} ${resource} (${n})`,
  link: 'رابط هذه التغييرات',
  itsHistory: 'سجله',
  version: (n) => `الصيغة ${n}`,
  nothing: 'لا شيء',
  noDifference: 'لم يتغير أي حقل.',
  stoodTitle: 'كيف كان حاله',
  stood: (before, after) => ['كان حاله ', before, ' فصار ', after],
  undo: 'تراجع عن هذا',
  undoing: 'أتتراجع عن كل تغييرات هذا الفعل؟',
  undoHint: 'يعود كل شيء كما كان قبل ذلك. ويبقى السجل، ويمكن التراجع عن التراجع.',
  operations: {
    create: 'إنشاء', update: 'تعديل', merge: 'دمج', unmerge: 'فصل', retract: 'سحب', restore: 'استعادة', accept: 'قبول', reject: 'رفض',
    reopen: 'اقتراح من جديد', delete: 'حذف', rotate: 'تبديل', revoke: 'إلغاء',
  },
  values: {
    equivalent: 'يقول الشيء نفسه', refines: 'يقوله بدقة أكبر', corroborates: 'يعضد', contradicts: 'يناقض', same_source: 'مصدر واحد',
    same_document: 'وثيقة واحدة', reprint: 'نسخة', human: 'شخص', rule: 'قاعدة', model: 'نموذج',
  },
  modes: { own_voice: 'بصوته هو', direct: 'بالكلام المباشر', indirect: 'بالكلام غير المباشر', mixed: 'بكليهما' },
  endorsements: { endorses: 'يتبناه', neutral: 'محايد', distances: 'ينأى بنفسه عنه' },
  comparators: { '=': 'بالضبط', '~': 'نحو', '>': 'أكثر من', '>=': 'على الأقل', '<': 'أقل من', '<=': 'على الأكثر', range: 'بين' },
  resources: {
    source: 'مصدر', relation: 'علاقة', document: 'وثيقة', claim: 'ادعاء', attribution: 'إسناد', link: 'رابط', review: 'تحقق',
    match: 'تطابق', key: 'مفتاح',
  },
  act: (who, operation, resource) => [who, ` – ${operation} ${resource}: `],
};
