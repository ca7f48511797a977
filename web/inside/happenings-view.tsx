/** What the engine reported about a desktop and what is beside it, newest first. */
import { api } from '../state/api.ts';
import { dateTime, moment } from '../ui/format.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { useRepeated } from './use-repeated.ts';

const AGAIN_MS = 5_000;

export function HappeningsView({ desktopId }: { desktopId: string }) {
  const [found, again] = useRepeated(desktopId, AGAIN_MS, (signal) => api.inside.happenings(desktopId, signal));
  if (found.state === 'loading') return <Loading />;
  if (found.state === 'failed') return <Failure error={found.error} retry={again} />;
  if (found.value.length === 0)
    return (
      <Blank title={t.inside.noEvents}>
        <p>{t.inside.noEventsHint}</p>
      </Blank>
    );
  const words = t.inside.eventColumns;
  return (
    <div class="table-box whole" tabIndex={0} role="region" aria-label={t.inside.tabs.events}>
      <table data-test="happenings">
        <thead>
          <tr>
            <th scope="col">{words.at}</th>
            <th scope="col">{words.about}</th>
            <th scope="col">{words.reason}</th>
            <th scope="col">{words.message}</th>
          </tr>
        </thead>
        <tbody>
          {found.value.toReversed().map(({ at, about, level, reason, message, count }, row) => (
            <tr key={`${row} ${at}`} data-test="happening" data-level={level}>
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
              <td class="inside-message">{message}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
