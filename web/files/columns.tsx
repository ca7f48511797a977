/** The headings of the list, which sort it. */
import { ArrowDown, ArrowUp } from 'lucide';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { type SortKey, sortedBy } from './entry.ts';
import { changeView, folder, view } from './panel.ts';

export function Columns() {
  const inTrash = folder.value === null;
  return (
    <div class="file-columns" role="group" aria-label={t.files.view}>
      <Column by="name" name={t.files.columns.name} />
      {inTrash && <span class="file-origin">{t.files.origin}</span>}
      <Column by="size" name={t.files.columns.size} />
      <Column by="modified" name={inTrash ? t.files.deletedAt : t.files.columns.modified} />
    </div>
  );
}

function Column({ by, name }: { by: SortKey; name: string }) {
  const { by: sorted, down } = view.value;
  return (
    <button
      type="button"
      class={`quiet file-column ${by}`}
      aria-pressed={sorted === by}
      aria-label={t.files.sortBy(name)}
      onClick={() => changeView(sortedBy(view.value, by))}
      data-test={`sort-${by}`}
    >
      {name} {sorted === by && <Icon of={down ? ArrowDown : ArrowUp} size={12} />}
    </button>
  );
}
