/** What a horizontally scrolling row hides. Pure. */

export type More = 'none' | 'start' | 'end' | 'both';

/** Less is padding or a rounding error. */
const SLACK_PX = 8;

interface Row {
  /** 0 or negative in right-to-left pages. */
  readonly scrollLeft: number;
  readonly clientWidth: number;
  readonly scrollWidth: number;
}

/** From the scroll position, the width of the row and the width of its content. */
export function moreOf({ scrollLeft, clientWidth, scrollWidth }: Row): More {
  const scrolled = Math.abs(scrollLeft);
  const start = scrolled > SLACK_PX;
  const end = scrolled + clientWidth < scrollWidth - SLACK_PX;
  if (start && end) return 'both';
  return start ? 'start' : end ? 'end' : 'none';
}
