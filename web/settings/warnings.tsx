/** For administrators: problems of this installation, each with the commands that fix it. */
import type { SystemWarning } from '#protocol/system.ts';
import { TriangleAlert } from 'lucide';
import { api } from '../state/api.ts';
import { copyText } from '../state/notices.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useRemote } from '../state/use-remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Failure, Loading } from '../ui/views.tsx';
import './warnings.css';

export function Warnings() {
  const [warnings, retry] = useRemote('warnings', (signal) => api.system.warnings(signal));
  return (
    <section data-test="warnings">
      <h3>{t.system.warnings}</h3>
      {warnings.state === 'loading' && <Loading />}
      {warnings.state === 'failed' && <Failure error={warnings.error} retry={retry} />}
      {warnings.state === 'loaded' && warnings.value.length === 0 && <p class="small">{t.system.noWarnings}</p>}
      {warnings.state === 'loaded' && (
        <ul class="system-warnings">
          {warnings.value.map((warning) => (
            <Warning key={warning.text} warning={warning} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Warning({ warning: { text, commands } }: { warning: SystemWarning }) {
  const block = commands.join('\n');
  return (
    <li class="system-warning" data-test="warning">
      <Icon of={TriangleAlert} size={16} />
      <div class="grow">
        <p>{text}</p>
        {commands.length > 0 && (
          <div class="commands">
            <pre tabIndex={0} aria-label={t.system.commands}>
              {block}
            </pre>
            <CopyButton text={`${block}\n`} copy={copyText} label={t.system.copyCommands} test="warning-copy" />
          </div>
        )}
      </div>
    </li>
  );
}
