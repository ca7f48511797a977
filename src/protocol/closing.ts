/** What the api role tells gateways in processes of their own: server-sent events of `/api/v1/gateway/closings`. */
import { z } from 'zod';

export const CLOSINGS_PATH = '/api/v1/gateway/closings';

/** Viewers of this session, or of this desktop, have nothing to see any more. */
export const Closing = z.discriminatedUnion('type', [
  z.object({ type: z.literal('session'), sessionId: z.string() }),
  z.object({ type: z.literal('desktop'), desktopId: z.string() }),
]);
export type Closing = z.infer<typeof Closing>;
