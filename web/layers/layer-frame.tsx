/** The frame of every layer: traps the focus and closes on a click outside (Esc: shell/keys.ts). */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { closeLayer, type Layer, layers } from './layers.ts';
import './layer-frame.css';

interface Props {
  readonly kind: Layer['kind'];
  readonly label: string;
  readonly role?: 'dialog' | 'menu' | 'alertdialog';
  /** CSS class of the panel. */
  readonly class: string;
  /** Dims everything below. */
  readonly dim?: boolean;
  readonly style?: Record<string, string>;
  readonly children: ComponentChildren;
}

const FOCUSABLE = 'a[href],button:not(:disabled),input:not(:disabled),textarea,select,[tabindex="0"]';

export function LayerFrame({ kind, label, role = 'dialog', class: panelClass, dim = false, style, children }: Props) {
  const panel = useRef<HTMLDivElement>(null);
  const isTop = layers.value.at(-1)?.kind === kind;
  useLayoutEffect(() => {
    const first = panel.current?.querySelector<HTMLElement>('[data-autofocus]') ?? focusables(panel.current)[0];
    (first ?? panel.current)?.focus({ preventScroll: true });
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Tab' && !event.defaultPrevented) wrap(event, panel.current);
  };

  return (
    <div
      class={dim ? 'layer dim' : 'layer'}
      inert={!isTop}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) {
          event.preventDefault();
          closeLayer(kind);
        }
      }}
      onContextMenu={(event) => event.target === event.currentTarget && event.preventDefault()}
    >
      <div
        ref={panel}
        class={`glass ${panelClass}`}
        role={role}
        aria-modal={role === 'menu' ? undefined : 'true'}
        aria-label={label}
        tabIndex={-1}
        style={style}
        onKeyDown={onKeyDown}
        data-test={kind}
      >
        {children}
      </div>
    </div>
  );
}

function focusables(root: HTMLElement | null): HTMLElement[] {
  return [...(root?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])].filter(
    (one) => one.tabIndex >= 0 && one.offsetParent !== null,
  );
}

/** From the last element to the first and back, so that Tab stays in the layer. */
function wrap(event: KeyboardEvent, root: HTMLElement | null): void {
  const all = focusables(root);
  const [first, last] = [all[0], all.at(-1)];
  const at = document.activeElement;
  const target =
    event.shiftKey && (at === first || at === root) ? last : !event.shiftKey && at === last ? first : undefined;
  if (!target) return;
  event.preventDefault();
  target.focus();
}

/** Arrow keys, Home and End move between the items of a menu. */
export function menuKeys(event: KeyboardEvent): void {
  const items = [
    ...(event.currentTarget instanceof Element
      ? event.currentTarget.querySelectorAll<HTMLElement>('[role^="menuitem"]')
      : []),
  ];
  const at = items.findIndex((item) => item === document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next === undefined || items.length === 0) return;
  event.preventDefault();
  items[(next + items.length) % items.length]?.focus();
}
