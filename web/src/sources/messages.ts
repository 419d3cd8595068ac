import { computed } from '@preact/signals';
import { language } from '../address';

const en = { none: 'No source has such a name.', find: 'Name' };
const ar: typeof en = {
  none: 'لا مصدر بهذا الاسم.', find: 'الاسم',
};

/** The messages of this screen in the language that is shown. */
export const words = computed(() => (language.value === 'ar' ? ar : en));
