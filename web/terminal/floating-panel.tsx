/** A window of the shell over the desktop: moved, resized, maximised and closed by pointer or keyboard. */
import { Maximize2, Minimize2, SquareTerminal, X } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { firstPanel, moved, type Panel, pulledIn, resized } from './geometry.ts';
import './terminal-panel.css';

interface Props {
  readonly title: string;
  /** Next to the title, if there is room. */
  readonly note: string;
  /** Between title and window buttons. */
  readonly tools?: ComponentChildren;
  readonly state: string;
  /** Tests find it by this name; its close button is `<test>-close`. */
  readonly test: string;
  /** Called after a move, to give the focus back to the content. */
  readonly focus: () => void;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

export function FloatingPanel({ title, note, tools, state, test, focus, close, children }: Props) {
  const [panel, setPanel] = useState(() => firstPanel(bounds()));
  const [whole, setWhole] = useState(false);
  useEffect(() => {
    const refit = () => setPanel((before) => pulledIn(before, bounds()));
    window.addEventListener('resize', refit);
    return () => window.removeEventListener('resize', refit);
  }, []);
  const style = whole
    ? {}
    : { left: `${panel.x}px`, top: `${panel.y}px`, width: `${panel.width}px`, height: `${panel.height}px` };
  return (
    <section
      class={whole ? 'terminal-panel whole' : 'terminal-panel'}
      style={style}
      aria-label={title}
      data-test={test}
      data-state={state}
    >
      <header {...dragging(panel, setPanel, moved, focus, whole)} onDblClick={() => setWhole(!whole)}>
        <button
          type="button"
          class="handle"
          aria-label={t.terminal.move}
          onKeyDown={(event) => byArrows(event, (dx, dy) => setPanel(moved(panel, dx, dy, bounds())))}
        >
          <Icon of={SquareTerminal} size={14} />
        </button>
        <b class="truncate">{title}</b>
        <span class="grow small truncate">{note}</span>
        {tools}
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
          data-test={`${test}-close`}
        >
          <Icon of={X} size={15} />
        </button>
      </header>
      {children}
      {!whole && (
        <button
          type="button"
          class="terminal-grip"
          aria-label={t.terminal.resize}
          {...dragging(panel, setPanel, resized, focus, false)}
          onKeyDown={(event) => byArrows(event, (dx, dy) => setPanel(resized(panel, dx, dy, bounds())))}
        />
      )}
    </section>
  );
}

const bounds = () => ({ width: window.innerWidth, height: window.innerHeight - 36 });

type Change = typeof moved;

function dragging(panel: Panel, setPanel: (panel: Panel) => void, change: Change, focus: () => void, off: boolean) {
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
        focus();
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
