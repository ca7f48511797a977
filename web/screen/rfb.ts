/** One noVNC connection: reports when it is established, paints and ends, and provides its canvas for the last frame. */
import RFB from '@novnc/novnc';
import { computed, effect } from '@preact/signals';
import {
  CloseCode,
  NOTES_PROTOCOL,
  SCREEN_PATH,
  SCREEN_PROTOCOL,
  type ScreenNotice,
  type ScreenWish,
  TICKET_PROTOCOL_PREFIX,
  WISHES_PROTOCOL,
} from '#protocol/screen.ts';
import type { VideoArea } from '#protocol/video.ts';
import { preferences } from '../state/store.ts';
import { socketUrl } from '../ui/server-url.ts';
import { isTouch } from '../ui/pointer.ts';
import { t } from '../ui/strings/catalogue.ts';
import { CopyTimeout } from './copy-timeout.ts';
import { screenChannel } from './channel.ts';
import { DesktopSize } from './desktop-size.ts';
import { keepCursorSize } from './sharp-cursor.ts';
import { wanted } from './size.ts';
import { followShownScreen, followWantedScreens, noteScreens, sizeOwner } from './view.ts';
import type { KeySink } from './key-queue.ts';
import { type ResumingOptions, ResumingSocket } from './resuming-socket.ts';
import type { ScreenLink } from './reconnect.ts';
import type { KeyItem, KeyStroke } from './key-item.ts';

export interface RfbLink extends ScreenLink, KeySink {
  readonly canvas: HTMLCanvasElement | null;
  /** Resolves at the first frame with pixels, or when the connection ends. */
  readonly painted: Promise<boolean>;
  /** Resolves when keys and text can be sent; never if the connection ends first. */
  readonly ready: Promise<void>;
  /** Tells the gateway all areas that it's to leave out. */
  readonly leaveOut: (areas: readonly VideoArea[]) => void;
  /** Called when the canvas has the pixels again of an area that isn't left out any more. */
  onFilled(listener: (area: VideoArea) => void): void;
  /** How many key messages may have reached the gateway; null if that's unknown. */
  received(): number | null;
  /** The last known width and height of the desktop. */
  size(): string;
  /** Requests this window's size, from now on also when it changes; false if the desktop already has it. */
  askSize(): boolean;
  readonly ownsSize: boolean;
}

export interface RfbListeners {
  /** The desktop has new text: `copied` or `copyMissing` follows, unless rights forbid it or the connection ends. */
  readonly announced: () => void;
  readonly copied: (text: string) => void;
  /** The desktop announced text that didn't arrive. */
  readonly copyMissing: () => void;
  readonly refused: (bytes: number) => void;
  readonly viewerLeft: () => void;
  /** The network is lost, and then the same screen continues. */
  readonly away: (isAway: boolean) => void;
  readonly resuming: Pick<ResumingOptions, 'ticket' | 'isFinal' | 'pause' | 'network'>;
}

const picture = computed(() => preferences.value.picture);

/** How many browser frames to wait for the first desktop frame: about ten seconds. */
const FRAMES_TO_FIRST_PIXEL = 600;
/** How long the server may take to announce the extended clipboard. */
const CAPABILITIES_MS = 1_000;

