/** The forms that a language's sentences have for numbers; `other` is there in all. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** Gives the function that finds the form of a whole sentence for a number, and puts the number for `#`. */
export function forms(locale: string): (count: number, sentences: Forms) => string {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (count, sentences) => (sentences[rules.select(count)] ?? sentences.other).replace('#', numbers.format(count));
}
