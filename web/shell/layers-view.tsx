/** Renders the open layers in the order in which they were opened. */
import { Consent } from '../debug/consent.tsx';
import { WhileAway } from '../debug/while-away.tsx';
import { LogoutEverywhere } from '../settings/logout-everywhere.tsx';
import { RemovePrint } from '../prints/remove-print.tsx';
import { RunAgain } from '../settings/run-again.tsx';
import { OpenWith } from '../apps/open-with-dialog.tsx';
import { RebuildDialog } from '../desktop/rebuild-dialog.tsx';
import { RemoveDesktop } from '../settings/desktops-page.tsx';
import { Settings } from '../settings/settings.tsx';
import { VolumeLayer } from '../sound/volume-layer.tsx';
import { lazy } from '../ui/lazy.tsx';
import { type Layer, layers } from '../layers/layers.ts';
import { ClipboardPanel } from './clipboard-panel.tsx';
import { DockMenu } from './dock-menu.tsx';
import { HomeLayer } from '../desktop/home-files.tsx';
import { Logout } from './logout.tsx';
import { Menu } from './menu.tsx';
import { NoticeHistory } from './notices.tsx';
import { Paste } from './paste.tsx';
import { DesktopFull } from '../desktop/desktop-full.tsx';
import { Search } from './search.tsx';
import { FileMenu } from '../files/file-menu.tsx';

const InspectSheet = lazy(() => import('../inspect/inspect.tsx'));
const DebugDialog = lazy(() => import('../debug/debug-dialog.tsx'));
const FilesSheet = lazy(() => import('../files/files.tsx'));
const AppStoreSheet = lazy(() => import('../app-store/app-store.tsx'));
const RemoveApp = lazy(() => import('../app-store/remove-app.tsx'));
const FileName = lazy(() => import('../files/name-dialog.tsx'));
const FileTarget = lazy(() => import('../files/target-dialog.tsx'));
const FileConflict = lazy(() => import('../files/conflict-dialog.tsx'));
const FilePreview = lazy(() => import('../files/preview.tsx'));
const FileDelete = lazy(() => import('../files/delete-dialog.tsx'));
const Recording = lazy(() => import('../debug/recording.tsx'));

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
    case 'volume':
      return <VolumeLayer />;
    case 'paste':
      return <Paste />;
    case 'clipboard':
      return <ClipboardPanel />;
    case 'logout':
      return <Logout />;
    case 'logout-everywhere':
      return <LogoutEverywhere />;
    case 'home':
      return <HomeLayer />;
    case 'dock-menu':
      return <DockMenu of={layer.key} x={layer.x} />;
    case 'settings':
      return <Settings page={layer.page} launchId={layer.launchId} />;
    case 'run-again':
      return <RunAgain launch={layer.launch} />;
    case 'open-with':
      return <OpenWith request={layer.request} apps={layer.apps} />;
    case 'desktop-full':
      return <DesktopFull reason={layer.reason} asPod={layer.asPod} />;
    case 'rebuild':
      return <RebuildDialog />;
    case 'inspect':
      return <InspectSheet target={layer.target} />;
    case 'debug':
      return <DebugDialog subject={layer.subject} verb={layer.verb} />;
    case 'consent':
      return <Consent key={layer.id} id={layer.id} />;
    case 'while-away':
      return <WhileAway ids={layer.ids} />;
    case 'recording':
      return <Recording session={layer.session} />;
    case 'remove-print':
      return <RemovePrint name={layer.name} removed={layer.removed} />;
    case 'app-store':
      return <AppStoreSheet />;
    case 'remove-app':
      return <RemoveApp app={layer.app} />;
    case 'files':
      return <FilesSheet />;
    case 'file-menu':
      return <FileMenu x={layer.x} y={layer.y} />;
    case 'file-name':
      return <FileName folder={layer.folder} of={layer.rename} />;
    case 'file-target':
      return <FileTarget verb={layer.verb} paths={layer.paths} />;
    case 'file-conflict':
      return <FileConflict />;
    case 'file-preview':
      return <FilePreview path={layer.path} />;
    case 'file-delete':
      return <FileDelete of={layer.of} fromTrash={layer.fromTrash} />;
    case 'remove-desktop':
      return <RemoveDesktop desktop={layer.desktop} removed={layer.removed} />;
    default:
      return layer satisfies never;
  }
}
