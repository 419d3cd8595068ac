import { language } from '../address';

const en = { none: 'No source has such a name.', find: 'Name' };
const ar: typeof en = {
  none: 'لا مصدر بهذا الاسم.', find: 'الاسم',
};

/** The messages of this screen in the page's language. */
export const words = language === 'ar' ? ar : en;
