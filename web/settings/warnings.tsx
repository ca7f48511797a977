/** For administrators: what is wrong with this installation, each with the commands that mend it. */
import type { SystemWarning } from '#protocol/system.ts';
import { Check, Copy, TriangleAlert } from 'lucide';
import { useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { attempt } from '../state/notices.ts';
import { Icon } from '../ui/icon.tsx';
import { useRemote } from '../ui/remote.ts';
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
      {warnings.state === 'there' && warnings.value.length === 0 && <p class="small">{t.system.noWarnings}</p>}
      {warnings.state === 'there' && (
        <ul class="mendings">
          {warnings.value.map((warning) => (
            <Warning key={warning.text} warning={warning} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Warning({ warning: { text, commands } }: { warning: SystemWarning }) {
  const [copied, setCopied] = useState(false);
  const block = commands.join('\n');
  const copy = async () => setCopied(await attempt(() => navigator.clipboard.writeText(`${block}\n`)));
  return (
    <li class="mending" data-test="warning">
      <Icon of={TriangleAlert} size={16} />
      <div class="grow">
        <p>{text}</p>
        {commands.length > 0 && (
          <div class="commands">
            <pre tabIndex={0} aria-label={t.system.commands}>
              {block}
            </pre>
            <button
              type="button"
              class="icon"
              title={copied ? t.copied : t.system.copyCommands}
              aria-label={t.system.copyCommands}
              onClick={() => void copy()}
              data-test="warning-copy"
            >
              <Icon of={copied ? Check : Copy} size={14} />
            </button>
            <span role="status" class="hidden-text">
              {copied ? t.copied : ''}
            </span>
          </div>
        )}
      </div>
    </li>
  );
}
