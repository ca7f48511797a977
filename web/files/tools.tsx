/** The tools above the list: for the folder, or for what is selected. */
import {
  ArchiveRestore,
  Download,
  Ellipsis,
  FolderInput,
  FolderPlus,
  FolderUp,
  Grid2x2,
  List,
  PanelRight,
  PenLine,
  Trash2,
  Upload,
} from 'lucide';
import type { ComponentChildren } from 'preact';
import { openLayer } from '../layers/layers.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { download, mayDownload, mayUpload } from './actions.ts';
import { chosenPaths, deleteChosen, emptyTrash, restoreChosen } from './list-keys.ts';
import { changeView, chosen, folder, shown, view } from './panel.ts';
import { chooseFiles } from './receive.ts';

export function Tools() {
  const here = folder.value;
  const some = chosen.value.length > 0;
  return (
    <div class="row files-tools" role="toolbar" aria-label={t.files.title}>
      {here === null && <ForTrash />}
      {here !== null && some && <ForChosen folder={here} />}
      {here !== null && !some && <ForFolder folder={here} />}
      <span class="grow" />
      <Views />
    </div>
  );
}

interface ToolProps {
  readonly icon: typeof Upload;
  readonly test: string;
  readonly run: (event: MouseEvent) => void;
  readonly disabled?: boolean;
  readonly children: ComponentChildren;
}

function Tool({ icon, test, run, disabled = false, children }: ToolProps) {
  return (
    <button type="button" class="quiet files-tool" disabled={disabled} onClick={run} data-test={test}>
      <Icon of={icon} size={15} /> <span>{children}</span>
    </button>
  );
}

function ForFolder({ folder: inside }: { folder: string }) {
  return (
    <>
      {mayUpload.value && (
        <>
          <Tool icon={Upload} test="files-upload" run={() => chooseFiles(inside, false)}>
            {t.files.upload}
          </Tool>
          <Tool icon={FolderUp} test="files-upload-folder" run={() => chooseFiles(inside, true)}>
            {t.files.uploadFolder}
          </Tool>
        </>
      )}
      <Tool
        icon={FolderPlus}
        test="files-new-folder"
        run={() => openLayer({ kind: 'file-name', folder: inside, rename: null })}
      >
        {t.files.newFolder}
      </Tool>
    </>
  );
}

function ForChosen({ folder: inside }: { folder: string }) {
  const [first] = chosen.value;
  const zip = chosen.value.length > 1 || first?.folder === true;
  return (
    <>
      {mayDownload.value && (
        <Tool icon={Download} test="files-download" run={() => download(chosen.value)}>
          {zip ? t.files.downloadZip : t.files.download}
        </Tool>
      )}
      <Tool
        icon={PenLine}
        test="files-rename"
        disabled={chosen.value.length !== 1}
        run={() => first && openLayer({ kind: 'file-name', folder: inside, rename: first.path })}
      >
        {t.files.rename}
      </Tool>
      <Tool
        icon={FolderInput}
        test="files-move"
        run={() => openLayer({ kind: 'file-target', verb: 'MOVE', paths: chosenPaths() })}
      >
        {t.files.move}
      </Tool>
      <Tool icon={Trash2} test="files-trash" run={deleteChosen}>
        {t.files.toTrash}
      </Tool>
      <button
        type="button"
        class="quiet icon"
        aria-label={t.files.more}
        aria-haspopup="menu"
        title={t.files.more}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          openLayer({ kind: 'file-menu', x: box.left, y: box.bottom + 4 });
        }}
        data-test="files-more"
      >
        <Icon of={Ellipsis} />
      </button>
    </>
  );
}

function ForTrash() {
  const none = chosen.value.length === 0;
  return (
    <>
      <Tool icon={ArchiveRestore} test="files-restore" disabled={none} run={restoreChosen}>
        {t.files.restore}
      </Tool>
      <Tool icon={Trash2} test="files-delete" disabled={none} run={deleteChosen}>
        {t.files.deleteForGood}
      </Tool>
      <Tool icon={Trash2} test="files-empty-trash" disabled={shown.value.length === 0} run={emptyTrash}>
        {t.files.emptyTrash}
      </Tool>
    </>
  );
}

function Views() {
  const { view: now, details } = view.value;
  const choices = [
    ['list', List, t.files.list],
    ['grid', Grid2x2, t.files.grid],
  ] as const;
  return (
    <>
      <div class="segments files-views" role="radiogroup" aria-label={t.files.view}>
        {choices.map(([one, icon, name]) => (
          <button
            key={one}
            type="button"
            class="icon"
            role="radio"
            aria-checked={now === one}
            aria-label={name}
            title={name}
            onClick={() => changeView({ view: one })}
            data-test={`view-${one}`}
          >
            <Icon of={icon} size={15} />
          </button>
        ))}
      </div>
      <button
        type="button"
        class="quiet icon files-details-button"
        aria-label={t.files.details}
        aria-pressed={details}
        title={t.files.details}
        onClick={() => changeView({ details: !details })}
        data-test="files-details-toggle"
      >
        <Icon of={PanelRight} size={15} directed />
      </button>
    </>
  );
}
