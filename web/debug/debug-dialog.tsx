/** The debug dialog: start a toolbox, start a copy, or open a shell. */
import { useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { session } from '../state/store.ts';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { useRemote } from '../state/use-remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Failure, Loading } from '../ui/views.tsx';
import { type DebugSubject, type DebugVerb, targetOf } from '../layers/debug-subject.ts';
import { CopyDialog } from './copy-dialog.tsx';
import { ShellDialog } from './shell-dialog.tsx';
import { ToolboxDialog } from './toolbox-dialog.tsx';
import './debug.css';

export default function DebugDialog({ subject, verb: first }: { subject: DebugSubject; verb: DebugVerb }) {
  const [verb, setVerb] = useState<DebugVerb>(subject.ended ? 'copy' : first);
  const [offer, retry] = useRemote(JSON.stringify(targetOf(subject)), (signal) =>
    api.debug.offer(targetOf(subject), signal),
  );
  const own = subject.userId === session.value?.user.id;
  return (
    <LayerFrame kind="debug" label={t.debug.title(subject.name)} class="dialog debug-dialog" dim>
      <h2>{t.debug.title(subject.name)}</h2>
      {!own && <p class="small">{t.debug.whose(subject.userId)}</p>}
      <div class="segments" role="tablist" aria-label={t.debug.how}>
        {verbsOf(subject).map((one) => (
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
      {offer.state === 'loaded' && verb === 'toolbox' && <ToolboxDialog subject={subject} offer={offer.value} />}
      {offer.state === 'loaded' && verb === 'copy' && subject.launchId !== null && (
        <CopyDialog subject={subject} launch={subject.launchId} offer={offer.value} />
      )}
      {offer.state === 'loaded' && verb === 'shell' && <ShellDialog subject={subject} offer={offer.value} own={own} />}
    </LayerFrame>
  );
}

/** Only launches can be copied, ended ones only that. A desktop's shell opens in its main container. */
function verbsOf({ launchId, container, ended }: DebugSubject): readonly DebugVerb[] {
  if (launchId === null) return container === null ? ['toolbox', 'shell'] : ['toolbox'];
  return ended ? ['copy'] : ['toolbox', 'copy', 'shell'];
}
