/** Opens a shell in a box of the page for as long as the box is shown, and fits it to the box. */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { terminal } from './control.ts';
import { fontsReady } from './shell-view.ts';
import { openShell, type ShellSession, type ShellState, type ShellWish } from './shell-session.ts';

export interface Shell {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly state: ShellState;
  readonly people: number;
  /** Whether this shell ever stood: one that did not was refused, or its place has no shell. */
  readonly stood: boolean;
  readonly focus: () => void;
}

/** `round` counts the shells in this box: another number is a new one. */
export function useShell(wish: ShellWish, round: number): Shell {
  const [state, setState] = useState<ShellState>({ state: 'connecting' });
  const [people, setPeople] = useState(1);
  const [stood, setStood] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const session = useRef<ShellSession | null>(null);
  useEffect(() => {
    let gone = false;
    let observer: ResizeObserver | undefined;
    let focus: (() => void) | null = null;
    setStood(false);
    const begin = () => {
      if (gone || !box.current) return;
      const onState = (next: ShellState) => {
        if (next.state === 'open') setStood(true);
        setState(next);
      };
      const opened = openShell(box.current, wish, { onState, onPeople: setPeople });
      session.current = opened;
      ({ focus } = opened);
      terminal.focus = focus;
      observer = new ResizeObserver(() => requestAnimationFrame(() => session.current === opened && opened.fit()));
      observer.observe(box.current);
      opened.focus();
    };
    // The terminal measures its letters once: the font must be there first.
    void fontsReady().then(begin);
    return () => {
      gone = true;
      observer?.disconnect();
      session.current?.dispose();
      session.current = null;
      // Another terminal may have been opened since.
      if (terminal.focus === focus) terminal.focus = null;
    };
  }, [wish.in, wish.in === 'desktop' ? '' : wish.id, round]);
  return { box, state, people, stood, focus: () => session.current?.focus() };
}
