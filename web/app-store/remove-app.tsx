/** Asks before an app is removed for everybody; says who uses it. */
import { ApiError } from '#client/errors.ts';
import type { StoreApp } from '#protocol/app-store.ts';
import { useState } from 'preact/hooks';
import { ConfirmDialog } from '../layers/confirm-dialog.tsx';
import { closeLayer } from '../layers/layers.ts';
import { api } from '../state/api.ts';
import { attempt } from '../state/notices.ts';
import { errorText } from '../ui/error-text.ts';
import { t } from '../ui/strings/catalogue.ts';
import { offerUndo } from './store-actions.ts';

export default function RemoveApp({ app }: { app: StoreApp }) {
  const [inUse, setInUse] = useState<string | null>(null);
  const remove = () =>
    attempt(async () => {
      try {
        await api.apps.remove(app.id, inUse !== null);
      } catch (error) {
        if (inUse !== null || !(error instanceof ApiError && error.code === 'conflict')) throw error;
        return setInUse(errorText(error));
      }
      closeLayer('remove-app');
      offerUndo(app);
    });
  return (
    <ConfirmDialog
      kind="remove-app"
      title={t.appStore.removeTitle(app.displayName)}
      actions={[
        {
          label: inUse === null ? t.remove : t.appStore.removeAnyway,
          style: 'danger',
          run: remove,
          test: 'remove-app-confirm',
        },
      ]}
    >
      <p>{t.appStore.removeText}</p>
      {inUse !== null && (
        <p role="alert" data-test="remove-app-in-use">
          {inUse}
        </p>
      )}
    </ConfirmDialog>
  );
}
