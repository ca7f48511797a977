/** What Deskpod is, its licence, and a link to its API reference. */
import { serverUrl } from '../ui/server-url.ts';
import { Mark } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';

export function About() {
  return (
    <>
      <h2>{t.settings.pages.about}</h2>
      <p class="row about">
        <Mark /> <b>{t.product}</b>
      </p>
      <p>{t.about.text}</p>
      <p class="small">{t.about.licence}</p>
      <p>
        <a href={serverUrl('api/v1/docs').href} target="_blank" rel="noreferrer">
          {t.about.api}
        </a>
      </p>
    </>
  );
}
