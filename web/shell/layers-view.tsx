/** Draws what is open over the desktop, in the order in which it was opened. */
import { Consent } from '../debug/consent.tsx';
import { WhileAway } from '../debug/while-away.tsx';
import { Again } from '../settings/again.tsx';
import { Compact } from '../settings/compact.tsx';
import { RemoveDesktop } from '../settings/desktops-page.tsx';
import { Settings } from '../settings/settings.tsx';
import { lazy } from '../ui/lazy.tsx';
import { type Layer, layers } from '../ui/layers.ts';
import { DockMenu } from './dock-menu.tsx';
import { Logout } from './logout.tsx';
import { Menu } from './menu.tsx';
import { NoticeHistory } from './notices.tsx';
import { Paste } from './paste.tsx';
import { DesktopFull, Rebuild } from './rebuild.tsx';
import { Search } from './search.tsx';

const InsideSheet = lazy(() => import('../inside/inside.tsx'));
const DebugDialog = lazy(() => import('../debug/debug-dialog.tsx'));
const Recording = lazy(() => import('../terminal/recording.tsx'));

export function Layers() {
  return (
    <>
      {layers.value.map((layer) => (
        <One key={layer.kind} layer={layer} />
      ))}
    </>
  );
}

function One({ layer }: { layer: Layer }) {
  switch (layer.kind) {
    case 'search':
      return <Search />;
    case 'menu':
      return <Menu />;
    case 'notices':
      return <NoticeHistory />;
    case 'paste':
      return <Paste />;
    case 'logout':
      return <Logout />;
    case 'dock-menu':
      return <DockMenu of={layer.key} x={layer.x} />;
    case 'settings':
      return <Settings page={layer.page} launchId={layer.launchId} />;
    case 'again':
      return <Again launch={layer.launch} />;
    case 'rebuild':
      return <Rebuild />;
    case 'desktop-full':
      return <DesktopFull reason={layer.reason} asPod={layer.asPod} />;
    case 'compact':
      return <Compact />;
    case 'inside':
      return <InsideSheet of={layer.of} />;
    case 'debug':
      return <DebugDialog aim={layer.aim} verb={layer.verb} />;
    case 'consent':
      return <Consent key={layer.id} id={layer.id} />;
    case 'while-away':
      return <WhileAway ids={layer.ids} />;
    case 'recording':
      return <Recording session={layer.session} />;
    case 'remove-desktop':
      return <RemoveDesktop desktop={layer.desktop} removed={layer.removed} />;
    default:
      return layer satisfies never;
  }
}
