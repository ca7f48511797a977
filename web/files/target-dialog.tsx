/** Lets the user choose the folder into which files are moved or copied. */
import './dialogs.css';
import { ArrowUp, Folder } from 'lucide';
import { useState } from 'preact/hooks';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer } from '../layers/layers.ts';
import { useRemote } from '../state/use-remote.ts';
import { Icon } from '../ui/icon.tsx';
import { locale } from '../ui/locale.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { transferTo } from './actions.ts';
import { listFolder } from './dav.ts';
import type { Transfer } from './entry.ts';
import { shownEntries } from './entry.ts';
import { folderTitle, shownName } from './file-facts.ts';
import { folder as shownFolder } from './panel.ts';
import { folderOf, HOME, isWithin } from './paths.ts';

const ORDER = { by: 'name', down: false, hidden: false, filter: '' } as const;

export default function TargetDialog({ verb, paths }: { verb: Transfer; paths: readonly string[] }) {
  const [at, setAt] = useState(shownFolder.value ?? HOME);
  const [found, retry] = useRemote(`target ${at}`, (signal) => listFolder(at, signal));
  const title = verb === 'MOVE' ? t.files.moveTitle(paths.length) : t.files.copyTitle(paths.length);
  const folders =
    found.state === 'loaded'
      ? shownEntries(found.value.entries, ORDER, locale.value).filter((one) => one.folder && !paths.includes(one.path))
      : [];
  const impossible =
    paths.some((path) => isWithin(at, path)) || (verb === 'MOVE' && paths.every((path) => folderOf(path) === at));
  const go = () => {
    closeLayer('file-target');
    void transferTo(verb, paths, at);
  };
  return (
    <LayerFrame kind="file-target" label={title} class="dialog file-target" dim>
      <h2>{title}</h2>
      <div class="row">
        <button
          type="button"
          class="quiet icon"
          aria-label={t.files.up}
          disabled={at === HOME}
          onClick={() => setAt(folderOf(at))}
          data-test="target-up"
        >
          <Icon of={ArrowUp} />
        </button>
        <b class="truncate" role="status" data-test="target-at">
          {folderTitle(at)}
        </b>
      </div>
      <div class="file-folders">
        {found.state === 'loading' && <Loading />}
        {found.state === 'failed' && <Failure error={found.error} retry={retry} />}
        {found.state === 'loaded' && folders.length === 0 && <Blank title={t.files.noFolders} />}
        {folders.map(({ path, name }) => (
          <button key={path} type="button" class="quiet" onClick={() => setAt(path)} data-test="target-folder">
            <Icon of={Folder} /> <span class="truncate">{shownName(name)}</span>
          </button>
        ))}
      </div>
      <div class="ends">
        <button type="button" class="quiet" onClick={() => closeLayer('file-target')}>
          {t.cancel}
        </button>
        <button
          type="button"
          class="primary"
          disabled={impossible || found.state !== 'loaded'}
          onClick={go}
          data-autofocus
          data-test="target-submit"
        >
          {verb === 'MOVE' ? t.files.moveHere : t.files.copyHere}
        </button>
      </div>
    </LayerFrame>
  );
}
