/** Asks before files are deleted for ever. */
import { ConfirmDialog } from '../layers/confirm-dialog.tsx';
import { closeLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { deleteForGood } from './actions.ts';

export default function DeleteDialog({ of, fromTrash }: { of: readonly string[]; fromTrash: boolean }) {
  const run = async () => {
    closeLayer('file-delete');
    await deleteForGood(of, fromTrash);
  };
  return (
    <ConfirmDialog
      kind="file-delete"
      title={t.files.deleteTitle(of.length)}
      actions={[{ label: t.files.deleteForGood, style: 'danger', test: 'file-delete-confirm', run }]}
    >
      <p>{t.files.deleteText}</p>
    </ConfirmDialog>
  );
}
