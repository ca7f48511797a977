/**
 * A screen whose WebSocket is lost goes on over another one. A viewer that can offers the subprotocol `deskpod.resume` (with
 * `deskpod.notes`); the gateway's first message is then `resumable`. From there each side numbers the messages that it
 * sends, except those below, keeps them until the other side confirms them, and sends the rest again over the next
 * WebSocket, to which the viewer gets with `deskpod.resume.ID.COUNT`: how many messages it has received.
 */
import { z } from 'zod';

export const RESUME_PROTOCOL = 'deskpod.resume';

/** How long the gateway keeps a viewer's connection to its desktop without a WebSocket. */
export const RESUME_MS = 30_000;

const Count = z.int().nonnegative();

/** Text messages of both sides that aren't numbered. */
export const ResumeMessage = z.discriminatedUnion('kind', [
  /** From the gateway, first: the viewer's secret number, for another WebSocket. */
  z.object({ kind: z.literal('resumable'), id: z.string().max(64) }),
  /** From the gateway, first over another WebSocket: how many messages of the viewer it has received. */
  z.object({ kind: z.literal('resumed'), received: Count }),
  /** How many messages of the other side were received. */
  z.object({ kind: z.literal('confirmed'), received: Count }),
]);
export type ResumeMessage = z.infer<typeof ResumeMessage>;

/** The subprotocol that continues a screen. */
export function resumeProtocol(id: string, received: number): string {
  return `${RESUME_PROTOCOL}.${id}.${received}`;
}

/** What a viewer offers: `new` to be resumable, or which screen it continues; null for neither. */
export function resumeOffer(protocols: readonly string[]): 'new' | { id: string; received: number } | null {
  const offer = protocols.find((one) => one === RESUME_PROTOCOL || one.startsWith(`${RESUME_PROTOCOL}.`));
  if (offer === undefined) return null;
  const [, id = '', received = ''] = /^deskpod\.resume\.([\w-]{1,64})\.(\d{1,15})$/.exec(offer) ?? [];
  return id === '' ? 'new' : { id, received: Number(received) };
}
