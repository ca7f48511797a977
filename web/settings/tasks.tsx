/** Tasks: the user's launches with their resource usage, and the details of the selected one. */
import { ignore } from '#protocol/ignore.ts';
import type { Launch, Usage } from '#protocol/launch.ts';
import { ScanEye } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { api, wake } from '../state/api.ts';
import { inspectOwnDesktop } from '../inspect/open-inspect.ts';
import { desktop, launches, running, world } from '../state/store.ts';
import { Icon } from '../ui/icon.tsx';
import { openLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Loading } from '../ui/views.tsx';
import { DesktopEntries } from '../desktop/desktop-entries.tsx';
import { TaskDetail } from './task-detail.tsx';
import { TaskTable } from './task-table.tsx';

export function Tasks({ launchId }: { launchId: string | null }) {
  const [chosen, choose] = useState(launchId);
  useEffect(() => {
    if (launchId !== null) choose(launchId);
  }, [launchId]);
  const usage = useUsage();
  const all = launches.value;
  const shown = all.find(({ id }) => id === chosen) ?? null;
  const picked = (launch: Launch) => choose(launch.id);
  return (
    <>
      <div class="row sheet-title">
        <h2 class="grow">{t.settings.pages.tasks}</h2>
        {desktop.value?.id && (
          <button type="button" class="quiet" onClick={inspectOwnDesktop} data-test="tasks-inspect">
            <Icon of={ScanEye} size={15} /> {t.inspect.openDesktop}
          </button>
        )}
        {running.value.length > 0 && <span class="pill accent">{t.tasks.running(running.value.length)}</span>}
      </div>
      <DesktopEntries />
      {all.length === 0 && (world.value.known.launches ? <NoTasks /> : <Loading />)}
      {all.length > 0 && <TaskTable launches={all} usage={usage} chosen={chosen} choose={picked} showUser={false} />}
      {shown && <TaskDetail key={shown.id} launch={shown} choose={picked} />}
      {all.length > 0 && !shown && <p class="small task-choose">{t.tasks.choose}</p>}
    </>
  );
}

function NoTasks() {
  return (
    <Blank title={t.tasks.empty}>
      <p>{t.tasks.emptyHint}</p>
      <button type="button" onClick={() => openLayer({ kind: 'search' })}>
        {t.tasks.emptyAction}
      </button>
    </Blank>
  );
}

/** The server measures usage only while this page is open. */
function useUsage(): ReadonlyMap<string, Usage> {
  const [usage, setUsage] = useState<ReadonlyMap<string, Usage>>(new Map());
  useEffect(() => {
    const abort = new AbortController();
    const read = async () => {
      for await (const { usage: all } of api.usage({ signal: abort.signal, wake }))
        setUsage(new Map(all.map((one) => [one.launchId, one])));
    };
    read().catch(ignore('the table is useful without usage'));
    return () => abort.abort();
  }, []);
  return usage;
}
