/** Asks before an action that can't be undone. Cancel has the focus unless an action takes it. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../ui/strings/catalogue.ts';
import { LayerFrame } from './layer-frame.tsx';
import { closeLayer, type Layer } from './layers.ts';

export interface ConfirmAction {
  readonly label: string;
  readonly style?: 'primary' | 'danger';
  readonly test?: string;
  readonly disabled?: boolean;
  readonly focus?: boolean;
  /** All buttons are disabled until it settles. */
  readonly run: () => Promise<unknown>;
}

interface Props {
  readonly kind: Layer['kind'];
  readonly title: string;
  readonly wide?: boolean;
  /** From left to right, after Cancel. */
  readonly actions: readonly ConfirmAction[];
  readonly children: ComponentChildren;
}

export function ConfirmDialog({ kind, title, wide = false, actions, children }: Props) {
  const [busy, setBusy] = useState(false);
  const run = async (action: ConfirmAction) => {
    setBusy(true);
    await action.run();
    setBusy(false);
  };
  const taken = actions.some(({ focus }) => focus);
  return (
    <LayerFrame kind={kind} label={title} role="alertdialog" class={wide ? 'dialog wide' : 'dialog'} dim>
      <h2>{title}</h2>
      {children}
      <div class="ends">
        <button
          type="button"
          class="quiet"
          disabled={busy}
          onClick={() => closeLayer(kind)}
          data-autofocus={taken ? undefined : ''}
          data-test={`${kind}-cancel`}
        >
          {t.cancel}
        </button>
        {actions.map((action) => (
          <button
            key={action.label}
            type="button"
            class={action.style}
            disabled={busy || action.disabled}
            onClick={() => void run(action)}
            data-autofocus={action.focus ? '' : undefined}
            data-test={action.test}
          >
            {action.label}
          </button>
        ))}
      </div>
    </LayerFrame>
  );
}
