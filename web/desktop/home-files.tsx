/** What happens to the home folder: it is kept, or deleted after listing its files with a download. */
import type { HomeFiles } from '#protocol/home.ts';
import { Download } from 'lucide';
import { api } from '../state/api.ts';
import { errorText } from '../ui/error-text.ts';
import { desktop } from '../state/store.ts';
import { dateTime } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer } from '../layers/layers.ts';
import { useRemote } from '../state/use-remote.ts';
import type { Remote } from '../ui/remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Loading } from '../ui/views.tsx';
import { shownPath, sizeOf } from './home-model.ts';
import './home-files.css';

export interface HomeLoss {
  readonly found: Remote<HomeFiles>;
  readonly retry: () => void;
}

/** Null if no files are deleted. */
export function useHomeLoss(): HomeLoss | null {
  const { id = null, home } = desktop.value ?? {};
  // The files of an ended desktop can't be listed.
  const lost = home === 'lost' && id !== null;
  const [found, retry] = useRemote(`home ${id} ${lost}`, (signal) =>
    lost ? api.desktop.home(signal) : Promise.resolve(NOTHING),
  );
  return lost ? { found, retry } : null;
}

const NOTHING: HomeFiles = { files: [], count: 0, bytes: 0, complete: true, leftOut: [] };

/** For dialogs that end the desktop. */
export function HomeFate({ loss }: { loss: HomeLoss | null }) {
  if (loss === null) return desktop.value?.home === 'kept' ? <p data-test="home-kept">{t.home.kept}</p> : null;
  return <Losses {...loss} />;
}

function Losses({ found, retry }: HomeLoss) {
  if (found.state === 'loading')
    return (
      <div class="home-files" data-test="home-loading">
        <p>{t.home.lost}</p>
        <Loading />
      </div>
    );
  if (found.state === 'failed')
    return (
      <div class="home-files" role="alert" data-test="home-failed">
        <p>
          {t.home.failed} {errorText(found.error)}
        </p>
        <div class="row">
          <button type="button" class="quiet" onClick={retry}>
            {t.retry}
          </button>
          <DownloadHome />
        </div>
      </div>
    );
  const { files, count, bytes: size, complete, leftOut } = found.value;
  if (count === 0 && complete) return <p data-test="home-empty">{t.home.empty}</p>;
  return (
    <div class="home-files" data-test="home-lost">
      <p>
        {t.home.lost} <b data-test="home-total">{t.home.total(count, sizeOf(size))}</b>
        {files.length < count && ` (${t.home.newest(files.length)})`}
      </p>
      <ul class="home-list" tabIndex={0} aria-label={t.home.list}>
        {files.map((file) => (
          <li key={file.path} data-test="home-file">
            <span class="home-path">{shownPath(file.path)}</span>
            <span class="small number">{sizeOf(file.bytes)}</span>
            <span class="small number">{dateTime(file.changedAt)}</span>
          </li>
        ))}
      </ul>
      {!complete && <p class="small">{t.home.incomplete}</p>}
      <p class="small">{t.home.leftOut(leftOut)}</p>
      <div class="row">
        <DownloadHome />
      </div>
    </div>
  );
}

function DownloadHome() {
  return (
    <a
      class="button"
      href={api.desktop.homeArchiveUrl()}
      download
      title={t.home.downloadHint}
      data-test="home-download"
    >
      <Icon of={Download} size={15} /> {t.home.download}
    </a>
  );
}

/** Opened from the bar. */
export function HomeLayer() {
  const loss = useHomeLoss();
  const [system] = useRemote('system', () => api.system.get());
  const pods = system.state === 'loaded' && system.value.system.separateLostHomes;
  return (
    <LayerFrame kind="home" label={t.home.title} role="dialog" class="dialog wide" dim>
      <h2>{t.home.title}</h2>
      <p>{t.home.text}</p>
      {pods && <p>{t.home.pods}</p>}
      <HomeFate loss={loss} />
      <div class="ends">
        <button type="button" class="quiet" onClick={() => closeLayer('home')} data-autofocus data-test="home-close">
          {t.close}
        </button>
      </div>
    </LayerFrame>
  );
}
