/** Why the screen can't be opened, if automatic retries wouldn't help. */
import { errorText } from '../ui/error-text.ts';
import { t } from '../ui/strings/catalogue.ts';

export function ScreenRefused({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  return (
    <div class="screen-veil" role="alert" data-test="screen-refused">
      <div class="glass">
        <div>
          <b>{t.screen.refused}</b>
          <p class="small">{errorText(error)}</p>
          <button type="button" onClick={retry} data-test="screen-retry">
            {t.retry}
          </button>
        </div>
      </div>
    </div>
  );
}
