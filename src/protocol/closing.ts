/** Messages from the api role to separate gateway processes: server-sent events of `/api/v1/gateway/closings`. */
import { z } from 'zod';

export const CLOSINGS_PATH = '/api/v1/gateway/closings';

/** Close the viewers of this session, of the user's sessions until then, or of this desktop; or a session's end has moved. */
export const Closing = z.discriminatedUnion('type', [
  z.object({ type: z.literal('session'), sessionId: z.string() }),
  z.object({ type: z.literal('user'), userId: z.string(), before: z.iso.datetime() }),
  z.object({ type: z.literal('desktop'), desktopId: z.string() }),
  z.object({ type: z.literal('session_extended'), sessionId: z.string(), endsAt: z.iso.datetime() }),
]);
export type Closing = z.infer<typeof Closing>;
