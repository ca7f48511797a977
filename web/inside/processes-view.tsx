/** Processes of a desktop with what they use, in the order of any column. */
import type { InsideProcess } from '#protocol/inside.ts';
import { useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { bytes, percent } from '../ui/format.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { type Order, type ProcessColumn, sorted, turned } from './inside-model.ts';
import { useRepeated } from './use-repeated.ts';

const AGAIN_MS = 2_000;
const COLUMNS: readonly ProcessColumn[] = ['pid', 'container', 'user', 'cpu', 'memory', 'command'];

export function ProcessesView({ desktopId }: { desktopId: string }) {
  const [found, again] = useRepeated(desktopId, AGAIN_MS, (signal) => api.inside.processes(desktopId, signal));
  const [order, setOrder] = useState<Order>({ by: 'cpu', down: true });
  if (found.state === 'loading') return <Loading />;
  if (found.state === 'failed') return <Failure error={found.error} retry={again} />;
  if (found.value.length === 0)
    return (
      <Blank title={t.inside.nothingRuns}>
        <p>{t.inside.noProcessesHint}</p>
      </Blank>
    );
  return (
    <div class="table-box whole" tabIndex={0} role="region" aria-label={t.inside.tabs.processes}>
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
                  {t.inside.processColumns[column]}
                  <span aria-hidden="true">{order.by === column ? (order.down ? ' ↓' : ' ↑') : ''}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted(found.value, order).map((process) => (
            <Row key={process.pid} process={process} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function sortOf(column: ProcessColumn, { by, down }: Order): 'ascending' | 'descending' | undefined {
  if (by !== column) return undefined;
  return down ? 'descending' : 'ascending';
}

function Row({ process: { pid, container, uid, state, cpu, memoryBytes, command } }: { process: InsideProcess }) {
  return (
    <tr data-test="process" data-pid={pid}>
      <td class="number">{pid}</td>
      <td>{container ?? t.inside.unknown}</td>
      <td class="number">{uid}</td>
      <td class="number">{percent(cpu)}</td>
      <td class="number">{bytes(memoryBytes)}</td>
      <td class="inside-command">
        {command} {state === 'Z' && <span class="pill warn">{t.inside.zombie}</span>}
        {state === 'T' && <span class="pill">{t.inside.halted}</span>}
      </td>
    </tr>
  );
}
