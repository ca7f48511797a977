/** The table of launches: the first cell selects a row, the last one has its actions. */
import type { Launch, Usage } from '#protocol/launch.ts';
import { Trash2 } from 'lucide';
import { runAgain, stopLaunch } from '../apps/actions.ts';
import { api } from '../state/api.ts';
import { attempt } from '../state/notices.ts';
import { isOver, waitingOf } from '../state/world.ts';
import { dateTime, moment } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { cpuText, limitsText, memoryText, stateOf } from './task-model.ts';

interface Props {
  readonly launches: readonly Launch[];
  readonly usage: ReadonlyMap<string, Usage>;
  readonly chosen: string | null;
  readonly choose: (launch: Launch) => void;
  readonly showUser: boolean;
}

export function TaskTable({ launches, usage, chosen, choose, showUser }: Props) {
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={t.settings.pages.tasks}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.tasks.app}</th>
            {showUser && <th scope="col">{t.tasks.user}</th>}
            <th scope="col" class="task-wide">
              {t.tasks.runsAs}
            </th>
            <th scope="col">{t.tasks.state}</th>
            <th scope="col" class="task-wide">
              {t.tasks.started}
            </th>
            {!showUser && (
              <th scope="col" class="task-wide">
                {t.tasks.cpu}
              </th>
            )}
            {!showUser && (
              <th scope="col" class="task-wide">
                {t.tasks.memory}
              </th>
            )}
            {!showUser && (
              <th scope="col">
                <span class="hidden-text">{t.tasks.actions}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {launches.map((launch) => (
            <Row
              key={launch.id}
              launch={launch}
              usage={usage.get(launch.id)}
              on={launch.id === chosen}
              choose={choose}
              showUser={showUser}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly launch: Launch;
  readonly usage: Usage | undefined;
  readonly on: boolean;
  readonly choose: (launch: Launch) => void;
  readonly showUser: boolean;
}

function Row({ launch, usage, on, choose, showUser }: RowProps) {
  const { text, tone } = stateOf(launch, t.tasks.states);
  const waiting = waitingOf(launch);
  const live = isOver(launch) ? undefined : usage;
  const exit = launch.status.state === 'finished' ? launch.status.exitCode : null;
  return (
    <tr
      class={on ? 'on' : ''}
      onClick={(event) => event.target instanceof Element && !event.target.closest('button') && choose(launch)}
      data-test="task"
      data-launch={launch.id}
      data-app={launch.appId}
      data-state={launch.status.state}
      data-exit={exit ?? undefined}
    >
      <td>
        <button type="button" class="task-name truncate" aria-expanded={on} onClick={() => choose(launch)}>
          {launch.appName}
        </button>
        {launch.copyOf !== undefined && (
          <span class="pill accent" title={t.copies.of(launch.copyOf)} data-test="task-copy">
            {t.copies.of(launch.copyOf)}
          </span>
        )}
      </td>
      {showUser && <td>{launch.userId}</td>}
      <td class="task-wide">
        {t.tasks[launch.runtime]}
        <div class="small number">{limitsText(launch.limits, t.tasks)}</div>
      </td>
      <td>
        <span class={`pill ${tone}`}>{text}</span>
        {waiting !== null && (
          <div class="small task-waiting" data-test="task-waiting">
            {waiting}
          </div>
        )}
      </td>
      <td class="number task-wide" title={dateTime(launch.startedAt)}>
        {moment(launch.startedAt, new Date())}
      </td>
      {!showUser && <td class="number task-wide">{cpuText(live)}</td>}
      {!showUser && <td class="number task-wide">{memoryText(live, launch.limits, t.tasks)}</td>}
      {!showUser && (
        <td class="task-acts">
          {isOver(launch) ? <AfterActs launch={launch} choose={choose} /> : <StopButton launch={launch} />}
        </td>
      )}
    </tr>
  );
}

function StopButton({ launch }: { launch: Launch }) {
  return (
    <button
      type="button"
      class="quiet"
      disabled={launch.status.state === 'stopping'}
      aria-label={`${t.tasks.stop}: ${launch.appName}`}
      onClick={() => void stopLaunch(launch.id)}
      data-test="task-stop"
    >
      {t.tasks.stop}
    </button>
  );
}

function AfterActs({ launch, choose }: { launch: Launch; choose: (launch: Launch) => void }) {
  const run = async () => {
    const started = await runAgain(launch);
    if (started) choose(started);
  };
  return (
    <>
      <button
        type="button"
        class="quiet"
        aria-label={`${t.tasks.again}: ${launch.appName}`}
        onClick={() => void run()}
        data-test="task-again"
      >
        {t.tasks.again}
      </button>
      <button
        type="button"
        class="quiet icon"
        title={t.remove}
        aria-label={`${t.remove}: ${launch.appName}`}
        onClick={() => void attempt(() => api.launches.remove(launch.id))}
        data-test="task-remove"
      >
        <Icon of={Trash2} size={15} />
      </button>
    </>
  );
}
