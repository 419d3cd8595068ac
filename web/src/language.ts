/** The language of the page: its messages, and how numbers, days and lists are written in it. */
import type { ComponentChildren } from 'preact';
import { language, locale } from './address';
import { ar } from './messages/ar';
import { en, type Messages } from './messages/en';

/** What is always there to be said. */
export const messages: Messages = language === 'ar' ? ar : en;

export const direction = language === 'ar' ? 'rtl' : 'ltr';

/** Whether a text has Arabic letters. */
export const hasArabic = (text: string): boolean => /\p{Script=Arabic}/u.test(text);

/** The language that a text of the desk's two is taken to be in. */
export const languageOf = (text: string): 'ar' | 'en' => (hasArabic(text) ? 'ar' : 'en');

const numbers = new Intl.NumberFormat(locale);
const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
const days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
const seconds = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
const times = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });

export const number = (value: number): string => numbers.format(value);

/** A text with its Arabic and Persian digits as Latin ones, as the service takes days and numbers. */
export const latinDigits = (text: string): string => text.replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15));

/** A time of today, such as 14:02. */
export const timeOfDay = (at: Date): string => times.format(at);

/** A time of today to the second, such as 14:02:31. */
export const secondOfDay = (at: Date): string => seconds.format(at);

/** The day of a moment; a month or a year stands as it is. */
export const dayOf = (moment: string): string => moment.slice(0, 10);

/** A moment, such as 2025-03-12 14:02, in the reader's own time; it is no prose. */
export function momentOf(at: string): string {
  const [date, two] = [new Date(at), (part: number) => String(part).padStart(2, '0')];
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** A day in words, such as 12 March 2025, where it is whole; else as it stands. */
export function dayInWords(day: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(day) ? days.format(new Date(`${day}T00:00:00Z`)) : day;
}

/** Things one after the other, as the language lists them. */
export function list(things: readonly ComponentChildren[]): ComponentChildren[] {
  const parts = lists.formatToParts(things.map((_, i) => String(i)));
  return parts.map(({ type, value }) => (type === 'element' ? things[Number(value)] : value));
}

const languageNames = new Intl.DisplayNames(locale, { type: 'language' });

/** The name of a language, such as Arabic for ar. */
export const languageName = (tag: string): string => languageNames.of(tag) ?? tag;

/** A text in several languages, the one of the page first. */
export function inOrder(texts: Record<string, string>): [tag: string, text: string][] {
  const rank = (tag: string) => (tag.split('-')[0] === language ? 0 : 1);
  return Object.entries(texts).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** The direction in which a language is written. */
export function directionOf(tag: string): 'rtl' | 'ltr' {
  return /^(ar|fa|he|iw|ur|ps|ckb|yi|dv|syr)\b/.test(tag) ? 'rtl' : 'ltr';
}
