/** The forms that a language's sentences have for numbers; `other` is there in all. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** The forms in the order in which they stand in what is built, where they are an array (words.js). */
const order: Intl.LDMLPluralRule[] = ['other', 'one', 'two', 'few', 'many', 'zero'];

/** Gives the function that finds the form of a whole sentence for a number, and puts the number for `#`. */
export function forms(locale: string): (count: number, sentences: Forms) => string {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (count, sentences) => {
    const said = Array.isArray(sentences) ? (sentences as string[]) : order.map((form) => sentences[form]);
    return (said[order.indexOf(rules.select(count))] || said[0] || '').replace('#', numbers.format(count));
  };
}
