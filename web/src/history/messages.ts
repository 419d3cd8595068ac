import { computed } from '@preact/signals';
import { language } from '../address';
import { ar } from './ar';
import { en } from './en';

/** The messages of this screen in the language that is shown. */
export const words = computed(() => (language.value === 'ar' ? ar : en));
