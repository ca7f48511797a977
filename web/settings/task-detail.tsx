/** The selected launch: log, environment, details, hints, and ways to run it again. */
import type { Launch } from '#protocol/launch.ts';
import { Bug, ScanEye } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { subjectOfLaunch } from '../layers/debug-subject.ts';
import { inspectLaunch } from '../inspect/open-inspect.ts';
import { runAgain } from '../apps/actions.ts';
import { api } from '../state/api.ts';
import { noticeIdOf } from '../state/ended-notices.ts';
import { dismissNotices } from '../state/notices.ts';
import { isOver } from '../state/world.ts';
import { Icon } from '../ui/icon.tsx';
import { openLayer } from '../layers/layers.ts';
import { useRemote } from '../state/use-remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Failure, Loading } from '../ui/views.tsx';
import { HintBox } from './hint-box.tsx';
import { EnvironmentTable, Facts } from './launch-facts.tsx';
import { LogView } from './log-view.tsx';
import './task-detail.css';

type Tab = 'logs' | 'environment' | 'details';
const TABS: readonly Tab[] = ['logs', 'environment', 'details'];

interface Props {
  readonly launch: Launch;
  /** Absent for other users' launches, which can't be run again. */
  readonly choose?: (launch: Launch) => void;
}

export function TaskDetail({ launch, choose }: Props) {
  const [tab, setTab] = useState<Tab>('logs');
  // Reason, hints and exit code change when a launch ends or one of its processes is killed.
  const [detail, retry] = useRemote(`${launch.id} ${launch.status.state} ${launch.memoryKill}`, (signal) =>
    api.launches.get(launch.id, signal),
  );
  const known = detail.state === 'loaded' ? detail.value : null;
  // The log and the hint replace the notice.
  useEffect(() => {
    if (launch.unread) dismissNotices([noticeIdOf(launch)]);
  }, [launch.id, launch.unread]);
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
            onClick={() => openLayer({ kind: 'run-again', launch })}
            data-test="task-with"
          >
            {t.tasks.againWith}
          </button>
        )}
        <InspectActions launch={launch} />
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

/** Buttons to inspect and debug it. */
function InspectActions({ launch }: { launch: Launch }) {
  return (
    <>
      <button type="button" class="quiet" onClick={() => inspectLaunch(launch)} data-test="task-inspect">
        <Icon of={ScanEye} size={15} /> {t.inspect.open}
      </button>
      <button
        type="button"
        class="quiet"
        onClick={() => openLayer({ kind: 'debug', subject: subjectOfLaunch(launch), verb: 'toolbox' })}
        data-test="task-debug"
      >
        <Icon of={Bug} size={15} /> {t.debug.open}
      </button>
    </>
  );
}
