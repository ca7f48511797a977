/** The open sockets of a desktop, listening ones first. */
import type { InspectedSocket } from '#protocol/inspect.ts';
import { api } from '../state/api.ts';
import { DataTable } from '../ui/data-table.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { RemoteList } from '../ui/remote-list.tsx';
import { usePolled } from './use-polled.ts';

const POLL_MS = 3_000;

export function SocketsView({ desktopId }: { desktopId: string }) {
  const [sockets, reload] = usePolled(desktopId, POLL_MS, (signal) => api.inspect.sockets(desktopId, signal));
  const words = t.inspect.socketColumns;
  return (
    <RemoteList list={sockets} retry={reload} empty={t.inspect.noSockets}>
      {(found) => (
        <DataTable
          label={t.inspect.tabs.sockets}
          columns={[words.protocol, words.local, words.remote, words.state, words.pid, words.container]}
          test="sockets"
        >
          {sortedSockets(found).map(({ protocol, local, remote, state, pid, container }, at) => (
            <tr key={`${at} ${protocol} ${local}`} data-test="socket">
              <td>{protocol}</td>
              <td class="inspect-command">{local}</td>
              <td class="inspect-command">{remote}</td>
              <td>{state.toLowerCase()}</td>
              <td class="number">{pid}</td>
              <td>{container}</td>
            </tr>
          ))}
        </DataTable>
      )}
    </RemoteList>
  );
}

/** Listening ones first. */
function sortedSockets(sockets: readonly InspectedSocket[]): readonly InspectedSocket[] {
  const rank = ({ state }: InspectedSocket) => (/^listen/i.test(state) ? 0 : 1);
  return sockets.toSorted(
    (a, b) => rank(a) - rank(b) || a.protocol.localeCompare(b.protocol) || a.local.localeCompare(b.local),
  );
}
