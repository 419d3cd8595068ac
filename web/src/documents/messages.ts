import { language } from '../address';

const en = { none: 'There is no such document.', untitled: 'Without a title', keyNext: 'Next document',
  keyPrevious: 'Previous document', add: 'Add a document', publisher: 'Published by', newPublisher: 'A new source is made with this name.',
  fields: { title: 'Title', day: 'Published on', url: 'Address', text: 'Text, as it was published' }, save: 'Save' };
const ar: typeof en = {
  none: 'لا وثيقة كهذه.', untitled: 'بلا عنوان', keyNext: 'الوثيقة التالية', keyPrevious: 'الوثيقة السابقة',
  add: 'أضف وثيقة', publisher: 'الناشر', newPublisher: 'سيُنشأ مصدر جديد بهذا الاسم.',
  fields: { title: 'العنوان', day: 'يوم النشر', url: 'العنوان الشبكي', text: 'النص كما نُشر' }, save: 'احفظ',
};

/** The messages of this screen in the page's language. */
export const words = language === 'ar' ? ar : en;
