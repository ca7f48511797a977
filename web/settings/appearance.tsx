/** Theme, dock, scale, picture and language. */
import { Picture } from '#protocol/picture.ts';
import { changePreferences } from '../state/preferences.ts';
import { preferences } from '../state/store.ts';
import { ScaleSelect } from './scale-select.tsx';
import { LanguageSelect } from '../ui/language-select.tsx';
import { t } from '../ui/strings/catalogue.ts';

const THEMES = ['system', 'light', 'dark'] as const;

export function Appearance() {
  const { theme, dockHidden, language, picture, scale } = preferences.value;
  return (
    <>
      <h2>{t.settings.pages.appearance}</h2>
      <h3 id="theme-label">{t.appearance.theme}</h3>
      <div class="segments" role="radiogroup" aria-labelledby="theme-label">
        {THEMES.map((one) => (
          <button
            key={one}
            type="button"
            role="radio"
            aria-checked={one === theme}
            onClick={() => changePreferences({ theme: one })}
          >
            {t.menu[one]}
          </button>
        ))}
      </div>
      <p class="small">{t.appearance.themeHint}</p>
      <h3>{t.appearance.dock}</h3>
      <label class="row">
        <input type="checkbox" checked={dockHidden} onChange={() => changePreferences({ dockHidden: !dockHidden })} />{' '}
        {t.menu.hideDock}
      </label>
      <h3>
        <label for="scale">{t.appearance.scale}</label>
      </h3>
      <ScaleSelect id="scale" chosen={scale} choose={(one) => changePreferences({ scale: one })} />
      <h3 id="picture-label">{t.appearance.picture}</h3>
      <div class="segments" role="radiogroup" aria-labelledby="picture-label" data-test="picture">
        {Picture.options.map((one) => (
          <button
            key={one}
            type="button"
            role="radio"
            aria-checked={one === picture}
            data-picture={one}
            onClick={() => changePreferences({ picture: one })}
          >
            {t.appearance.pictures[one]}
          </button>
        ))}
      </div>
      <p class="small">{t.appearance.pictureHint}</p>
      <h3>
        <label for="language">{t.appearance.language}</label>
      </h3>
      <LanguageSelect id="language" chosen={language} choose={(one) => changePreferences({ language: one })} />
      <p class="small">{t.appearance.languageHint}</p>
    </>
  );
}
