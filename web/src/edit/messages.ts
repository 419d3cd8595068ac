import { computed } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { language } from '../address';

type Children = ComponentChildren;

const en = {
  save: 'Save',
  cancel: 'Cancel',
  reason: 'Reason, for the history',
  conflict: (who: Children, when: Children): Children =>
    [who, ' has changed this meanwhile, at ', when, '. Nothing of yours is lost: choose for each field.'],
  field: 'Field',
  started: 'What you started from',
  now: 'What it is now',
  yours: 'Yours',
  empty: 'nothing',
  again: 'Save again',
  editTitle: 'Edit',
  statements: { ar: 'Statement in Arabic', en: 'Statement in English' } as Readonly<Record<string, string>>,
  names: { ar: 'Name in Arabic', en: 'Name in English' } as Readonly<Record<string, string>>,
  dayHint: '2025-03-11, 2025-03, 2025',
  relationTitle: 'Relation of control',
  add: 'Add',
  retract: 'Withdraw this relation',
  /** What the fields of things are called, where they are edited and in the history. */
  fields: {
    scope: 'What it is about', places: 'Places', topics: 'Topics', name: 'Name', names: 'Names', country: 'Country',
    reliability: 'Reliability', notes: 'Notes', control_reviewed_at: 'Last looked up who controls it on', subject: 'Who is controlled',
    kind: 'Kind', object: 'By whom', share: 'Share', since: 'From the day', until: 'Until the day', citation: 'Where this can be checked',
    title: 'Title', publisher: 'Published by', published: 'Published', earliest: 'Not before', latest: 'Not after',
    note: 'How the day is known', statement: 'Statement', quantities: 'Amounts', event_time: 'When it happened', status: 'Status',
    merged_into: 'Merged into', anonymous: 'Unknown to all', aliases: 'Other names', domains: 'Domains', url: 'Address',
    external_ids: 'Ids elsewhere', archive_url: 'Archived copy', retrieved_at: 'Taken on', language: 'Language', authors: 'Authors',
    derived_from: 'Taken from', text: 'Text', text_sha256: 'Hash of the text', stored_sha256: 'Text', claim: 'Claim',
    document: 'Document', stance: 'Stance', chain: 'From whom', content: 'Words', event_time_span: 'Words for when it happened',
    confidence: 'How sure', from: 'From', to: 'To', degree: 'Degree', rationale: 'Why', basis: 'Basis', method: 'Method',
    author: 'Author', rating: 'Rating', a: 'One', b: 'The other', score: 'How sure', source: 'Source', start: 'Start', end: 'End',
    value: 'Number', high: 'Up to', comparator: 'Compared', unit: 'Unit', of: 'Of', exact: 'Exactly', prefix: 'Before', suffix: 'After',
    act: 'Act', certainty: 'Certainty', evidence: 'Evidence', described_as: 'Described as', cue: 'Cue', said_at: 'Said on', id: 'Id',
    key: 'Key', namespace: 'Namespace', setting: 'Setting', evidence_span: 'Words for the evidence',
  } as Readonly<Record<string, string>>,
  perLine: (what: string): string => `${what}, one on each line`,
  inPercent: (what: string): string => `${what} in percent, where it is owned`,
  merge: 'Merge into another …',
  mergeInto: 'The one that it speaks as',
  mergeNow: 'Merge',
};

const ar: typeof en = {
  save: 'احفظ',
  cancel: 'ألغِ',
  reason: 'السبب، للسجل',
  conflict: (who, when) => ['غُيّر هذا في هذه الأثناء. مَن غيّره: ', who, '، الوقت: ', when, '. لم يضع شيء مما كتبت: اختر لكل حقل.'],
  field: 'الحقل',
  started: 'ما بدأت منه',
  now: 'ما هو الآن',
  yours: 'ما كتبت',
  empty: 'لا شيء',
  again: 'احفظ من جديد',
  editTitle: 'تعديل',
  statements: { ar: 'النص بالعربية', en: 'النص بالإنجليزية' },
  names: { ar: 'الاسم بالعربية', en: 'الاسم بالإنجليزية' },
  dayHint: '2025-03-11, 2025-03, 2025',
  relationTitle: 'علاقة سيطرة',
  add: 'أضف',
  retract: 'اسحب هذه العلاقة',
  fields: {
    scope: 'النطاق', places: 'الأماكن', topics: 'المواضيع', name: 'الاسم', names: 'الأسماء', country: 'البلد', reliability: 'الموثوقية',
    notes: 'ملاحظات', control_reviewed_at: 'آخر يوم بُحث فيه عمّن يسيطر عليه', subject: 'من يُسيطَر عليه', kind: 'النوع',
    object: 'من يسيطر', share: 'الحصة', since: 'من يوم', until: 'حتى يوم', citation: 'أين يمكن التحقق من هذا', title: 'العنوان',
    publisher: 'الناشر', published: 'النشر', earliest: 'ليس قبل', latest: 'ليس بعد', note: 'كيف يُعرف اليوم', statement: 'النص',
    quantities: 'الأعداد', event_time: 'وقت الحدث', status: 'الحال', merged_into: 'مدموج في', anonymous: 'مجهول للجميع',
    aliases: 'أسماء أخرى', domains: 'النطاقات الشبكية', url: 'العنوان الشبكي', external_ids: 'معرفات في غير هذا المكان',
    archive_url: 'نسخة محفوظة', retrieved_at: 'أُخذ في', language: 'اللغة', authors: 'الكتّاب', derived_from: 'مأخوذ من', text: 'النص',
    text_sha256: 'بصمة النص', stored_sha256: 'النص', claim: 'الادعاء', document: 'الوثيقة', stance: 'الموقف', chain: 'مَن أخذه عمّن',
    content: 'الكلمات', event_time_span: 'كلمات وقت الحدث', confidence: 'مدى التأكد', from: 'من', to: 'إلى', degree: 'الدرجة',
    rationale: 'السبب', basis: 'الأساس', method: 'الطريقة', author: 'الكاتب', rating: 'التقييم', a: 'الأول', b: 'الآخر',
    score: 'مدى التأكد', source: 'المصدر', start: 'البداية', end: 'النهاية', value: 'العدد', high: 'إلى', comparator: 'المقارنة',
    unit: 'الوحدة', of: 'من أي شيء', exact: 'بالنص', prefix: 'قبلها', suffix: 'بعدها', act: 'الفعل', certainty: 'التأكد',
    evidence: 'الدليل', described_as: 'وُصف بأنه', cue: 'لفظ الإسناد', said_at: 'قيل في', id: 'المعرّف', key: 'المفتاح',
    namespace: 'مجال الأسماء', setting: 'المقام', evidence_span: 'كلمات الدليل',
  },
  perLine: (what) => `${what}، واحد في كل سطر`,
  inPercent: (what) => `${what} بالمئة، إن كان مملوكًا`,
  merge: 'ادمجه في غيره …',
  mergeInto: 'ما يتكلم باسمه',
  mergeNow: 'ادمج',
};

/** The messages of editing in the language that is shown. */
export const words = computed(() => (language.value === 'ar' ? ar : en));
