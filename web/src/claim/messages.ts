import { language } from '../address';
import { ar } from './ar';
import { en } from './en';

/** The messages of this screen in the page's language. */
export const words = language === 'ar' ? ar : en;
