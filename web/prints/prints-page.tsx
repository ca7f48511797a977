/** What apps have printed: print it again, save it, delete it. */
import type { ListedPrint } from '#protocol/print.ts';
import { Download, Printer, Trash2 } from 'lucide';
import { useEffect } from 'preact/hooks';
import { shownPath, sizeOf } from '../desktop/home-model.ts';
import { openLayer } from '../layers/layers.ts';
import { api } from '../state/api.ts';
import { changePreferences } from '../state/preferences.ts';
import { desktop, preferences, printCount } from '../state/store.ts';
import { useRemote } from '../state/use-remote.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Checkbox } from '../ui/form-fields.tsx';
import { dateTime, moment } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { RemoteList } from '../ui/remote-list.tsx';
import type { Remote } from '../ui/remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { printOrNotify } from './arrivals.ts';
import './prints.css';
import { canPrintHere } from './print-document.ts';

export default function PrintsPage() {
  const { id = null } = desktop.value ?? {};
  const [found, reload] = useRemote(`prints ${id}`, (signal) => api.desktop.prints.list(signal));
  const arrived = printCount.value;
  useEffect(reload, [arrived]);
  const list: Remote<readonly ListedPrint[]> =
    found.state === 'loaded' ? { state: 'loaded', value: found.value.prints } : found;
  return (
    <>
      <h2>{t.settings.pages.prints}</h2>
      <div class="prints-preference">
        <Checkbox
          label={t.prints.automatic}
          hint={t.prints.automaticHint}
          on={preferences.value.printDialog}
          test="print-dialog"
          change={(printDialog) => changePreferences({ printDialog })}
        />
      </div>
      <RemoteList list={list} retry={reload} empty={t.prints.empty} emptyHint={t.prints.emptyHint}>
        {(prints) => <Table prints={prints} removed={reload} />}
      </RemoteList>
      {found.state === 'loaded' && found.value.count > found.value.prints.length && (
        <p class="small">{t.prints.only(found.value.prints.length, found.value.count)}</p>
      )}
    </>
  );
}

function Table({ prints, removed }: { prints: readonly ListedPrint[]; removed: () => void }) {
  const words = t.prints;
  return (
    <DataTable label={t.settings.pages.prints} columns={[words.name, words.size, words.time]} actions test="prints">
      {prints.map((print) => (
        <Row key={print.name} print={print} removed={removed} />
      ))}
    </DataTable>
  );
}

function Row({ print, removed }: { print: ListedPrint; removed: () => void }) {
  const { name, bytes, changedAt } = print;
  const shown = shownPath(name);
  const url = api.desktop.prints.url(name);
  return (
    <tr data-test="print" data-name={name}>
      <td class="print-name">
        <a href={url} target="_blank" rel="noreferrer" data-test="print-open">
          {shown}
        </a>{' '}
        {print.new && <span class="pill accent">{t.prints.isNew}</span>}
      </td>
      <td class="number">{sizeOf(bytes)}</td>
      <td class="number" title={dateTime(changedAt)}>
        {moment(changedAt, new Date())}
      </td>
      <td class="task-acts">
        {canPrintHere() && (
          <button
            type="button"
            class="quiet"
            aria-label={`${t.prints.print}: ${shown}`}
            onClick={() => void printOrNotify(name)}
            data-test="print-again"
          >
            <Icon of={Printer} size={15} /> {t.prints.print}
          </button>
        )}
        <a
          class="button quiet icon"
          href={url}
          download={name}
          title={t.prints.save}
          aria-label={`${t.prints.save}: ${shown}`}
          data-test="print-save"
        >
          <Icon of={Download} size={15} />
        </a>
        <button
          type="button"
          class="quiet icon"
          title={t.prints.remove}
          aria-label={`${t.prints.remove}: ${shown}`}
          onClick={() => openLayer({ kind: 'remove-print', name, removed })}
          data-test="print-remove"
        >
          <Icon of={Trash2} size={15} />
        </button>
      </td>
    </tr>
  );
}
