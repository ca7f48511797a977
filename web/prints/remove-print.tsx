/** Asks before a print is deleted. */
import { shownPath } from '../desktop/home-model.ts';
import { ConfirmDialog } from '../layers/confirm-dialog.tsx';
import { closeLayer } from '../layers/layers.ts';
import { api } from '../state/api.ts';
import { attempt } from '../state/notices.ts';
import { t } from '../ui/strings/catalogue.ts';

export function RemovePrint({ name, removed }: { name: string; removed: () => void }) {
  const remove = async () => {
    if (!(await attempt(() => api.desktop.prints.remove(name)))) return;
    closeLayer('remove-print');
    removed();
  };
  return (
    <ConfirmDialog
      kind="remove-print"
      title={t.prints.removeTitle(shownPath(name))}
      actions={[{ label: t.prints.remove, style: 'danger', run: remove, test: 'remove-print-confirm' }]}
    >
      <p>{t.prints.removeText}</p>
    </ConfirmDialog>
  );
}
