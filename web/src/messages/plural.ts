import { language, locale } from '../address';

/** The forms that a language's sentences have for numbers; `other` is there in all. */
type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

const rules = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(locale);

/** Finds the form of a whole sentence for a number, and puts the number for `#`. */
export const count = (n: number, sentences: Forms): string =>
  (sentences[rules.select(n)] ?? sentences.other).replace('#', numbers.format(n));
