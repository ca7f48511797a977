/** What an installation allows of the clipboard, and what follows from it for RFB and for the other forms. Pure. */
import type { TicketRights } from '../ports/auth.ts';
import type { ClipboardOffer, ClipboardRights, ClipboardType } from '#protocol/clipboard.ts';
import { MAX_CLIPBOARD_BYTES } from '#protocol/screen.ts';

/** `in` is from the user's computer to the desktop. */
export type ClipboardDirection = 'both' | 'in' | 'out' | 'off';

export interface ClipboardPolicy {
  readonly direction: ClipboardDirection;
  readonly types: readonly ClipboardType[];
  /** Of all forms of one copied thing together. */
  readonly maxBytes: number;
  /** Pages may keep what was copied. */
  readonly history: boolean;
}

export function rightsOf({ direction, types, maxBytes, history }: ClipboardPolicy): ClipboardRights {
  return {
    in: direction === 'both' || direction === 'in',
    out: direction === 'both' || direction === 'out',
    types: [...types],
    maxBytes,
    history,
    // The gateway can't tell how large a text from the desktop is, so RFB carries text only if its own limit is within ours.
    textByScreen: types.includes('text/plain') && maxBytes >= MAX_CLIPBOARD_BYTES,
  };
}

/** What a ticket allows the screen's connection. */
export function screenRights(rights: ClipboardRights): Pick<TicketRights, 'clipboardIn' | 'clipboardOut'> {
  return {
    clipboardIn: rights.in && rights.textByScreen,
    clipboardOut: rights.out && rights.textByScreen,
  };
}

/** What pages learn of an offer: null if nothing of it may leave the desktop, or RFB carries all of it. */
export function allowedOffer(rights: ClipboardRights, offer: ClipboardOffer | null): ClipboardOffer | null {
  if (offer === null || !rights.out) return null;
  const types = offer.types.filter((type) => rights.types.includes(type));
  const byScreen = rights.textByScreen && types.every((type) => type === 'text/plain');
  return types.length === 0 || byScreen ? null : { ...offer, types };
}
