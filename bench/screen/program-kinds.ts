/** What `program.ts` shows, and where: parsed there, and known to those that measure it. */
import { z } from 'zod';
import type { Box } from './x-painter.ts';

export const Display = z.object({
  at: z.union([z.object({ path: z.string() }), z.object({ host: z.string(), port: z.int() })]),
  cookie: z.string(),
});
export type Display = z.infer<typeof Display>;

export const ProgramOptions = z.object({
  kind: z.enum(['answers', 'film', 'scroll', 'office']),
  display: Display,
  /** Of a film, in pixels. */
  height: z.int().default(0),
  /** Until it ends; `answers` doesn't, and `office` has a length of its own. */
  ms: z.int().default(0),
});
export type ProgramOptions = z.input<typeof ProgramOptions>;

/** What it prints as one line when its windows are there, and what as the last. */
export const READY = 'ready';
export const Drawn = z.object({ frames: z.int() });

export const FILM_RATE = 30;
export const SCROLL_RATE = 30;
/** Frame buffer of all contenders. */
export const SCREEN = { width: 1920, height: 1080 } as const;

const CORNER = { x: 200, y: 150 } as const;
/** Keys and clicks are answered here; its stamp is in the upper left corner. */
export const ANSWERS: Box = { x: 48, y: 48, width: 320, height: 64 };
export const PAGE: Box = { ...CORNER, width: 1280, height: 800 };
/** The stamp of the office has a window of its own, because others move over its windows. */
export const OFFICE_STAMP: Box = { x: 8, y: 8, width: 256, height: 8 };

/** 16:9; one that is as high as the screen fills it. */
export function filmBox(height: number): Box {
  const width = Math.round((height * 16) / 9);
  return width >= SCREEN.width ? { x: 0, y: 0, width, height } : { ...CORNER, width, height };
}
