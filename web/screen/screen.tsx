/** The desktop's screen in the size of the window; while it reconnects, the last frame is shown dimmed. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, isPermanent } from '#client/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { MAX_CLIPBOARD_BYTES } from '#protocol/screen.ts';
import { api } from '../state/api.ts';
import { say } from '../state/notices.ts';
import { pause } from '../state/pause.ts';
import { checkPage } from '../state/page-check.ts';
import { expired } from '../state/session.ts';
import { size } from '../ui/format.ts';
import { useDelayed } from '../ui/use-delayed.ts';
import { covered } from '../layers/layers.ts';
import { isTouch } from '../ui/pointer.ts';
import { t } from '../ui/strings/catalogue.ts';
import { clipboards, syncOnFocus } from './clipboard.ts';
import { copyWaitingForms, deliversText, followForms } from './clipboard-forms.ts';
import { keepEarlier } from './clipboard-history.ts';
import {
  current,
  focusScreen,
  keyboard,
  keyQueue,
  painted,
  panning,
  refuseText,
  screenRefusal,
  screenState,
  showState,
  takeTouchModifiers,
  touchKeyboard,
} from './control.ts';
import { NOTHING } from './copied.ts';
import { attachKeyField, heldModifiers } from './key-field.ts';
import { TicketCache } from './ticket-cache.ts';
import { pastedFrom, pasteWithKeys, sendCopied } from './paste.ts';
import { keepConnected } from './reconnect.ts';
import { ScreenRefused } from './refused.tsx';
import { openRfb, type RfbLink } from './rfb.ts';
import { showVideos } from './video/attach.ts';
import { SizeRequest } from './size-request.ts';
import { fitFrame, onWanted, requestSizeOnUse, sendChangedScale, sendScale } from './size.ts';
import { attachTouch } from './touch/attach.ts';
import { isOtherScreen } from './view.ts';
import './screen.css';

const SHORT_BREAK_MS = 300;

export default function Screen() {
  const [round, setRound] = useState(0);
  const frame = useRef<HTMLDivElement>(null);
  const ghost = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const abort = new AbortController();
    if (frame.current && ghost.current && field.current) run(frame.current, ghost.current, field.current, abort.signal);
    return () => abort.abort();
  }, [round]);
  const state = screenState.value;
  // Very short interruptions aren't shown.
  const away = useDelayed(state === 'reconnecting', SHORT_BREAK_MS);
  return (
    <div
      class="screen"
      data-test="screen"
      data-panning={panning.value}
      data-away={away}
      onPointerDownCapture={onPointerDown}
    >
      <div class="screen-frame" ref={frame} />
      <div class="screen-ghost" ref={ghost} aria-hidden="true" />
      <textarea
        ref={field}
        class="key-field"
        data-test="key-field"
        aria-label={isTouch() ? t.screen.labelTouch : t.screen.label}
        autocapitalize="off"
        autocomplete="off"
        spellcheck={false}
        inputMode={touchKeyboard.value ? 'text' : 'none'}
        rows={1}
      />
      {screenRefusal.value !== null && <ScreenRefused error={screenRefusal.value} retry={() => setRound(round + 1)} />}
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
  keyboard.pressPointer(heldModifiers(event));
  if (!panning.value) queueMicrotask(focusScreen);
  // Input methods show candidates at the field, so it follows the pointer.
  const field = current.field;
  if (!field) return;
  field.style.left = `${Math.round(event.clientX)}px`;
  field.style.top = `${Math.max(0, Math.round(event.clientY) - 36)}px`;
}

function run(frame: HTMLElement, ghost: HTMLElement, field: HTMLTextAreaElement, signal: AbortSignal): void {
  const asked = performance.now();
  current.field = field;
  painted.value = false;
  screenRefusal.value = null;
  attachKeyField(
    field,
    { keyboard, paste: (data) => pasteWithKeys(pastedFrom(data)), modifiers: takeTouchModifiers },
    signal,
  );
  followForms(signal);
  const sizeRequest = new SizeRequest({
    now: () => performance.now(),
    later: (ms, then) => setTimeout(() => signal.aborted || then(), ms),
    size: () => current.link?.size() ?? '',
    ask: askSize,
  });
  const box = frame.parentElement;
  if (box) {
    requestSizeOnUse(box, sizeRequest, signal);
    attachTouch(box, frame, signal);
  }
  fitFrame(frame, signal);
  onWanted(() => {
    if (!current.link?.ownsSize) return;
    current.link.askSize();
    sendChangedScale();
  }, signal);
  signal.addEventListener('abort', () => {
    current.link = null;
    current.field = null;
    painted.value = false;
    screenRefusal.value = null;
    keyQueue.clear();
  });

  const ticket = new TicketCache({
    fetch: (until) => api.desktop.ticket(until),
    isFinal: (error) => error instanceof ApiError && error.code === 'not_authenticated',
    now: () => Date.now(),
    pause,
  });
  void ticket.keepFresh(signal);
  /** That there is an answer means that the network is back; gateways work without the part that makes tickets. */
  const renewed = async (until: AbortSignal): Promise<string> => {
    try {
      return (await api.desktop.ticket(until)).token;
    } catch (error) {
      if (error instanceof ApiError && error.status >= 500) return await ticket.take(until);
      throw error;
    }
  };
  void keepConnected({
    signal,
    ticket: (until) => ticket.take(until),
    doubt: () => ticket.doubt(),
    open: (token) => {
      // After an interruption all viewers reconnect: the desktop keeps the size of the one in use.
      const link = openRfb(frame, token, !isOtherScreen.peek() && (!painted.value || document.hasFocus()), {
        announced: () => clipboards.expectFromDesktop(),
        copied: (text) => {
          keepEarlier({ ...NOTHING, text });
          void clipboards.takeFromDesktop(text);
        },
        copyMissing: () => {
          if (deliversText()) return;
          void clipboards.missInDesktop();
          say('warning', t.clipboard.tooLargeThere(size(MAX_CLIPBOARD_BYTES)));
        },
        refused: refuseText,
        away: (isAway) => link === current.link && showState(isAway ? 'reconnecting' : 'connected'),
        resuming: {
          ticket: renewed,
          isFinal: (error) => error instanceof ApiError && error.code === 'not_authenticated',
          pause,
          network: window,
        },
        viewerLeft: () => document.visibilityState === 'visible' && sizeRequest.send(),
      });
      current.link = link;
      passKeys(link);
      showVideos(frame, link);
      void link.painted.then((seen) => seen && link === current.link && shown());
      void link.closed.then(() => {
        // noVNC has removed its canvas from the page; its last frame is shown until the next one is painted.
        if (painted.value && link.canvas && !ghost.firstChild) ghost.replaceChildren(link.canvas);
      });
      return link;
    },
    pause,
    onState: showState,
    check: checkPage,
    isFinal: (error) => expired(error) || refused(error),
    now: () => performance.now(),
  });

  const shown = () => {
    ghost.replaceChildren();
    if (painted.value) return;
    painted.value = true;
    if (!covered.value) focusScreen();
    syncOnFocus({ copyWaitingForms, sendClipboard: (text) => void sendCopied({ ...NOTHING, text }) }, signal);
    // Only used for the start trace, so a failure doesn't matter.
    api.desktop
      .firstPixel(Math.round(performance.now() - asked))
      .catch(ignore('the start trace does without this time'));
  };
}

/** A missing desktop isn't final: its events report what happens next. */
function refused(error: unknown): boolean {
  if (!isPermanent(error) || error.code === 'desktop_missing') return false;
  screenRefusal.value = error;
  return true;
}

function passKeys(link: RfbLink): void {
  void link.ready.then(() => link.writable() && keyQueue.connected(link));
  void link.closed.then(() => {
    keyQueue.lost(link, link.received());
    clipboards.forgetSent();
  });
}

/** Requests this window's size, and then its scale; false if the desktop already has the size. */
function askSize(): boolean {
  const asks = current.link?.askSize() ?? false;
  if (asks) sendScale();
  return asks;
}
