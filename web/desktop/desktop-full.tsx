/** The desktop can't hold more launches: rebuild it, or run the app in its own pod. */
import { running } from '../state/store.ts';
import { ConfirmDialog } from '../layers/confirm-dialog.tsx';
import { closeLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { HomeFate, useHomeLoss } from './home-files.tsx';
import { rebuildNow } from './rebuild-dialog.tsx';

interface Props {
  /** The server's message. */
  readonly reason: string;
  /** Sends the same request for a pod; resolves to whether it succeeded. */
  readonly asPod: () => Promise<boolean>;
}

export function DesktopFull({ reason, asPod }: Props) {
  const loss = useHomeLoss();
  const runAsPod = async () => {
    // The form that sent the request, if there was one.
    if (await asPod()) closeLayer('run-again');
    closeLayer('desktop-full', true);
  };
  return (
    <ConfirmDialog
      kind="desktop-full"
      title={t.rebuild.fullTitle}
      wide
      actions={[
        { label: t.rebuild.now, style: 'danger', run: rebuildNow, test: 'full-rebuild' },
        { label: t.rebuild.asPod, style: 'primary', focus: true, run: runAsPod, test: 'full-pod' },
      ]}
    >
      <p class="wrapping">{reason}</p>
      <p>{t.rebuild.text(running.value.length)}</p>
      <HomeFate loss={loss} />
    </ConfirmDialog>
  );
}