export function openRfb(target: HTMLElement, token: string, ownsSize: boolean, listeners: RfbListeners): RfbLink {
  const ended = Promise.withResolvers<number>();
  const ready = Promise.withResolvers<void>();
  const knowsClipboard = Promise.withResolvers<void>();
  const awaited = new CopyTimeout(listeners.copyMissing);
  let filled: (area: VideoArea) => void = () => {};
  let written = 0;
  let received: number | null = null;
  let code: number = CloseCode.normal;
  /** How many key messages were written before the network was lost: those after it have certainly not arrived. */
  let writtenBefore: number | null = null;
  // An own socket, because noVNC hides its close code.
  const socket = new ResumingSocket(token, {
    ...listeners.resuming,
    open: (ticket, resume) =>
      new WebSocket(socketUrl(SCREEN_PATH), [
        SCREEN_PROTOCOL,
        `${TICKET_PROTOCOL_PREFIX}${ticket}`,
        NOTES_PROTOCOL,
        WISHES_PROTOCOL,
        resume,
      ]),
    onAway: (isAway) => {
      writtenBefore = isAway ? written : null;
      awaited.settled();
      listeners.away(isAway);
    },
  });
  socket.addEventListener('close', (event) => {
    if (event instanceof CloseEvent) code = event.code;
    awaited.settled();
  });
  const onNotice = (notice: ScreenNotice) => {
    noteScreens(notice);
    if (notice.kind === 'keys') received = notice.received;
    else if (notice.kind === 'clipboard_too_large') listeners.refused(notice.bytes);
    else if (notice.kind === 'clipboard_withheld') awaited.settled();
    else if (notice.kind === 'filled') afterPainting(() => filled(notice.area));
    else if (notice.kind === 'viewer_left') listeners.viewerLeft();
  };
  // The first one before anything of noVNC, whose listener is added later. An older gateway would close the connection.
  const want = (wish: ScreenWish): void => {
    if (socket.protocol === WISHES_PROTOCOL) socket.send(JSON.stringify(wish));
  };
  const stopWanting = whenOpen(socket, () => effect(() => want({ kind: 'picture', picture: picture.value })));
  const stopShowing = whenOpen(socket, () => followShownScreen(want));
  void ended.promise.then(stopWanting).then(stopShowing);
  const channel = screenChannel(socket, {
    onSent: (what) => {
      if (what === 'key') written += 1;
      else if (what === 'clipboard_request') {
        awaited.asked();
        listeners.announced();
      } else if (what === 'clipboard_caps') knowsClipboard.resolve();
    },
    onReceived: (bytes) => awaited.received(bytes),
    onNotice,
  });
  const rfb = new RFB(target, channel, { shared: true });
  const canvas = target.querySelector('canvas');
  canvas?.setAttribute('role', 'img');
  const unlabelled = effect(() => canvas?.setAttribute('aria-label', isTouch() ? t.screen.labelTouch : t.screen.label));
  void ended.promise.then(unlabelled);
  rfb.background = 'transparent';
  // The focus belongs to the key field: dead keys and input methods work only in a field.
  rfb.focusOnClick = false;
  rfb.scaleViewport = true;
  let owns = ownsSize;
  const desktopSize = new DesktopSize({
    wanted: () => wanted.peek(),
    size: () => canvas,
    send: (message) => channel.readyState === WebSocket.OPEN && channel.send(message),
    now: () => performance.now(),
    later: (ms, then) => setTimeout(then, ms),
  });
  if (canvas) keepCursorSize(canvas, () => canvas.width / (canvas.getBoundingClientRect().width || canvas.width));
  // That it accepts JPEG; the gateway decides whether and how good.
  rfb.qualityLevel = 8;
  rfb.compressionLevel = 1;

  rfb.addEventListener('disconnect', () => ended.resolve(code));
  rfb.addEventListener('connect', () => {
    ready.resolve();
    if (owns && sizeOwner.peek() === null) desktopSize.ask();
    void ended.promise.then(followWantedScreens(want, owns));
    setTimeout(knowsClipboard.resolve, CAPABILITIES_MS);
  });
  rfb.addEventListener('clipboard', (event) => {
    awaited.settled();
    const text = textOf(event);
    if (text !== '') listeners.copied(text);
  });
  let closing = false;
  return {
    canvas,
    connected: ready.promise,
    closed: ended.promise,
    painted: Promise.race([ready.promise.then(() => firstPixel(canvas)), ended.promise.then(() => false)]),
    ready: knowsClipboard.promise,
    close: () => {
      if (closing) return;
      closing = true;
      rfb.disconnect();
    },
    leaveOut: (areas) => want({ kind: 'holes', areas: [...areas] }),
    onFilled: (listener) => (filled = listener),
    writable: () => socket.readyState === WebSocket.OPEN,
    written: () => written,
    received: () => received ?? writtenBefore,
    deliver: (item) => deliver(rfb, canvas, item),
    size: () => `${canvas?.width}x${canvas?.height}`,
    askSize: () => {
      if (sizeOwner.peek() !== null) return sizeOwner.peek()?.() ?? false;
      owns = true;
      return desktopSize.ask();
    },
    get ownsSize() {
      return owns;
    },
  };
}

/** Starts something when the socket opens; what is returned ends it. */
function whenOpen(socket: EventTarget, start: () => () => void): () => void {
  let end = (): void => {};
  socket.addEventListener('open', () => (end = start()), { once: true });
  return () => end();
}

/** noVNC paints what it has received with the browser's next frame. */
function afterPainting(then: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(then));
}

function deliver(rfb: RFB, canvas: HTMLCanvasElement | null, item: KeyItem): void {
  if (item.kind === 'text') rfb.clipboardPasteFrom(item.text);
  else if (item.kind === 'keysym') rfb.sendKey(item.keysym, item.code, item.down);
  // noVNC listens on its canvas.
  else canvas?.dispatchEvent(eventOf(item.stroke, item.down));
}

function eventOf({ altGraph, capsLock, numLock, ...stroke }: KeyStroke, down: boolean): KeyboardEvent {
  return new KeyboardEvent(down ? 'keydown' : 'keyup', {
    ...stroke,
    modifierAltGraph: altGraph,
    modifierCapsLock: capsLock,
    modifierNumLock: numLock,
    cancelable: true,
  });
}

function textOf(event: Event): string {
  const detail: unknown = event instanceof CustomEvent ? event.detail : null;
  return typeof detail === 'object' && detail !== null && 'text' in detail && typeof detail.text === 'string'
    ? detail.text
    : '';
}

/** The canvas is transparent until noVNC has drawn the first update. */
function firstPixel(canvas: HTMLCanvasElement | null): Promise<boolean> {
  // Via a one-pixel canvas: reading noVNC's canvas directly would make the browser move it off the GPU.
  const probe = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  if (!canvas || !probe) return Promise.resolve(false);
  return new Promise((resolve) => {
    let left = FRAMES_TO_FIRST_PIXEL;
    const check = () => {
      left -= 1;
      if (canvas.width > 0) probe.drawImage(canvas, canvas.width >> 1, canvas.height >> 1, 1, 1, 0, 0, 1, 1);
      const opaque = probe.getImageData(0, 0, 1, 1).data[3] === 255;
      if (opaque || left <= 0) resolve(opaque);
      else requestAnimationFrame(check);
    };
    check();
  });
}
