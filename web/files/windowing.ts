/** Which part of a long list is in view. Pure. */

export interface Viewport {
  /** Pixels. */
  readonly top: number;
  readonly height: number;
  readonly width: number;
}

export interface Cells {
  readonly rowHeight: number;
  /** The least width of a cell; null: one per row. */
  readonly cellWidth: number | null;
}

export interface Part {
  readonly columns: number;
  /** Rows that fit. */
  readonly rows: number;
  /** Indexes: `from` to before `to`. */
  readonly from: number;
  readonly to: number;
  /** Pixels from the top of the list to the first that is drawn. */
  readonly offset: number;
  /** Pixels of the whole list. */
  readonly total: number;
}

/** Rows drawn beyond the edges: a fast wheel turn stays inside. */
const OVERSCAN_ROWS = 8;

export function partInView(count: number, { top, height, width }: Viewport, { rowHeight, cellWidth }: Cells): Part {
  const columns = cellWidth === null ? 1 : Math.max(1, Math.floor(width / cellWidth));
  const allRows = Math.ceil(count / columns);
  const rows = Math.max(1, Math.floor(height / rowHeight));
  const first = Math.min(Math.max(0, Math.floor(top / rowHeight) - OVERSCAN_ROWS), Math.max(0, allRows - rows));
  const last = Math.min(allRows, Math.ceil((top + height) / rowHeight) + OVERSCAN_ROWS);
  return {
    columns,
    rows,
    from: Math.min(count, first * columns),
    to: Math.min(count, Math.max(first, last) * columns),
    offset: first * rowHeight,
    total: allRows * rowHeight,
  };
}

/** The scroll position at which the row of `index` is in view, nearest to the current one. */
export function scrolledTo(index: number, { top, height }: Viewport, columns: number, rowHeight: number): number {
  const start = Math.floor(index / columns) * rowHeight;
  if (start < top) return start;
  return Math.max(top, start + rowHeight - height);
}
