/** Position and size of the terminal over the desktop. Pure. */

export interface Panel {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Bounds {
  readonly width: number;
  readonly height: number;
}

const LEAST = { width: 320, height: 160 };
/** How much of the title bar stays reachable, in CSS pixels. */
const REACH = 80;

/** To the lower right of the centre. */
export function firstPanel(bounds: Bounds): Panel {
  const width = Math.min(760, bounds.width - 32);
  const height = Math.min(440, bounds.height - 120);
  return inBounds(
    { x: Math.round((bounds.width - width) / 2), y: Math.round((bounds.height - height) / 2.4), width, height },
    bounds,
  );
}

/** Keeps a usable size and a reachable title bar. */
export function inBounds({ x, y, width, height }: Panel, bounds: Bounds): Panel {
  const fit = {
    width: Math.max(Math.min(LEAST.width, bounds.width), Math.min(width, bounds.width)),
    height: Math.max(Math.min(LEAST.height, bounds.height), Math.min(height, bounds.height)),
  };
  return {
    ...fit,
    x: Math.max(REACH - fit.width, Math.min(x, bounds.width - REACH)),
    y: Math.max(0, Math.min(y, bounds.height - 40)),
  };
}

/** When the window shrinks, the panel moves into view. */
export function pulledIn(panel: Panel, bounds: Bounds): Panel {
  const fit = inBounds(panel, bounds);
  return {
    ...fit,
    x: Math.max(0, Math.min(fit.x, bounds.width - fit.width)),
    y: Math.max(0, Math.min(fit.y, bounds.height - fit.height)),
  };
}

export function moved(panel: Panel, dx: number, dy: number, bounds: Bounds): Panel {
  return inBounds({ ...panel, x: panel.x + dx, y: panel.y + dy }, bounds);
}

export function resized(panel: Panel, dx: number, dy: number, bounds: Bounds): Panel {
  return inBounds({ ...panel, width: panel.width + dx, height: panel.height + dy }, bounds);
}
