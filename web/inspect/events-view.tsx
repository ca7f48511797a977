/** The engine's events about a desktop and its launches, newest first. */
import { api } from '../state/api.ts';
import { dateTime, moment } from '../ui/format.ts';
import { DataTable } from '../ui/data-table.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { RemoteList } from '../ui/remote-list.tsx';
import { usePolled } from './use-polled.ts';

const POLL_MS = 5_000;

export function EventsView({ desktopId }: { desktopId: string }) {
  const [events, reload] = usePolled(desktopId, POLL_MS, (signal) => api.inspect.events(desktopId, signal));
  const words = t.inspect.eventColumns;
  return (
    <RemoteList list={events} retry={reload} empty={t.inspect.noEvents} emptyHint={t.inspect.noEventsHint}>
      {(found) => (
        <DataTable
          label={t.inspect.tabs.events}
          columns={[words.at, words.about, words.reason, words.message]}
          test="events"
        >
          {found.toReversed().map(({ at, about, level, reason, message, count }, row) => (
            <tr key={`${row} ${at}`} data-test="event" data-level={level}>
              <td class="number" title={dateTime(at)}>
                {moment(at, new Date())}
              </td>
              <td>{about}</td>
              <td>
                <span class={level === 'warning' ? 'pill warn' : 'pill'}>
                  {level === 'warning' && `${t.notices.levels.warning}: `}
                  {reason}
                </span>
                {count > 1 && <span class="small number"> ×{count}</span>}
              </td>
              <td class="inspect-message">{message}</td>
            </tr>
          ))}
        </DataTable>
      )}
    </RemoteList>
  );
}
