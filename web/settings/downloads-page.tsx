/** Whether new files in Downloads are offered. */
import { changePreferences } from '../state/preferences.ts';
import { preferences } from '../state/store.ts';
import { Checkbox } from '../ui/form-fields.tsx';
import { t } from '../ui/strings/catalogue.ts';

export function DownloadsPage() {
  return (
    <>
      <h2>{t.settings.pages.downloads}</h2>
      <Checkbox
        label={t.files.offerDownloads}
        hint={t.files.offerDownloadsHint}
        on={preferences.value.offerDownloads}
        test="offer-downloads"
        change={(offerDownloads) => changePreferences({ offerDownloads })}
      />
    </>
  );
}
