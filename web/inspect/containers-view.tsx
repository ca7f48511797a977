/** The containers of a desktop as a diagram and a table, and the details of the selected one. */
import type { Inspection } from '#protocol/inspect.ts';
import { Bug, TriangleAlert } from 'lucide';
import { api } from '../state/api.ts';
import { desktop } from '../state/store.ts';
import { bytes } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { openLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank } from '../ui/views.tsx';
import { RebuildButton, ScheduledRebuild } from '../desktop/desktop-entries.tsx';
import { ContainerDetail } from './container-detail.tsx';
import { ContainerTable } from './container-table.tsx';
import { isNearlyFull } from '../desktop/fullness.ts';
import { ordered } from './inspect-model.ts';
import { DiagramView } from './diagram-view.tsx';
import { diagramOf } from './diagram.ts';
import { usePolled } from './use-polled.ts';

interface Props {
  readonly inspection: Inspection;
  readonly chosen: string | null;
  readonly choose: (name: string) => void;
}

/** Namespaces change only when containers do. */
const POLL_MS = 30_000;

export function ContainersView({ inspection, chosen, choose }: Props) {
  const running = inspection.containers.filter(({ state }) => state === 'running').map(({ name }) => name);
  const [namespaces] = usePolled(`${inspection.desktopId} ${running.join(' ')}`, POLL_MS, (signal) =>
    api.inspect.namespaces(inspection.desktopId, signal),
  );
  const containers = ordered(inspection.containers);
  const shown = containers.find(({ name }) => name === chosen);
  const { desktopId, userId } = inspection;
  const whole = {
    desktopId,
    userId,
    launchId: null,
    name: t.inspect.theDesktop,
    image: null,
    container: null,
    ended: false,
  };
  if (containers.length === 0)
    return (
      <Blank title={t.inspect.none}>
        <p>{t.inspect.noneHint}</p>
      </Blank>
    );
  return (
    <>
      <div class="row inspect-acts">
        <Fullness inspection={inspection} />
        <button
          type="button"
          onClick={() => openLayer({ kind: 'debug', subject: whole, verb: 'toolbox' })}
          data-test="inspect-toolbox"
        >
          <Icon of={Bug} size={15} /> {t.debug.startToolbox}
        </button>
      </div>
      <DiagramView
        diagram={diagramOf(containers, namespaces.state === 'loaded' ? namespaces.value : null)}
        desktopId={desktopId}
        chosen={chosen}
        choose={choose}
      />
      {namespaces.state === 'failed' && <p class="small">{t.inspect.noNamespaces}</p>}
      <ContainerTable containers={containers} chosen={chosen} choose={choose} />
      {shown ? (
        <ContainerDetail key={shown.name} container={shown} inspection={inspection} />
      ) : (
        <p class="small task-choose">{t.inspect.choose}</p>
      )}
    </>
  );
}

/** How much of the desktop's limits is used, and the button to rebuild it. */
function Fullness({ inspection }: { inspection: Inspection }) {
  const { entries, size, desktopId, containers } = inspection;
  const over = Math.max(entries.finished, containers.filter(({ state }) => state === 'finished').length);
  const warns = isNearlyFull(inspection);
  const own = desktop.value?.id === desktopId;
  const text = [
    entries.most === null ? t.inspect.finishedOnes(over) : t.tasks.entries(entries.finished, entries.most),
    size && t.inspect.size(bytes(size.bytes), bytes(size.most)),
    warns && t.tasks.entriesHint,
  ];
  return (
    <div
      class={warns ? 'entries warn grow' : 'entries grow'}
      role={warns ? 'status' : undefined}
      data-test="inspect-full"
    >
      {warns && <Icon of={TriangleAlert} size={16} />}
      <p class="small grow">{text.filter(Boolean).join(' ')}</p>
      {own && desktop.value?.rebuild === 'idle' && <ScheduledRebuild />}
      {own && desktop.value?.rebuild !== 'idle' && over > 0 && <RebuildButton quiet test="inspect-rebuild" />}
    </div>
  );
}
