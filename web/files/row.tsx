/** One file in the list or the grid. */
import { Check } from 'lucide';
import { Icon } from '../ui/icon.tsx';
import { memo } from '../ui/memo.ts';
import type { Entry } from './entry.ts';
import { shownName, shownSize, shownTime } from './file-facts.ts';
import { FileIcon } from './file-icon.tsx';

interface Props {
  readonly entry: Entry;
  readonly index: number;
  readonly count: number;
  readonly chosen: boolean;
  /** The keyboard is here. */
  readonly at: boolean;
  /** A folder that files would be dropped into. */
  readonly target: boolean;
  readonly faded: boolean;
  readonly grid: boolean;
  /** In the trash: where it was. */
  readonly origin: string | null;
}

export const idOf = (index: number): string => `file-${index}`;

export const Row = memo(({ entry, index, count, chosen, at, target, faded, grid, origin }: Props) => {
  const name = shownName(entry.name);
  const kind = [grid ? 'file-cell' : 'file-row', chosen && 'on', at && 'at', target && 'target', faded && 'faded'];
  return (
    <div
      id={idOf(index)}
      class={kind.filter(Boolean).join(' ')}
      role="option"
      aria-selected={chosen}
      aria-setsize={count}
      aria-posinset={index + 1}
      title={name}
      draggable
      data-index={index}
      data-test="file"
      data-name={entry.name}
    >
      <span class="file-check" data-check="">
        {chosen && <Icon of={Check} size={12} />}
      </span>
      <FileIcon entry={entry} size={grid ? 44 : 18} picture={grid} />
      <span class="file-name truncate">{name}</span>
      {!grid && (
        <>
          {origin !== null && <span class="file-origin small truncate">{origin}</span>}
          <span class="file-size small number">{shownSize(entry)}</span>
          <span class="file-time small number">{shownTime(entry)}</span>
        </>
      )}
    </div>
  );
});
