/** Opens a shell in an element of the page, while the element is shown, and fits it to its size. */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { terminal } from './control.ts';
import { fontsReady } from './shell-view.ts';
import { openShell, type ShellSession, type ShellState, type ShellRequest } from './shell-session.ts';

export interface Shell {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly state: ShellState;
  readonly people: number;
  /** Whether this shell ever connected: if not, it was refused, or the image has no shell. */
  readonly connected: boolean;
  readonly focus: () => void;
}

/** A new `round` opens a new shell. */
export function useShell(request: ShellRequest, round: number): Shell {
  const [state, setState] = useState<ShellState>({ state: 'connecting' });
  const [people, setPeople] = useState(1);
  const [connected, setConnected] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const session = useRef<ShellSession | null>(null);
  useEffect(() => {
    let disposed = false;
    let observer: ResizeObserver | undefined;
    let focus: (() => void) | null = null;
    setConnected(false);
    const begin = () => {
      if (disposed || !box.current) return;
      const onState = (next: ShellState) => {
        if (next.state === 'open') setConnected(true);
        setState(next);
      };
      const opened = openShell(box.current, request, { onState, onPeople: setPeople });
      session.current = opened;
      ({ focus } = opened);
      terminal.focus = focus;
      observer = new ResizeObserver(() => requestAnimationFrame(() => session.current === opened && opened.fit()));
      observer.observe(box.current);
      opened.focus();
    };
    // The terminal measures its characters once, so the font must be loaded first.
    void fontsReady().then(begin);
    return () => {
      disposed = true;
      observer?.disconnect();
      session.current?.dispose();
      session.current = null;
      // Another terminal may have opened since.
      if (terminal.focus === focus) terminal.focus = null;
    };
  }, [request.in, request.in === 'desktop' ? '' : request.id, round]);
  return { box, state, people, connected, focus: () => session.current?.focus() };
}
