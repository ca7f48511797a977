/** Which app opens which files and links by the user's own choice: to change it, or to be asked again. */
import { Trash2 } from 'lucide';
import { type DefaultApp, defaultApps, lastName, withDefault } from '../apps/defaults.ts';
import { changePreferences } from '../state/preferences.ts';
import { apps, preferences } from '../state/store.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { Blank } from '../ui/views.tsx';

export function DefaultApps() {
  const rows = defaultApps(preferences.value.openWith, apps.value);
  return (
    <>
      <h2>{t.settings.pages['default-apps']}</h2>
      {rows.length === 0 ? (
        <Blank title={t.defaultApps.empty} test="default-apps-empty">
          <p>{t.defaultApps.emptyHint}</p>
        </Blank>
      ) : (
        <>
          <p class="small">{t.defaultApps.hint}</p>
          <DataTable
            label={t.settings.pages['default-apps']}
            columns={[t.defaultApps.what, t.defaultApps.app]}
            actions
            test="default-apps"
          >
            {rows.map((row) => (
              <Row key={row.kind} row={row} />
            ))}
          </DataTable>
        </>
      )}
    </>
  );
}

function Row({ row: { kind, app, displayName, others } }: { row: DefaultApp }) {
  const what = kindText(kind);
  const choose = (chosen: string | null) =>
    changePreferences({ openWith: withDefault(preferences.value.openWith, kind, chosen) });
  return (
    <tr data-test="default-app" data-kind={kind}>
      <td>{what}</td>
      <td>
        <select
          aria-label={t.defaultApps.appFor(what)}
          value={app}
          onChange={(event) => choose(event.currentTarget.value)}
          data-test="default-app-choice"
        >
          <option value={app}>{displayName ?? t.defaultApps.gone(lastName(app))}</option>
          {others.map(({ id, displayName: other }) => (
            <option key={id} value={id}>
              {other}
            </option>
          ))}
        </select>
      </td>
      <td class="task-acts">
        <button
          type="button"
          class="quiet icon"
          title={t.defaultApps.remove}
          aria-label={t.defaultApps.removeFor(what)}
          onClick={() => choose(null)}
          data-test="default-app-remove"
        >
          <Icon of={Trash2} size={15} />
        </button>
      </td>
    </tr>
  );
}

function kindText(kind: string): string {
  const words = t.defaultApps;
  const others: Readonly<Record<string, string>> = {
    '.': words.plainFiles,
    '/': words.folders,
    'web:': words.links,
    'mailto:': words.addresses,
  };
  return others[kind] ?? words.files(kind);
}
