/**
 * Terminal WebSocket, `/api/v1/terminal?columns=&rows=[&launch=|&debug=]`: binary frames are bytes of the terminal both
 * ways, text frames are the JSON messages below. With `debug`, the id of a debug session, several people share it.
 */
import { z } from 'zod';

export const TerminalSize = z.object({ columns: z.int().min(1).max(1000), rows: z.int().min(1).max(1000) });
export type TerminalSize = z.infer<typeof TerminalSize>;

export const TerminalMessage = z.discriminatedUnion('type', [
  TerminalSize.extend({ type: z.literal('resize') }),
  z.object({ type: z.literal('exit'), exitCode: z.int().nullable() }),
  z.object({ type: z.literal('error'), message: z.string() }),
  /** How many people are at this terminal now. */
  z.object({ type: z.literal('people'), count: z.int().positive() }),
  /** It ends on its own soon. */
  z.object({ type: z.literal('ending'), endsAt: z.iso.datetime() }),
]);
export type TerminalMessage = z.infer<typeof TerminalMessage>;
