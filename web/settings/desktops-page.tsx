/** For support: the desktops of all users. Administrators can remove one. */
import type { DesktopSummary } from '#protocol/desktop.ts';
import { ScanEye, Trash2 } from 'lucide';
import { api } from '../state/api.ts';
import { attempt } from '../state/notices.ts';
import { dateTime, moment } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { ConfirmDialog } from '../layers/confirm-dialog.tsx';
import { closeLayer, openLayer } from '../layers/layers.ts';
import { useRemote } from '../state/use-remote.ts';
import { DataTable } from '../ui/data-table.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { RemoteList } from '../ui/remote-list.tsx';
import { isAdmin } from '../state/roles.ts';

export function DesktopsPage() {
  const [desktops, reload] = useRemote('desktops', () => api.desktops.list());
  return (
    <>
      <div class="row sheet-title">
        <h2 class="grow">{t.settings.pages.desktops}</h2>
        <button type="button" class="quiet" onClick={reload} data-test="desktops-refresh">
          {t.refresh}
        </button>
      </div>
      <RemoteList list={desktops} retry={reload} empty={t.desktops.none} emptyHint={t.desktops.noneHint}>
        {(found) => <Table desktops={found} removed={reload} />}
      </RemoteList>
    </>
  );
}

function Table({ desktops, removed }: { desktops: readonly DesktopSummary[]; removed: () => void }) {
  const words = t.desktops;
  return (
    <DataTable
      label={t.settings.pages.desktops}
      columns={[words.id, words.user, words.state, words.place, words.created]}
      actions
    >
      {desktops.map((desktop) => (
        <tr key={desktop.id} data-test="desktop" data-desktop={desktop.id}>
          <td>{desktop.id}</td>
          <td>{desktop.userId}</td>
          <td>
            <span class={desktop.state === 'running' ? 'pill ok' : 'pill'}>{words.states[desktop.state]}</span>
          </td>
          <td class="desktop-place">{desktop.place}</td>
          <td class="number" title={dateTime(desktop.createdAt)}>
            {moment(desktop.createdAt, new Date())}
          </td>
          <td class="task-acts">
            <button
              type="button"
              class="quiet"
              aria-label={`${t.inspect.open}: ${desktop.id}`}
              onClick={() => inspectDesktop(desktop)}
              data-test="desktop-inspect"
            >
              <Icon of={ScanEye} size={15} /> {t.inspect.open}
            </button>
            {isAdmin() && (
              <button
                type="button"
                class="quiet icon"
                title={t.remove}
                aria-label={`${t.remove}: ${desktop.id}`}
                onClick={() => openLayer({ kind: 'remove-desktop', desktop, removed })}
                data-test="desktop-remove"
              >
                <Icon of={Trash2} size={15} />
              </button>
            )}
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

function inspectDesktop({ id, userId }: DesktopSummary): void {
  openLayer({ kind: 'inspect', target: { desktopId: id, userId, launchId: null } });
}

export function RemoveDesktop({ desktop, removed }: { desktop: DesktopSummary; removed: () => void }) {
  const { id, userId, home } = desktop;
  const remove = async () => {
    if (!(await attempt(() => api.desktops.remove(id)))) return;
    closeLayer('remove-desktop');
    removed();
  };
  return (
    <ConfirmDialog
      kind="remove-desktop"
      title={t.desktops.removeTitle(id)}
      actions={[{ label: t.remove, style: 'danger', run: remove, test: 'remove-desktop-confirm' }]}
    >
      <p>{t.desktops.removeText(userId)}</p>
      <p data-test="remove-desktop-home">{home === 'kept' ? t.desktops.homeKept : t.desktops.homeLost(userId)}</p>
    </ConfirmDialog>
  );
}
