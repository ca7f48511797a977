/** The Files panel: the home folder with places, path, tools, list or grid, and details. */
import './files.css';
import { X } from 'lucide';
import { useEffect } from 'preact/hooks';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer } from '../layers/layers.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { ignore } from '#protocol/ignore.ts';
import { holdAccess, renewAccess } from './access.ts';
import { busy, mayUpload } from './actions.ts';
import { copiedFrom } from './clipboard.ts';
import { Columns } from './columns.tsx';
import { Details } from './details.tsx';
import { sizesOf } from './file-facts.ts';
import { FileList } from './file-list.tsx';
import { paste } from './list-keys.ts';
import { chosen, filter, folder, listing, place, reload, shown, view } from './panel.ts';
import { PathBar } from './path-bar.tsx';
import { Places } from './places.tsx';
import { receiveFiles } from './receive.ts';
import { Tools } from './tools.tsx';
import { arrived } from './uploads.ts';

/** Files of apps appear without a click; larger folders are listed again on demand. */
const POLL_MS = 5_000;
const MOST_POLLED = 500;
/** Many files arrive at once. */
const ARRIVED_MS = 400;

export default function Files() {
  useEffect(() => {
    const release = holdAccess();
    // The space may have changed since the panel was closed.
    void renewAccess().catch(ignore('the list says so'));
    const poll = setInterval(() => {
      const few = listing.value.state === 'loaded' && listing.value.value.entries.length <= MOST_POLLED;
      if (few && document.visibilityState === 'visible' && place.value.at === 'folder') void reload();
    }, POLL_MS);
    let due: ReturnType<typeof setTimeout> | undefined;
    arrived.in = (into) => {
      if (into !== folder.value || due !== undefined) return;
      due = setTimeout(() => {
        due = undefined;
        void reload();
      }, ARRIVED_MS);
    };
    return () => {
      release();
      clearInterval(poll);
      clearTimeout(due);
      arrived.in = () => {};
    };
  }, []);
  return (
    <LayerFrame kind="files" label={t.files.title} class="sheet files">
      <Places />
      <button
        type="button"
        class="quiet icon sheet-close"
        aria-label={t.close}
        onClick={() => closeLayer('files')}
        data-test="files-close"
      >
        <Icon of={X} />
      </button>
      <div
        class="files-page"
        onPaste={onPaste}
        data-test="files-page"
        data-place={folder.value ?? 'trash'}
        data-copied={copiedFrom.value}
      >
        <PathBar />
        <Tools />
        <div class="files-body">
          <div class="files-main">
            <Content />
          </div>
          {view.value.details && <Details />}
        </div>
        <Status />
      </div>
    </LayerFrame>
  );
}

function Content() {
  const { value } = listing;
  if (value.state === 'loading') return <Loading />;
  if (value.state === 'failed') return <Failure error={value.error} retry={() => void reload()} />;
  return (
    <>
      {view.value.view === 'list' && shown.value.length > 0 && <Columns />}
      <FileList />
      {shown.value.length === 0 && <Empty />}
    </>
  );
}

function Empty() {
  if (filter.value.trim() !== '') return <Blank title={t.files.noMatch} test="files-none" />;
  if (folder.value === null) return <Blank title={t.files.emptyTrashed} test="files-empty" />;
  return (
    <Blank title={t.files.emptyFolder} test="files-empty">
      {mayUpload.value && <p>{t.files.emptyHint}</p>}
    </Blank>
  );
}

function Status() {
  const { value } = listing;
  const selected = chosen.value;
  return (
    <div class="files-status small" role="status" data-test="files-status">
      <span>{t.files.items(shown.value.length)}</span>
      {selected.length > 0 && (
        <span>{[t.files.selected(selected.length), sizesOf(selected)].filter(Boolean).join(' · ')}</span>
      )}
      {busy.value && <span>{t.files.working}</span>}
      {value.state === 'loaded' && value.value.cut && <span>{t.files.tooMany}</span>}
    </div>
  );
}

/** Files of this computer's clipboard, or those that were copied here. */
function onPaste(event: ClipboardEvent): void {
  if (event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length > 0 && folder.value !== null) void receiveFiles(files, folder.value);
  else paste();
}
