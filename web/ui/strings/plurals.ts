/** Counts in sentences: the right plural form of a language, with the number in its notation. */

/**
 * Returns a function that picks the form for a count and puts the number in the place of `#`. A form may leave the number
 * out, as the Arabic dual does. `Categories` are those of CLDR that occur for whole numbers below a million.
 */
export function pluralsOf<Categories extends Intl.LDMLPluralRule>(
  locale: string,
): (count: number, forms: Readonly<Record<Categories | 'other', string>>) => string {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (count, forms) => {
    const byCategory: Partial<Record<Intl.LDMLPluralRule, string>> = forms;
    return (byCategory[rules.select(count)] ?? forms.other).replace('#', numbers.format(count));
  };
}
