/** Asks before ending all sessions of the user. */
import { ConfirmDialog } from '../layers/confirm-dialog.tsx';
import { closeLayer } from '../layers/layers.ts';
import { attempt } from '../state/notices.ts';
import { logoutEverywhere } from '../state/session.ts';
import { t } from '../ui/strings/catalogue.ts';

export function LogoutEverywhere() {
  const run = async () => {
    if (!(await attempt(logoutEverywhere))) closeLayer('logout-everywhere');
  };
  return (
    <ConfirmDialog
      kind="logout-everywhere"
      title={t.user.everywhereTitle}
      actions={[{ label: t.user.everywhere, style: 'danger', run, test: 'logout-everywhere-confirm' }]}
    >
      <p>{t.user.everywhereText}</p>
    </ConfirmDialog>
  );
}
