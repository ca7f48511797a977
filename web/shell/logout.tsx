/** Asks before logging out removes the desktop, and offers to disconnect instead. */
import { HomeFate, useHomeLoss } from '../desktop/home-files.tsx';
import { ConfirmDialog } from '../layers/confirm-dialog.tsx';
import { attempt } from '../state/notices.ts';
import { disconnect, logout } from '../state/session.ts';
import { running } from '../state/store.ts';
import { t } from '../ui/strings/catalogue.ts';

export function Logout() {
  const loss = useHomeLoss();
  return (
    <ConfirmDialog
      kind="logout"
      title={t.logout.title}
      wide={loss !== null}
      actions={[
        { label: t.logout.instead, run: () => attempt(disconnect) },
        { label: t.logout.confirm, style: 'danger', run: () => attempt(logout), test: 'logout-confirm' },
      ]}
    >
      <p>{t.logout.text(running.value.length)}</p>
      <HomeFate loss={loss} />
    </ConfirmDialog>
  );
}
