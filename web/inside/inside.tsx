/** Look inside: a desktop with everything that runs in and beside it, one view of it at a time. */
import type { Inside } from '#protocol/inside.ts';
import { X } from 'lucide';
import { useState } from 'preact/hooks';
import { Icon } from '../ui/icon.tsx';
import { LayerFrame } from '../ui/layer.tsx';
import { closeLayer, type InsideOf } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Failure, Loading } from '../ui/views.tsx';
import { ContainersView } from './containers-view.tsx';
import { EnvironmentView } from './environment-view.tsx';
import { HappeningsView } from './happenings-view.tsx';
import { NamespacesView } from './namespaces-view.tsx';
import { ProcessesView } from './processes-view.tsx';
import { SocketsView } from './sockets-view.tsx';
import { TextView } from './text-view.tsx';
import { useInside } from './use-inside.ts';
import './inside.css';

const TABS = ['containers', 'namespaces', 'processes', 'sockets', 'events', 'environment', 'describe', 'yaml'] as const;
type Tab = (typeof TABS)[number];

export default function InsideSheet({ of }: { of: InsideOf }) {
  const [tab, setTab] = useState<Tab>('containers');
  const { inside, stale, again } = useInside(of.desktopId);
  return (
    <LayerFrame kind="inside" label={t.inside.title(of.desktopId)} look="sheet">
      <nav class="sheet-nav" aria-label={t.inside.views}>
        <p class="inside-of">
          <b>{t.inside.short}</b>
          <span class="small">{of.desktopId}</span>
        </p>
        {TABS.map((one) => (
          <button
            key={one}
            type="button"
            class="quiet"
            aria-current={one === tab ? 'page' : undefined}
            data-autofocus={one === tab ? '' : undefined}
            onClick={() => setTab(one)}
            data-test={`inside-${one}`}
          >
            {t.inside.tabs[one]}
          </button>
        ))}
      </nav>
      <button
        type="button"
        class="quiet icon sheet-close"
        aria-label={t.close}
        onClick={() => closeLayer('inside')}
        data-test="inside-close"
      >
        <Icon of={X} />
      </button>
      <div class="sheet-page" data-page={tab}>
        <div class="row sheet-title">
          <h2 class="grow">{t.inside.tabs[tab]}</h2>
          {stale && inside.state === 'there' && (
            <span class="pill warn" role="status" data-test="inside-stale">
              {t.inside.stale}
            </span>
          )}
        </div>
        {inside.state === 'loading' && <Loading />}
        {inside.state === 'failed' && <Failure error={inside.error} retry={again} />}
        {inside.state === 'there' && <View tab={tab} inside={inside.value} first={of.launchId} />}
      </div>
    </LayerFrame>
  );
}

function View({ tab, inside, first }: { tab: Tab; inside: Inside; first: string | null }) {
  // One choice for all views: whoever looks at a container goes on looking at it.
  const [chosen, choose] = useState(() => firstOf(inside, first));
  const { desktopId } = inside;
  const shared = { inside, chosen, choose };
  switch (tab) {
    case 'containers':
      return <ContainersView {...shared} />;
    case 'namespaces':
      return <NamespacesView inside={inside} />;
    case 'processes':
      return <ProcessesView desktopId={desktopId} />;
    case 'sockets':
      return <SocketsView desktopId={desktopId} />;
    case 'events':
      return <HappeningsView desktopId={desktopId} />;
    case 'environment':
      return <EnvironmentView {...shared} />;
    case 'describe':
      return <TextView key="describe" what="describe" inside={inside} />;
    case 'yaml':
      return <TextView key="yaml" what="yaml" inside={inside} />;
    default:
      return tab satisfies never;
  }
}

/** The launch that was asked for, as its container is called. */
function firstOf({ containers }: Inside, launchId: string | null): string | null {
  if (launchId === null) return null;
  return containers.find((one) => one.launchId === launchId && one.kind === 'launch')?.name ?? null;
}
