/** Inspect: everything that runs in a desktop and in its launches' pods, one view at a time. */
import type { Inspection } from '#protocol/inspect.ts';
import { X } from 'lucide';
import { useState } from 'preact/hooks';
import { Icon } from '../ui/icon.tsx';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer, type InspectTarget } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Failure, Loading } from '../ui/views.tsx';
import { ContainersView } from './containers-view.tsx';
import { EnvironmentView } from './environment-view.tsx';
import { EventsView } from './events-view.tsx';
import { NamespacesView } from './namespaces-view.tsx';
import { ProcessesView } from './processes-view.tsx';
import { SocketsView } from './sockets-view.tsx';
import { TextView } from './text-view.tsx';
import { useInspect } from './use-inspect.ts';
import './inspect.css';

const TABS = ['containers', 'namespaces', 'processes', 'sockets', 'events', 'environment', 'describe', 'yaml'] as const;
type Tab = (typeof TABS)[number];

export default function InspectSheet({ target }: { target: InspectTarget }) {
  const [tab, setTab] = useState<Tab>('containers');
  const { inspection, stale, retry } = useInspect(target.desktopId);
  return (
    <LayerFrame kind="inspect" label={t.inspect.title(target.desktopId)} class="sheet">
      <nav class="sheet-nav" aria-label={t.inspect.views}>
        <p class="inspect-of">
          <b>{t.inspect.short}</b>
          <span class="small">{target.desktopId}</span>
        </p>
        {TABS.map((one) => (
          <button
            key={one}
            type="button"
            class="quiet"
            aria-current={one === tab ? 'page' : undefined}
            data-autofocus={one === tab ? '' : undefined}
            onClick={() => setTab(one)}
            data-test={`inspect-${one}`}
          >
            {t.inspect.tabs[one]}
          </button>
        ))}
      </nav>
      <button
        type="button"
        class="quiet icon sheet-close"
        aria-label={t.close}
        onClick={() => closeLayer('inspect')}
        data-test="inspect-close"
      >
        <Icon of={X} />
      </button>
      <div class="sheet-page" data-page={tab}>
        <div class="row sheet-title">
          <h2 class="grow">{t.inspect.tabs[tab]}</h2>
          {stale && inspection.state === 'loaded' && (
            <span class="pill warn" role="status" data-test="inspect-stale">
              {t.inspect.stale}
            </span>
          )}
        </div>
        {inspection.state === 'loading' && <Loading />}
        {inspection.state === 'failed' && <Failure error={inspection.error} retry={retry} />}
        {inspection.state === 'loaded' && <View tab={tab} inspection={inspection.value} first={target.launchId} />}
      </div>
    </LayerFrame>
  );
}

function View({ tab, inspection, first }: { tab: Tab; inspection: Inspection; first: string | null }) {
  // The selection is shared by all views.
  const [chosen, choose] = useState(() => firstOf(inspection, first));
  const { desktopId } = inspection;
  const shared = { inspection, chosen, choose };
  switch (tab) {
    case 'containers':
      return <ContainersView {...shared} />;
    case 'namespaces':
      return <NamespacesView inspection={inspection} />;
    case 'processes':
      return <ProcessesView desktopId={desktopId} />;
    case 'sockets':
      return <SocketsView desktopId={desktopId} />;
    case 'events':
      return <EventsView desktopId={desktopId} />;
    case 'environment':
      return <EnvironmentView {...shared} />;
    case 'describe':
      return <TextView key="describe" what="describe" inspection={inspection} />;
    case 'yaml':
      return <TextView key="yaml" what="yaml" inspection={inspection} />;
    default:
      return tab satisfies never;
  }
}

/** The name of the launch's container. */
function firstOf({ containers }: Inspection, launchId: string | null): string | null {
  if (launchId === null) return null;
  return containers.find((one) => one.launchId === launchId && one.kind === 'launch')?.name ?? null;
}
