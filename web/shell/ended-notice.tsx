/** The hint and the remedy in the notice of a failed launch. */
import type { Launch } from '#protocol/launch.ts';
import { withRemedy } from '../settings/task-model.ts';
import { api } from '../state/api.ts';
import { dismissNotices } from '../state/notices.ts';
import { launches } from '../state/store.ts';
import { isOver } from '../state/world.ts';
import { closeLayer, openLayer } from '../layers/layers.ts';
import { useRemote } from '../state/use-remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { runAgain } from '../apps/actions.ts';

export function EndedNotice({ id, launchId }: { id: string; launchId: string }) {
  const launch = launches.value.find((one) => one.id === launchId);
  return launch && isOver(launch) ? <Help id={id} launch={launch} /> : null;
}

function Help({ id, launch }: { id: string; launch: Launch }) {
  const [detail] = useRemote(launch.id, (signal) => api.launches.get(launch.id, signal));
  const known = detail.state === 'loaded' ? detail.value : null;
  const hint = known?.hints[0];
  const remedy = hint?.remedies[0];
  const leave = () => {
    dismissNotices([id]);
    closeLayer('notices');
  };
  const applyRemedy = () => {
    leave();
    void runAgain(launch, known && remedy ? withRemedy(known, remedy) : {});
  };
  const showLog = () => {
    leave();
    openLayer({ kind: 'settings', page: 'tasks', launchId: launch.id });
  };
  return (
    <>
      {hint && (
        <p class="small" data-test="notice-hint" data-hint={hint.id}>
          <b>{hint.title}</b> {hint.explanation}
        </p>
      )}
      {detail.state !== 'loading' && (
        <p class="row notice-acts">
          <button type="button" onClick={applyRemedy} data-test="notice-remedy">
            {remedy?.label ?? t.notices.again}
          </button>
          <button type="button" class="quiet" onClick={showLog} data-test="notice-log">
            {t.notices.showLog}
          </button>
        </p>
      )}
    </>
  );
}
