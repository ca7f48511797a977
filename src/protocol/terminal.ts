/**
 * Terminal WebSocket, `/api/v1/terminal` with a {@link TerminalRequest} in its query. Text messages are the JSON below.
 * Binary messages are bytes: from the client input, from the server output. Without a terminal (`tty=0`) the
 * first byte of each of the server's tells which output it is of ({@link OUTPUT}). With `debug`, the id of a debug
 * session, several people share it.
 */
import { z } from 'zod';
import { parseJson } from './json.ts';

/** The maximum size of one input message; a large paste takes several. */
export const MAX_INPUT_BYTES = 1024 * 1024;

/** The first byte of output without a terminal. */
export const OUTPUT = { stdout: 1, stderr: 2 } as const;

export const TerminalSize = z.object({ columns: z.int().min(1).max(1000), rows: z.int().min(1).max(1000) });
export type TerminalSize = z.infer<typeof TerminalSize>;

const Flag = z.stringbool({ truthy: ['1'], falsy: ['0'] }).default(true);

/** Which command to run where, from the query of the WebSocket's address. */
export const TerminalRequest = z.object({
  columns: z.coerce.number().pipe(TerminalSize.shape.columns).default(80),
  rows: z.coerce.number().pipe(TerminalSize.shape.rows).default(24),
  launch: z.string().max(253).optional(),
  /** Id of a debug session, whose terminal is shared; without a launch. */
  debug: z.uuid().optional(),
  /** The program and its arguments. Empty: a shell, or the command of the toolbox. */
  command: z.array(z.string().max(4096)).max(64),
  /** Whether to allocate a terminal; otherwise plain bytes, with standard error apart. */
  tty: Flag,
  /** Whether the command has input. */
  input: Flag,
});
export type TerminalRequest = z.output<typeof TerminalRequest>;

export function terminalQuery(request: TerminalRequest): URLSearchParams {
  const { columns, rows, launch, debug, command, tty, input } = request;
  const query = new URLSearchParams({ columns: String(columns), rows: String(rows), tty: tty ? '1' : '0' });
  if (!input) query.set('input', '0');
  if (launch !== undefined) query.set('launch', launch);
  if (debug !== undefined) query.set('debug', debug);
  for (const part of command) query.append('command', part);
  return query;
}

export function parseTerminalQuery(query: URLSearchParams): z.ZodSafeParseResult<TerminalRequest> {
  return TerminalRequest.safeParse({ ...Object.fromEntries(query), command: query.getAll('command') });
}

/** From both sides: the receiver has processed this many more bytes; see `terminal-flow.ts`. */
const Taken = z.object({ type: z.literal('taken'), bytes: z.int().nonnegative() });

export const ClientMessage = z.discriminatedUnion('type', [
  TerminalSize.extend({ type: z.literal('resize') }),
  /** End of input; output continues. At a terminal, this sends Ctrl-D. */
  z.object({ type: z.literal('end') }),
  Taken,
]);
export type ClientMessage = z.infer<typeof ClientMessage>;

export const ServerMessage = z.discriminatedUnion('type', [
  /** The last message: all output precedes it. */
  z.object({ type: z.literal('exit'), exitCode: z.int().nullable() }),
  z.object({ type: z.literal('error'), message: z.string() }),
  /** The current number of participants. */
  z.object({ type: z.literal('people'), count: z.int().positive() }),
  /** The session ends soon. */
  z.object({ type: z.literal('ending'), endsAt: z.iso.datetime() }),
  Taken,
]);
export type ServerMessage = z.infer<typeof ServerMessage>;

/** Null for an invalid message. */
export function parseMessage<Message>(schema: z.ZodType<Message>, text: string): Message | null {
  return schema.safeParse(parseJson(text)).data ?? null;
}
