/** Tells whether a horizontally scrolling row has more at its ends, and scrolls its current entry into view. */
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type More, moreOf } from './more.ts';

/** `round` must change with the content and its current entry. */
export function useOverflow(row: RefObject<HTMLElement | null>, round: string): { more: More; note: () => void } {
  const [more, setMore] = useState<More>('none');
  const note = () => {
    if (row.current) setMore(moreOf(row.current));
  };
  useEffect(() => {
    row.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
    note();
  }, [round]);
  useEffect(() => {
    const observer = new ResizeObserver(note);
    if (row.current) observer.observe(row.current);
    return () => observer.disconnect();
  }, []);
  return { more, note };
}
