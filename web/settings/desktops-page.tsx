/** For support: everybody's desktops and where they run; administrators may end one. */
import type { DesktopSummary } from '#protocol/desktop.ts';
import { ScanEye, Trash2 } from 'lucide';
import { useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { attempt } from '../state/notices.ts';
import { dateTime, moment } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { LayerFrame } from '../ui/layer.tsx';
import { closeLayer, openLayer } from '../ui/layers.ts';
import { useRemote } from '../ui/remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { isAdmin } from './pages.ts';

export function DesktopsPage() {
  const [found, again] = useRemote('desktops', () => api.desktops.list());
  return (
    <>
      <div class="row sheet-title">
        <h2 class="grow">{t.settings.pages.desktops}</h2>
        <button type="button" class="quiet" onClick={again} data-test="desktops-again">
          {t.desktops.again}
        </button>
      </div>
      {found.state === 'loading' && <Loading />}
      {found.state === 'failed' && <Failure error={found.error} retry={again} />}
      {found.state === 'there' && found.value.length === 0 && (
        <Blank title={t.desktops.none}>
          <p>{t.desktops.noneHint}</p>
        </Blank>
      )}
      {found.state === 'there' && found.value.length > 0 && <Table desktops={found.value} removed={again} />}
    </>
  );
}

function Table({ desktops, removed }: { desktops: readonly DesktopSummary[]; removed: () => void }) {
  const words = t.desktops;
  return (
    <div class="table-box whole" tabIndex={0} role="region" aria-label={t.settings.pages.desktops}>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.id}</th>
            <th scope="col">{words.user}</th>
            <th scope="col">{words.state}</th>
            <th scope="col">{words.place}</th>
            <th scope="col">{words.created}</th>
            <th scope="col">
              <span class="hidden-text">{t.tasks.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
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
                  aria-label={`${t.inside.open}: ${desktop.id}`}
                  onClick={() => lookInside(desktop)}
                  data-test="desktop-inside"
                >
                  <Icon of={ScanEye} size={15} /> {t.inside.open}
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
        </tbody>
      </table>
    </div>
  );
}

function lookInside({ id, userId }: DesktopSummary): void {
  openLayer({ kind: 'inside', of: { desktopId: id, userId, launchId: null } });
}

export function RemoveDesktop({ desktop, removed }: { desktop: DesktopSummary; removed: () => void }) {
  const [busy, setBusy] = useState(false);
  const { id, userId } = desktop;
  const title = t.desktops.removeTitle(id);
  const remove = async () => {
    setBusy(true);
    const done = await attempt(() => api.desktops.remove(id));
    setBusy(false);
    if (!done) return;
    closeLayer('remove-desktop');
    removed();
  };
  return (
    <LayerFrame kind="remove-desktop" label={title} role="alertdialog" look="dialog" dim>
      <h2>{title}</h2>
      <p>{t.desktops.removeText(userId)}</p>
      <div class="ends">
        <button
          type="button"
          class="quiet"
          disabled={busy}
          onClick={() => closeLayer('remove-desktop')}
          data-autofocus
          data-test="remove-desktop-cancel"
        >
          {t.cancel}
        </button>
        <button
          type="button"
          class="danger"
          disabled={busy}
          onClick={() => void remove()}
          data-test="remove-desktop-confirm"
        >
          {t.remove}
        </button>
      </div>
    </LayerFrame>
  );
}
