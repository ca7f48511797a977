/** The usual folders of a home, the trash, and how much space is left. */
import { Download, FileText, Film, House, Image, Monitor, Music, Trash2 } from 'lucide';
import { useRef } from 'preact/hooks';
import { bytes } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { useOverflow } from '../ui/overflow.ts';
import { t } from '../ui/strings/catalogue.ts';
import { access } from './access.ts';
import { trash } from './actions.ts';
import { dropInto, hasFiles, isOwnDrag } from './dragging.ts';
import { folderTitle } from './file-facts.ts';
import { chosenPaths } from './list-keys.ts';
import { folder, goTo, homeFolders, type Place } from './panel.ts';
import { HOME } from './paths.ts';

const ICONS = {
  Desktop: Monitor,
  Documents: FileText,
  Downloads: Download,
  Pictures: Image,
  Music,
  Videos: Film,
} as const;
const NEARLY_FULL = 0.9;

export function Places() {
  const nav = useRef<HTMLElement>(null);
  const usual = Object.entries(ICONS).filter(([name]) => homeFolders.value.has(name));
  const overflow = useOverflow(nav, `${folder.value} ${usual.length}`);
  return (
    <nav
      class="sheet-nav files-places"
      aria-label={t.files.places}
      ref={nav}
      onScroll={overflow.note}
      data-more={overflow.more}
    >
      <PlaceButton to={{ at: 'folder', path: HOME }} icon={House} test="place-home" />
      {usual.map(([name, icon]) => (
        <PlaceButton key={name} to={{ at: 'folder', path: name }} icon={icon} test={`place-${name}`} />
      ))}
      <PlaceButton to={{ at: 'trash' }} icon={Trash2} test="place-trash" />
      <Space />
    </nav>
  );
}

function PlaceButton({ to, icon, test }: { to: Place; icon: typeof House; test: string }) {
  const here = to.at === 'trash' ? folder.value === null : folder.value === to.path;
  const drop = (event: DragEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (to.at === 'folder') dropInto(to.path, event);
    else if (isOwnDrag(event)) void trash(chosenPaths());
  };
  return (
    <button
      type="button"
      class="quiet"
      aria-current={here ? 'page' : undefined}
      onClick={() => goTo(to)}
      onDragOver={(event) => (isOwnDrag(event) || (hasFiles(event) && to.at === 'folder')) && event.preventDefault()}
      onDrop={drop}
      data-test={test}
    >
      <Icon of={icon} size={15} /> {to.at === 'trash' ? t.files.trash : folderTitle(to.path)}
    </button>
  );
}

function Space() {
  const space = access.value.state === 'loaded' ? access.value.value.space : null;
  if (space === null) return null;
  const share = Math.min(1, space.usedBytes / space.limitBytes);
  const text = t.files.free(bytes(Math.max(0, space.limitBytes - space.usedBytes)), bytes(space.limitBytes));
  return (
    <div class="files-space small" data-test="files-space">
      <div
        class={share > NEARLY_FULL ? 'files-meter full' : 'files-meter'}
        role="meter"
        aria-label={t.files.used}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={text}
      >
        <i style={{ width: `${share * 100}%` }} />
      </div>
      {text}
    </div>
  );
}
