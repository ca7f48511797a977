/** The choice of the page's language. Each language is named in itself, so that everybody finds theirs. */
import { LanguageChoice } from '#protocol/language.ts';
import { languageOfBrowser } from './language.ts';
import { LANGUAGE_NAMES, t } from './strings/catalogue.ts';

interface Props {
  /** For a label elsewhere. */
  readonly id?: string;
  /** For readers of screens, if there is no other label. */
  readonly label?: string;
  readonly chosen: LanguageChoice;
  readonly choose: (choice: LanguageChoice) => void;
}

export function LanguageSelect({ id, label, chosen, choose }: Props) {
  return (
    <select
      id={id}
      class="language"
      aria-label={label}
      value={chosen}
      onChange={(event) => choose(LanguageChoice.parse(event.currentTarget.value))}
      data-test="language"
    >
      {LanguageChoice.options.map((one) =>
        one === 'system' ? (
          <option key={one} value={one}>
            {t.appearance.languageOfBrowser(LANGUAGE_NAMES[languageOfBrowser()])}
          </option>
        ) : (
          <option key={one} value={one} lang={one}>
            {LANGUAGE_NAMES[one]}
          </option>
        ),
      )}
    </select>
  );
}
