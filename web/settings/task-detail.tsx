/** The chosen launch: its log, environment and facts; what its failure means and the ways to run it again. */
import type { Hint, Launch, LaunchDetail } from '#protocol/launch.ts';
import { Bug, Lightbulb, ScanEye } from 'lucide';
import { useState } from 'preact/hooks';
import { aimAtLaunch } from '../debug/aim.ts';
import { insideLaunch } from '../inside/own.ts';
import { runAgain } from '../shell/actions.ts';
import { api } from '../state/api.ts';
import { isOver } from '../state/world.ts';
import { dateTime, duration } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { openLayer } from '../ui/layers.ts';
import { useRemote } from '../ui/remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Failure, Loading } from '../ui/views.tsx';
import { FactList } from './fact-list.tsx';
import { LogView } from './log-view.tsx';
import { limitsText, stateOf, withRemedy } from './task-model.ts';
import './task-detail.css';

type Tab = 'logs' | 'environment' | 'details';
const TABS: readonly Tab[] = ['logs', 'environment', 'details'];

interface Props {
  readonly launch: Launch;
  /** Absent where a launch is only looked at: other people's cannot be run again. */
  readonly choose?: (launch: Launch) => void;
}

export function TaskDetail({ launch, choose }: Props) {
  const [tab, setTab] = useState<Tab>('logs');
  // What is known about a launch changes when it ends: reason, hints, exit code.
  const [detail, retry] = useRemote(`${launch.id} ${launch.status.state}`, (signal) =>
    api.launches.get(launch.id, signal),
  );
  const known = detail.state === 'there' ? detail.value : null;
  const start = async (changed: Parameters<typeof runAgain>[1]) => {
    const started = await runAgain(launch, changed);
    if (started) choose?.(started);
  };
  return (
    <section class="task-detail" aria-label={launch.appName} data-test="task-detail">
      <div class="row task-head">
        <div class="row" role="tablist" aria-label={launch.appName}>
          {TABS.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              class={one === tab ? '' : 'quiet'}
              aria-selected={one === tab}
              onClick={() => setTab(one)}
              data-test={`tab-${one}`}
            >
              {t.tasks[one]}
            </button>
          ))}
        </div>
        <span class="grow" />
        {choose && isOver(launch) && launch.runtime === 'pod_application' && (
          <button
            type="button"
            class="quiet"
            onClick={() => void start({ runtime: 'ephemeral_container' })}
            data-test="task-in-desktop"
          >
            {t.tasks.againInDesktop}
          </button>
        )}
        {choose && (
          <button
            type="button"
            class="quiet"
            onClick={() => openLayer({ kind: 'again', launch })}
            data-test="task-with"
          >
            {t.tasks.againWith}
          </button>
        )}
        <LookActs launch={launch} />
      </div>
      {known?.hints.map((hint) => (
        <HintBox key={hint.id} hint={hint} detail={known} start={choose ? start : undefined} />
      ))}
      {tab === 'logs' && <LogView key={launch.id} launch={launch} />}
      {tab !== 'logs' && detail.state === 'loading' && <Loading />}
      {detail.state === 'failed' && <Failure error={detail.error} retry={retry} />}
      {tab === 'environment' && known && <EnvironmentTable detail={known} />}
      {tab === 'details' && known && <Facts detail={known} />}
    </section>
  );
}

/** Ways to look into it. */
function LookActs({ launch }: { launch: Launch }) {
  return (
    <>
      <button type="button" class="quiet" onClick={() => insideLaunch(launch)} data-test="task-inside">
        <Icon of={ScanEye} size={15} /> {t.inside.open}
      </button>
      <button
        type="button"
        class="quiet"
        onClick={() => openLayer({ kind: 'debug', aim: aimAtLaunch(launch), verb: 'toolbox' })}
        data-test="task-debug"
      >
        <Icon of={Bug} size={15} /> {t.debug.open}
      </button>
    </>
  );
}

interface HintProps {
  readonly hint: Hint;
  readonly detail: LaunchDetail;
  readonly start: ((changed: ReturnType<typeof withRemedy>) => Promise<void>) | undefined;
}

function HintBox({ hint, detail, start }: HintProps) {
  return (
    <div class="hint" role="note" data-test="hint" data-hint={hint.id}>
      <Icon of={Lightbulb} size={18} />
      <div class="grow">
        <p>
          <b>{hint.title}</b> {hint.explanation}
        </p>
        {hint.anchor !== null && <p class="small">{`${t.tasks.guide}: docs/troubleshooting.md, ${hint.anchor}`}</p>}
        {start && hint.remedies.length > 0 && (
          <div class="row hint-remedies">
            {hint.remedies.map((remedy) => (
              <button
                key={remedy.label}
                type="button"
                onClick={() => void start(withRemedy(detail, remedy))}
                data-test="remedy"
              >
                {remedy.label}
              </button>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

function EnvironmentTable({ detail }: { detail: LaunchDetail }) {
  const rows = Object.entries(detail.environment).toSorted(([a], [b]) => a.localeCompare(b));
  if (rows.length === 0) return <p class="small">{t.tasks.noEnvironment}</p>;
  return (
    <div class="task-scroll" tabIndex={0} role="region" aria-label={t.tasks.environment}>
      <table class="task-env" data-test="environment">
        <thead>
          <tr>
            <th scope="col">{t.tasks.variable}</th>
            <th scope="col">{t.tasks.value}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <td>{name}</td>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="small">{t.tasks.masked}</p>
    </div>
  );
}

function Facts({ detail }: { detail: LaunchDetail }) {
  const { facts } = t.tasks;
  const end = detail.status.state === 'finished' ? detail.status : null;
  return (
    <FactList
      facts={[
        [facts.id, detail.id],
        [facts.image, detail.image],
        [facts.digest, detail.imageDigest],
        [facts.runsAs, t.tasks[detail.runtime]],
        [facts.limits, limitsText(detail.limits, t.tasks) || facts.none],
        [facts.arguments, detail.args.join(' ') || facts.none],
        [facts.started, dateTime(detail.startedAt)],
        [facts.window, detail.windowMs === null ? null : duration(detail.windowMs)],
        [facts.finished, end ? dateTime(end.finishedAt) : null],
        [facts.reason, end ? stateOf(detail, t.tasks.states).text : null],
        [facts.exitCode, end?.exitCode == null ? null : String(end.exitCode)],
        [facts.engineSays, end?.message ?? null],
      ]}
    />
  );
}
