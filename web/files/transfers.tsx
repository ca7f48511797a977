/** Progress of the uploads, at the lower edge; stays when the Files panel is closed. */
import { ChevronDown, ChevronUp, Pause, Play, RotateCcw, X } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { ignore } from '#protocol/ignore.ts';
import { ApiError, ConnectionError } from '#client/errors.ts';
import { bytes, duration } from '../ui/format.ts';
import { errorText } from '../ui/error-text.ts';
import { Icon } from '../ui/icon.tsx';
import { useDelayed } from '../ui/use-delayed.ts';
import { t } from '../ui/strings/catalogue.ts';
import { sizeOf } from '../desktop/home-model.ts';
import { folderTitle, shownName } from './file-facts.ts';
import { nameOf } from './paths.ts';
import { chooseFiles } from './receive.ts';
import { timeLeft } from './speed.ts';
import { inOrder, isActive, type Upload } from './upload-list.ts';
import {
  cancelAll,
  cancelUpload,
  clearFinished,
  pauseAll,
  pauseUpload,
  resumeAll,
  resumeUpload,
  uploads,
  uploadSpeed,
  uploadSums,
} from './uploads.ts';
import './transfers.css';

/** More wouldn't be read. */
const MOST_SHOWN = 40;
/** The list folds up this long after the last upload. */
const OVER_MS = 6_000;

export function Transfers() {
  const [wish, setWish] = useState<boolean | null>(null);
  const list = uploads.value;
  const over = useDelayed(list.length > 0 && uploadSums.value.done === list.length, OVER_MS);
  const open = wish ?? !over;
  useEffect(() => setWish(null), [list.length === 0]);
  if (list.length === 0) return null;
  const shown = inOrder(list).slice(0, MOST_SHOWN);
  return (
    <section class="transfers glass" aria-label={t.files.transfers} data-test="transfers" data-open={open}>
      <Head open={open} toggle={() => setWish(!open)} />
      <Progress value={uploadSums.value.sent} of={uploadSums.value.bytes} label={t.files.transfers} />
      {open && (
        <>
          <ul tabIndex={0} aria-label={t.files.transfers}>
            {shown.map((upload) => (
              <Item key={upload.part} upload={upload} />
            ))}
            {list.length > MOST_SHOWN && <li class="small">{t.files.moreUploads(list.length - MOST_SHOWN)}</li>}
          </ul>
          <Foot />
        </>
      )}
    </section>
  );
}

function Head({ open, toggle }: { open: boolean; toggle: () => void }) {
  const { count, done, active, bytes: all, sent } = uploadSums.value;
  const speed = uploadSpeed.value;
  const left = timeLeft(all - sent, speed);
  const title =
    active > 0
      ? t.files.uploading(done, count)
      : done === count
        ? t.files.uploaded(count)
        : t.files.stopped(count - done);
  return (
    <header class="row">
      <div class="grow">
        <b role="status" data-test="transfers-title">
          {title}
        </b>
        {active > 0 && speed !== null && (
          <p class="small number" data-test="transfers-speed">
            {[t.files.speed(bytes(speed)), left !== null && t.files.left(duration(left))].filter(Boolean).join(' · ')}
          </p>
        )}
      </div>
      <button
        type="button"
        class="quiet icon"
        aria-label={t.files.collapse}
        aria-expanded={open}
        onClick={toggle}
        data-test="transfers-toggle"
      >
        <Icon of={open ? ChevronDown : ChevronUp} />
      </button>
      {active === 0 && done === count && (
        <button
          type="button"
          class="quiet icon"
          aria-label={t.files.clear}
          title={t.files.clear}
          onClick={clearFinished}
          data-test="transfers-close"
        >
          <Icon of={X} />
        </button>
      )}
    </header>
  );
}

function Progress({ value, of, label }: { value: number; of: number; label: string }) {
  const share = of === 0 ? 100 : Math.round((value / of) * 100);
  return (
    <div
      class="transfer-bar"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share}
    >
      <i style={{ width: `${share}%` }} />
    </div>
  );
}

function Item({ upload }: { upload: Upload }) {
  const { part, name, folder, size, sent, status } = upload;
  const { state } = status;
  const shown = shownName(status.state === 'done' ? nameOf(status.path) : name);
  const detail = status.state === 'failed' ? failureText(status.error) : t.files.states[state];
  const moving = state === 'sending' || state === 'retrying' || state === 'paused';
  return (
    <li data-test="transfer" data-name={name} data-state={state}>
      <div class="grow">
        <p class="truncate" title={shown}>
          {shown}
        </p>
        <p class="small" role={state === 'failed' ? 'alert' : undefined}>
          {[folderTitle(folder), moving ? `${sizeOf(sent)} / ${sizeOf(size)}` : sizeOf(size), detail].join(' · ')}
        </p>
        {moving && <Progress value={sent} of={size} label={shown} />}
      </div>
      {state === 'file_needed' && (
        <button type="button" class="quiet" onClick={() => chooseFiles(folder, false)} data-test="transfer-choose">
          {t.files.chooseAgain}
        </button>
      )}
      {isActive(upload) && (
        <Act icon={Pause} label={t.files.pause} run={() => pauseUpload(part)} test="transfer-pause" />
      )}
      {state === 'paused' && (
        <Act icon={Play} label={t.files.resume} run={() => resumeUpload(part)} test="transfer-resume" />
      )}
      {state === 'failed' && (
        <Act icon={RotateCcw} label={t.retry} run={() => resumeUpload(part)} test="transfer-retry" />
      )}
      {state !== 'done' && (
        <Act icon={X} label={t.files.cancelOne} run={() => cancelUpload(part)} test="transfer-cancel" />
      )}
    </li>
  );
}

interface ActProps {
  readonly icon: typeof X;
  readonly label: string;
  readonly run: () => void;
  readonly test: string;
}

function Act({ icon, label, run, test }: ActProps) {
  return (
    <button type="button" class="quiet icon" aria-label={label} title={label} onClick={run} data-test={test}>
      <Icon of={icon} size={15} />
    </button>
  );
}

function Foot() {
  const { active, count, done } = uploadSums.value;
  const stopped = uploads.value.some(({ status: { state } }) => state === 'paused' || state === 'failed');
  if (count === 1) return null;
  return (
    <footer class="row">
      {active > 0 && (
        <button type="button" class="quiet" onClick={pauseAll}>
          {t.files.pauseAll}
        </button>
      )}
      {stopped && (
        <button type="button" class="quiet" onClick={resumeAll}>
          {t.files.resumeAll}
        </button>
      )}
      {done < count && (
        <button type="button" class="quiet" onClick={cancelAll}>
          {t.files.cancelAll}
        </button>
      )}
      {done > 0 && (
        <button type="button" class="quiet" onClick={clearFinished} data-test="transfers-clear">
          {t.files.clear}
        </button>
      )}
    </footer>
  );
}

/** Neither the server nor the network: the browser couldn't read the file. */
function failureText(error: unknown): string {
  if (error instanceof ApiError || error instanceof ConnectionError) return errorText(error);
  ignore('the transfer shows the error')(error);
  return error instanceof DOMException ? t.files.changedHere : errorText(error);
}
