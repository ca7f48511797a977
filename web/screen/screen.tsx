/** The desktop's picture, in the size of the window; over it the dimmed last frame while it reconnects. */
import { useEffect, useRef } from 'preact/hooks';
import { ApiError } from '#client/errors.ts';
import { api, wake } from '../state/api.ts';
import { expired } from '../state/session.ts';
import { useLate } from '../ui/late.ts';
import { covered } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { exchangeOnFocus, takeFromDesktop } from './clipboard.ts';
import { current, focusScreen, painted, panning, screenState, sendText, showState, touchKeyboard } from './control.ts';
import { attachKeyField } from './key-field.ts';
import { KeptTicket } from './kept-ticket.ts';
import { keepConnected } from './reconnect.ts';
import { openRfb } from './rfb.ts';
import { desktopMinimum } from './size.ts';
import './screen.css';

const SHORT_BREAK_MS = 300;

export default function Screen() {
  const frame = useRef<HTMLDivElement>(null);
  const ghost = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const abort = new AbortController();
    if (frame.current && ghost.current && field.current) run(frame.current, ghost.current, field.current, abort.signal);
    return () => abort.abort();
  }, []);
  const state = screenState.value;
  // A break that is over before anybody sees it is not worth a word.
  const away = useLate(state === 'reconnecting', SHORT_BREAK_MS);
  return (
    <div class="screen" data-test="screen" data-panning={panning.value} data-away={away} onPointerDown={onPointerDown}>
      <div class="screen-frame" ref={frame} />
      <div class="screen-ghost" ref={ghost} aria-hidden="true" />
      <textarea
        ref={field}
        class="key-field"
        data-test="key-field"
        aria-label={t.screen.label}
        autocapitalize="off"
        autocomplete="off"
        spellcheck={false}
        inputMode={touchKeyboard.value ? 'text' : 'none'}
        rows={1}
      />
      {away && (
        <div class="screen-veil" role="status" data-test="reconnecting">
          <div class="glass">
            <span class="ring" />
            <div>
              <b>{t.screen.reconnecting}</b>
              <p class="small">{navigator.onLine ? t.screen.reconnectingDetail : t.screen.offline}</p>
            </div>
          </div>
        </div>
      )}
    </div>
  );
}

function onPointerDown(event: PointerEvent): void {
  if (!panning.value) queueMicrotask(focusScreen);
  // Input methods show their candidates at the field: it follows the pointer.
  const field = current.field;
  if (!field) return;
  field.style.left = `${Math.round(event.clientX)}px`;
  field.style.top = `${Math.max(0, Math.round(event.clientY) - 36)}px`;
}

function run(frame: HTMLElement, ghost: HTMLElement, field: HTMLTextAreaElement, signal: AbortSignal): void {
  const asked = performance.now();
  current.field = field;
  painted.value = false;
  attachKeyField(
    field,
    {
      canvas: () => current.link?.canvas ?? null,
      sendKey: (keysym, code, down) => current.link?.sendKey(keysym, code, down),
      sendClipboard: sendText,
    },
    signal,
  );
  fitToWholePixels(frame, signal);
  signal.addEventListener('abort', () => {
    current.link = null;
    current.field = null;
    painted.value = false;
  });

  const ticket = new KeptTicket({
    fetch: (until) => api.desktop.ticket(until),
    isFinal: (error) => error instanceof ApiError && error.code === 'not_authenticated',
    now: () => Date.now(),
    pause,
  });
  void ticket.keepFresh(signal);
  void keepConnected({
    signal,
    ticket: (until) => ticket.take(until),
    doubt: () => ticket.doubt(),
    open: (token) => {
      const link = openRfb(frame, token, (text) => void takeFromDesktop(text));
      current.link = link;
      void link.painted.then((seen) => seen && link === current.link && shown());
      void link.closed.then(() => {
        // noVNC has taken its canvas out of the page; its last frame stays on show until the next one is painted.
        if (painted.value && link.canvas && !ghost.firstChild) ghost.replaceChildren(link.canvas);
      });
      return link;
    },
    pause,
    onState: showState,
    isFinal: expired,
    now: () => performance.now(),
  });

  const shown = () => {
    ghost.replaceChildren();
    if (painted.value) return;
    painted.value = true;
    if (!covered.value) focusScreen();
    exchangeOnFocus({ sendClipboard: sendText }, signal);
    // Only a figure for the trace: losing it loses nothing.
    api.desktop.firstPixel(Math.round(performance.now() - asked)).catch(() => {});
  };
}

/**
 * noVNC asks for the size of its frame and compares it exactly: a fraction of a pixel, as browser zoom makes, would be
 * asked for again and again. One desktop pixel is one CSS pixel, so text has the size it has elsewhere in the browser.
 */
function fitToWholePixels(frame: HTMLElement, signal: AbortSignal): void {
  const box = frame.parentElement;
  if (!box) return;
  const fit = () => {
    const { width, height } = box.getBoundingClientRect();
    frame.style.width = `${Math.max(desktopMinimum().width, Math.floor(width))}px`;
    frame.style.height = `${Math.max(desktopMinimum().height, Math.floor(height))}px`;
    // Whole multiples stay sharp without smoothing; between them smoothing looks better.
    frame.classList.toggle('sharp', Number.isInteger(devicePixelRatio) && devicePixelRatio > 1);
  };
  const observer = new ResizeObserver(fit);
  observer.observe(box);
  signal.addEventListener('abort', () => observer.disconnect());
  fit();
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      wake.removeEventListener('wake', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    wake.addEventListener('wake', done);
    signal.addEventListener('abort', done);
  });
}
