/** A table with a heading per column, in a box that scrolls. */
import type { ComponentChildren } from 'preact';
import { t } from './strings/catalogue.ts';

interface Props {
  /** Names the box for screen readers. */
  readonly label: string;
  readonly columns: readonly string[];
  /** Whether the last column has buttons; its heading is hidden. */
  readonly actions?: boolean;
  /** Classes of the box; by default it is as high as the table. */
  readonly box?: string;
  readonly kind?: string;
  readonly test?: string;
  /** The rows. */
  readonly children: ComponentChildren;
}

export function DataTable({ label, columns, actions = false, box = 'table-box whole', kind, test, children }: Props) {
  return (
    <div class={box} tabIndex={0} role="region" aria-label={label}>
      <table class={kind} data-test={test}>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            {actions && (
              <th scope="col">
                <span class="hidden-text">{t.tasks.actions}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
