/** The dialog that leads into what runs: a toolbox beside it, a copy of it, or a shell in it. */
import { useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { session } from '../state/store.ts';
import { LayerFrame } from '../ui/layer.tsx';
import { useRemote } from '../ui/remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Failure, Loading } from '../ui/views.tsx';
import { type Aim, targetOf } from './aim.ts';
import { CopyDialog } from './copy-dialog.tsx';
import type { DebugVerb } from './debug-form.ts';
import { ShellDialog } from './shell-dialog.tsx';
import { ToolboxDialog } from './toolbox-dialog.tsx';
import './debug.css';

export default function DebugDialog({ aim, verb: first }: { aim: Aim; verb: DebugVerb }) {
  const [verb, setVerb] = useState<DebugVerb>(aim.over ? 'copy' : first);
  const [offer, retry] = useRemote(JSON.stringify(targetOf(aim)), (signal) => api.debug.offer(targetOf(aim), signal));
  const own = aim.userId === session.value?.user.id;
  return (
    <LayerFrame kind="debug" label={t.debug.title(aim.name)} look="dialog debug-dialog" dim>
      <h2>{t.debug.title(aim.name)}</h2>
      {!own && <p class="small">{t.debug.whose(aim.userId)}</p>}
      <div class="segments" role="tablist" aria-label={t.debug.how}>
        {verbsOf(aim).map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            aria-selected={one === verb}
            onClick={() => setVerb(one)}
            data-autofocus={one === verb ? '' : undefined}
            data-test={`debug-verb-${one}`}
          >
            {t.debug.verbs[one]}
          </button>
        ))}
      </div>
      {offer.state === 'loading' && <Loading />}
      {offer.state === 'failed' && <Failure error={offer.error} retry={retry} />}
      {offer.state === 'there' && verb === 'toolbox' && <ToolboxDialog aim={aim} offer={offer.value} />}
      {offer.state === 'there' && verb === 'copy' && aim.launchId !== null && (
        <CopyDialog aim={aim} launch={aim.launchId} offer={offer.value} />
      )}
      {offer.state === 'there' && verb === 'shell' && <ShellDialog aim={aim} offer={offer.value} own={own} />}
    </LayerFrame>
  );
}

/** Only a launch can be copied; what is over has nothing to go into; shells open in the desktop's first container. */
function verbsOf({ launchId, container, over }: Aim): readonly DebugVerb[] {
  if (launchId === null) return container === null ? ['toolbox', 'shell'] : ['toolbox'];
  return over ? ['copy'] : ['toolbox', 'copy', 'shell'];
}
