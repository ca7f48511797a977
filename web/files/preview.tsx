/** Shows a file without downloading it: pictures, text, PDF, audio and video. Nothing of it is run in this page. */
import './preview.css';
import { ChevronLeft, ChevronRight, Download, ExternalLink, X } from 'lucide';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer, openLayer } from '../layers/layers.ts';
import { useRemote } from '../state/use-remote.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { sizeOf } from '../desktop/home-model.ts';
import { download, mayDownload } from './actions.ts';
import { fileUrl, readText } from './dav.ts';
import type { Entry } from './entry.ts';
import { shownName } from './file-facts.ts';
import { pictureUrl } from './file-icon.tsx';
import { isSvg, previewOf } from './kinds.ts';
import { selection, shown } from './panel.ts';
import { only } from './selection.ts';

const MAX_TEXT_BYTES = 512 * 1024;

export default function Preview({ path }: { path: string }) {
  const files = shown.value.filter((entry) => !entry.folder);
  const at = files.findIndex((entry) => entry.path === path);
  const entry = files[at];
  if (!entry) return <Gone />;
  const go = (step: number) => {
    const next = files[at + step];
    if (!next) return;
    selection.value = only(next.path);
    openLayer({ kind: 'file-preview', path: next.path });
  };
  const keys = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLMediaElement || event.ctrlKey || event.altKey) return;
    if (event.key === 'ArrowRight') go(1);
    else if (event.key === 'ArrowLeft') go(-1);
    else if (event.key === ' ' && !(event.target instanceof HTMLButtonElement)) closeLayer('file-preview');
  };
  const name = shownName(entry.name);
  return (
    <LayerFrame kind="file-preview" label={name} class="file-preview" dim>
      <div class="file-preview-frame" onKeyDown={keys}>
        <header class="row">
          <h2 class="truncate grow">{name}</h2>
          <span class="small number">{sizeOf(entry.size)}</span>
          <Step icon={ChevronLeft} label={t.files.previous} off={at === 0} run={() => go(-1)} test="preview-previous" />
          <Step
            icon={ChevronRight}
            label={t.files.next}
            off={at === files.length - 1}
            run={() => go(1)}
            test="preview-next"
          />
          {previewOf(entry) !== null && !isSvg(entry) && (
            <a
              class="button quiet icon"
              href={fileUrl(entry.path, '?inline')}
              target="_blank"
              rel="noopener noreferrer"
              aria-label={t.files.newTab}
              title={t.files.newTab}
            >
              <Icon of={ExternalLink} size={15} />
            </a>
          )}
          {mayDownload.value && (
            <Step icon={Download} label={t.files.download} run={() => download([entry])} test="preview-download" />
          )}
          <Step icon={X} label={t.close} run={() => closeLayer('file-preview')} test="preview-close" focus />
        </header>
        <div
          class="file-preview-body"
          key={entry.path}
          data-test="preview-body"
          data-preview={previewOf(entry) ?? 'none'}
        >
          <Body entry={entry} />
        </div>
      </div>
    </LayerFrame>
  );
}

interface StepProps {
  readonly icon: typeof X;
  readonly label: string;
  readonly run: () => void;
  readonly test: string;
  readonly off?: boolean;
  readonly focus?: boolean;
}

function Step({ icon, label, run, test, off = false, focus = false }: StepProps) {
  return (
    <button
      type="button"
      class="quiet icon"
      aria-label={label}
      title={label}
      disabled={off}
      onClick={run}
      data-autofocus={focus ? '' : undefined}
      data-test={test}
    >
      <Icon of={icon} size={16} directed={icon === ChevronLeft || icon === ChevronRight} />
    </button>
  );
}

function Body({ entry }: { entry: Entry }) {
  const name = shownName(entry.name);
  const url = fileUrl(entry.path, '?inline');
  const kind = previewOf(entry);
  switch (kind) {
    case 'picture':
      return <img src={pictureUrl(entry)} alt={name} />;
    case 'video':
      return <video src={url} controls preload="metadata" aria-label={name} />;
    case 'audio':
      return <audio src={url} controls preload="metadata" aria-label={name} />;
    // The browser's own viewer; it doesn't start in a sandboxed frame. The server sends it as PDF and nothing else.
    case 'pdf':
      return <iframe src={url} title={name} />;
    case 'text':
      return <Text entry={entry} />;
    case null:
      return <None entry={entry} />;
    default:
      return kind satisfies never;
  }
}

function Text({ entry }: { entry: Entry }) {
  const [text, retry] = useRemote(`text ${entry.path}`, (signal) => readText(entry.path, MAX_TEXT_BYTES, signal));
  if (text.state === 'loading') return <Loading />;
  if (text.state === 'failed') return <Failure error={text.error} retry={retry} />;
  return (
    <div class="file-preview-text">
      {entry.size > MAX_TEXT_BYTES && <p class="small">{t.files.previewCut(sizeOf(MAX_TEXT_BYTES))}</p>}
      <pre tabIndex={0} role="region" aria-label={shownName(entry.name)} data-test="preview-text">
        {text.value}
      </pre>
    </div>
  );
}

function None({ entry }: { entry: Entry }) {
  return (
    <Blank title={t.files.noPreview}>
      {mayDownload.value && (
        <button type="button" onClick={() => download([entry])}>
          {t.files.download}
        </button>
      )}
    </Blank>
  );
}

/** It was deleted or renamed meanwhile. */
function Gone() {
  return (
    <LayerFrame kind="file-preview" label={t.files.preview} class="dialog" dim>
      <Blank title={t.files.noPreview}>
        <button type="button" onClick={() => closeLayer('file-preview')} data-autofocus>
          {t.close}
        </button>
      </Blank>
    </LayerFrame>
  );
}
