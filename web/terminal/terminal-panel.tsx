/** The web shell's window over the desktop: moved, resized, maximised and closed by pointer or keyboard. */
import { Maximize2, Minimize2, SquareTerminal, X } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import { focusScreen } from '../screen/control.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { terminal, terminalOpen } from './control.ts';
import { firstPanel, moved, type Panel, pulledIn, resized } from './geometry.ts';
import { openShell, type ShellSession, type ShellState } from './shell-session.ts';
import './terminal-panel.css';

export default function TerminalPanel() {
  const [panel, setPanel] = useState(() => firstPanel(bounds()));
  const [whole, setWhole] = useState(false);
  const [round, setRound] = useState(0);
  const [shell, setShell] = useState<ShellState>({ state: 'connecting' });
  const box = useRef<HTMLDivElement>(null);
  const session = useRef<ShellSession | null>(null);

  useEffect(() => {
    let gone = false;
    let observer: ResizeObserver | undefined;
    // The terminal measures its letters once: the font must be there first.
    void document.fonts.load('13px "JetBrains Mono Variable"').finally(() => {
      if (gone || !box.current) return;
      const opened = openShell(box.current, setShell);
      session.current = opened;
      terminal.focus = opened.focus;
      observer = new ResizeObserver(() => requestAnimationFrame(() => session.current === opened && opened.fit()));
      observer.observe(box.current);
      opened.focus();
    });
    return () => {
      gone = true;
      observer?.disconnect();
      session.current?.dispose();
      session.current = null;
      terminal.focus = null;
    };
  }, [round]);
  useEffect(() => {
    const refit = () => setPanel((before) => pulledIn(before, bounds()));
    window.addEventListener('resize', refit);
    return () => window.removeEventListener('resize', refit);
  }, []);

  const close = () => {
    terminalOpen.value = false;
    queueMicrotask(focusScreen);
  };
  const style = whole
    ? {}
    : { left: `${panel.x}px`, top: `${panel.y}px`, width: `${panel.width}px`, height: `${panel.height}px` };
  const over = shell.state === 'ended' || shell.state === 'lost';
  return (
    <section
      class={whole ? 'terminal-panel whole' : 'terminal-panel'}
      style={style}
      aria-label={t.terminal.title}
      data-test="terminal"
      data-state={shell.state}
    >
      <header {...dragging(panel, setPanel, moved, whole)} onDblClick={() => setWhole(!whole)}>
        <button
          type="button"
          class="handle"
          aria-label={t.terminal.move}
          onKeyDown={(event) => byArrows(event, (dx, dy) => setPanel(moved(panel, dx, dy, bounds())))}
        >
          <Icon of={SquareTerminal} size={14} />
        </button>
        <b>{t.terminal.title}</b>
        <span class="grow small truncate">{t.terminal.leave}</span>
        <button
          type="button"
          class="quiet icon"
          aria-label={whole ? t.terminal.restore : t.terminal.maximise}
          onClick={() => setWhole(!whole)}
        >
          <Icon of={whole ? Minimize2 : Maximize2} size={14} />
        </button>
        <button
          type="button"
          class="quiet icon"
          aria-label={t.terminal.close}
          onClick={close}
          data-test="terminal-close"
        >
          <Icon of={X} size={15} />
        </button>
      </header>
      <div class="terminal-box" ref={box} data-test="terminal-box" />
      {over && (
        <div class="terminal-over" role="status">
          <span class="grow">
            {shell.state === 'ended' ? t.terminal.ended(shell.exitCode) : (shell.message ?? t.terminal.lost)}
          </span>
          <button type="button" onClick={() => setRound(round + 1)} data-test="terminal-again">
            {t.terminal.again}
          </button>
        </div>
      )}
      {!whole && (
        <button
          type="button"
          class="terminal-grip"
          aria-label={t.terminal.resize}
          {...dragging(panel, setPanel, resized, false)}
          onKeyDown={(event) => byArrows(event, (dx, dy) => setPanel(resized(panel, dx, dy, bounds())))}
        />
      )}
    </section>
  );
}

const bounds = () => ({ width: window.innerWidth, height: window.innerHeight - 36 });

type Change = typeof moved;

function dragging(panel: Panel, setPanel: (panel: Panel) => void, change: Change, off: boolean) {
  return {
    onPointerDown: (down: PointerEvent) => {
      if (off || down.button !== 0 || !(down.currentTarget instanceof HTMLElement)) return;
      if (
        down.target instanceof Element &&
        down.target.closest('button') !== null &&
        down.target.closest('.terminal-grip,.handle') === null
      )
        return;
      const handle = down.currentTarget;
      handle.setPointerCapture(down.pointerId);
      const move = (event: PointerEvent) =>
        setPanel(change(panel, event.clientX - down.clientX, event.clientY - down.clientY, bounds()));
      const end = () => {
        handle.removeEventListener('pointermove', move);
        terminal.focus?.();
      };
      handle.addEventListener('pointermove', move);
      handle.addEventListener('lostpointercapture', end, { once: true });
    },
  };
}

function byArrows(event: KeyboardEvent, change: (dx: number, dy: number) => void): void {
  const step = event.shiftKey ? 64 : 16;
  const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
  if (!by) return;
  event.preventDefault();
  change(by[0] ?? 0, by[1] ?? 0);
}
