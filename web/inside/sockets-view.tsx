/** Open sockets of a desktop, those that listen first. */
import { api } from '../state/api.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { useRepeated } from './use-repeated.ts';

const AGAIN_MS = 3_000;

export function SocketsView({ desktopId }: { desktopId: string }) {
  const [found, again] = useRepeated(desktopId, AGAIN_MS, (signal) => api.inside.sockets(desktopId, signal));
  if (found.state === 'loading') return <Loading />;
  if (found.state === 'failed') return <Failure error={found.error} retry={again} />;
  if (found.value.length === 0) return <Blank title={t.inside.noSockets} />;
  const words = t.inside.socketColumns;
  const listens = (state: string) => (/^listen/i.test(state) ? 0 : 1);
  const rows = found.value.toSorted(
    (a, b) =>
      listens(a.state) - listens(b.state) || a.protocol.localeCompare(b.protocol) || a.local.localeCompare(b.local),
  );
  return (
    <div class="table-box whole" tabIndex={0} role="region" aria-label={t.inside.tabs.sockets}>
      <table data-test="sockets">
        <thead>
          <tr>
            <th scope="col">{words.protocol}</th>
            <th scope="col">{words.local}</th>
            <th scope="col">{words.remote}</th>
            <th scope="col">{words.state}</th>
            <th scope="col">{words.pid}</th>
            <th scope="col">{words.container}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ protocol, local, remote, state, pid, container }, at) => (
            <tr key={`${at} ${protocol} ${local}`} data-test="socket">
              <td>{protocol}</td>
              <td class="inside-command">{local}</td>
              <td class="inside-command">{remote}</td>
              <td>{state.toLowerCase()}</td>
              <td class="number">{pid}</td>
              <td>{container}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
