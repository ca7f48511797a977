/** One noVNC connection: opens it, says when it stands, paints and ends, hands its canvas over for the last frame. */
import RFB from '@novnc/novnc';
import { CloseCode, SCREEN_PATH, SCREEN_PROTOCOL, TICKET_PROTOCOL_PREFIX } from '#protocol/screen.ts';
import { socketAddress } from '../ui/address.ts';
import { t } from '../ui/strings/catalogue.ts';
import type { ScreenLink } from './reconnect.ts';

export interface RfbLink extends ScreenLink {
  readonly canvas: HTMLCanvasElement | null;
  /** Resolves at the first frame that has pixels, or when the connection ends before. */
  readonly painted: Promise<boolean>;
  sendKey(keysym: number, code: string | null, down?: boolean): void;
  sendClipboard(text: string): void;
}

/** How long the first frame is looked for, in frames of the browser: about ten seconds. */
const FRAMES_TO_FIRST_PIXEL = 600;

export function openRfb(target: HTMLElement, token: string, onClipboard: (text: string) => void): RfbLink {
  // A socket of our own: noVNC does not tell the code that it was closed with.
  const socket = new WebSocket(socketAddress(SCREEN_PATH), [SCREEN_PROTOCOL, `${TICKET_PROTOCOL_PREFIX}${token}`]);
  let code: number = CloseCode.normal;
  socket.addEventListener('close', (event) => {
    code = event.code;
  });
  const rfb = new RFB(target, socket, { shared: true });
  const canvas = target.querySelector('canvas');
  canvas?.setAttribute('role', 'img');
  canvas?.setAttribute('aria-label', t.screen.label);
  rfb.background = 'transparent';
  // The focus belongs to our key field: dead keys and input methods work only in a field.
  rfb.focusOnClick = false;
  rfb.resizeSession = true;
  rfb.qualityLevel = 8;
  rfb.compressionLevel = 1;

  const over = Promise.withResolvers<number>();
  const stands = Promise.withResolvers<void>();
  rfb.addEventListener('disconnect', () => over.resolve(code));
  rfb.addEventListener('connect', () => stands.resolve());
  rfb.addEventListener('clipboard', (event) => {
    const text = textOf(event);
    if (text !== '') onClipboard(text);
  });
  let closing = false;
  return {
    canvas,
    connected: stands.promise,
    closed: over.promise,
    painted: Promise.race([stands.promise.then(() => firstPixel(canvas)), over.promise.then(() => false)]),
    close: () => {
      if (closing) return;
      closing = true;
      rfb.disconnect();
    },
    sendKey: (keysym, code, down) => rfb.sendKey(keysym, code, down),
    sendClipboard: (text) => rfb.clipboardPasteFrom(text),
  };
}

function textOf(event: Event): string {
  const detail: unknown = event instanceof CustomEvent ? event.detail : null;
  return typeof detail === 'object' && detail !== null && 'text' in detail && typeof detail.text === 'string'
    ? detail.text
    : '';
}

/** The canvas is transparent until noVNC has drawn the first update into it. */
function firstPixel(canvas: HTMLCanvasElement | null): Promise<boolean> {
  // Through a canvas of one pixel: reading noVNC's own back would make the browser move it out of fast memory.
  const probe = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  if (!canvas || !probe) return Promise.resolve(false);
  return new Promise((resolve) => {
    let left = FRAMES_TO_FIRST_PIXEL;
    const look = () => {
      left -= 1;
      if (canvas.width > 0) probe.drawImage(canvas, canvas.width >> 1, canvas.height >> 1, 1, 1, 0, 0, 1, 1);
      const opaque = probe.getImageData(0, 0, 1, 1).data[3] === 255;
      if (opaque || left <= 0) resolve(opaque);
      else requestAnimationFrame(look);
    };
    look();
  });
}
