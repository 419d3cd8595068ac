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
  scope: 'What it is about',
  places: 'Places, one on each line',
  topics: 'Topics, one on each line',
  name: 'Name',
  country: 'Country',
  reliability: 'Reliability',
  notes: 'Notes',
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
  scope: 'النطاق',
  places: 'الأماكن، واحد في كل سطر',
  topics: 'المواضيع، واحد في كل سطر',
  name: 'الاسم',
  country: 'البلد',
  reliability: 'الموثوقية',
  notes: 'ملاحظات',
  merge: 'ادمجه في غيره …',
  mergeInto: 'ما يتكلم باسمه',
  mergeNow: 'ادمج',
};

/** The messages of editing in the language that is shown. */
export const words = computed(() => (language.value === 'ar' ? ar : en));
