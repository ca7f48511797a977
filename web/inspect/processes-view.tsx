/** The processes of a desktop with their resource usage, sortable by any column. */
import type { InspectedProcess } from '#protocol/inspect.ts';
import { useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { bytes, percent } from '../ui/format.ts';
import { t } from '../ui/strings/catalogue.ts';
import { RemoteList } from '../ui/remote-list.tsx';
import { type Order, type ProcessColumn, sorted, turned } from './inspect-model.ts';
import { usePolled } from './use-polled.ts';

const POLL_MS = 2_000;
const COLUMNS: readonly ProcessColumn[] = ['pid', 'container', 'user', 'cpu', 'memory', 'command'];

export function ProcessesView({ desktopId }: { desktopId: string }) {
  const [processes, reload] = usePolled(desktopId, POLL_MS, (signal) => api.inspect.processes(desktopId, signal));
  const [order, setOrder] = useState<Order>({ by: 'cpu', down: true });
  return (
    <RemoteList list={processes} retry={reload} empty={t.inspect.nothingRuns} emptyHint={t.inspect.noProcessesHint}>
      {(found) => (
        <div class="table-box whole" tabIndex={0} role="region" aria-label={t.inspect.tabs.processes}>
          <table data-test="processes">
            <thead>
              <tr>
                {COLUMNS.map((column) => (
                  <th key={column} scope="col" aria-sort={sortOf(column, order)}>
                    <button
                      type="button"
                      class="sorter"
                      onClick={() => setOrder(turned(order, column))}
                      data-test={`sort-${column}`}
                    >
                      {t.inspect.processColumns[column]}
                      <span aria-hidden="true">{order.by === column ? (order.down ? ' ↓' : ' ↑') : ''}</span>
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {sorted(found, order).map((process) => (
                <Row key={process.pid} process={process} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </RemoteList>
  );
}

function sortOf(column: ProcessColumn, { by, down }: Order): 'ascending' | 'descending' | undefined {
  if (by !== column) return undefined;
  return down ? 'descending' : 'ascending';
}

function Row({ process: { pid, container, uid, state, cpu, memoryBytes, command } }: { process: InspectedProcess }) {
  return (
    <tr data-test="process" data-pid={pid}>
      <td class="number">{pid}</td>
      <td>{container ?? t.inspect.unknown}</td>
      <td class="number">{uid}</td>
      <td class="number">{percent(cpu)}</td>
      <td class="number">{bytes(memoryBytes)}</td>
      <td class="inspect-command">
        {command} {state === 'Z' && <span class="pill warn">{t.inspect.zombie}</span>}
        {state === 'T' && <span class="pill">{t.inspect.halted}</span>}
      </td>
    </tr>
  );
}
