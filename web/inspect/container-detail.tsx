/** The selected container: actions, details, and the equivalent commands. */
import type { Inspection, InspectedContainer } from '#protocol/inspect.ts';
import { Bug, CopyPlus, SquareTerminal } from 'lucide';
import { useEffect, useRef } from 'preact/hooks';
import { type DebugVerb, subjectOfContainer } from '../layers/debug-subject.ts';
import { FactList } from '../ui/fact-list.tsx';
import { dateTime } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { openLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { appNameOf } from './app-name.ts';
import { copyText } from '../state/notices.ts';
import { CopyButton } from '../ui/copy-button.tsx';

export function ContainerDetail({ container, inspection }: { container: InspectedContainer; inspection: Inspection }) {
  const { name, kind, launchId, state, since, pid, commands, exitCode, reason, message } = container;
  const subject = subjectOfContainer(container, inspection, appNameOf(launchId));
  const open = (verb: DebugVerb) => openLayer({ kind: 'debug', subject, verb });
  const section = useRef<HTMLElement>(null);
  // It may be out of view after a selection in the diagram or the table.
  useEffect(() => section.current?.scrollIntoView({ block: 'nearest' }), []);
  const lookable = kind === 'launch' || kind === 'service';
  return (
    <section class="inspect-detail" ref={section} aria-label={name} data-test="inspect-detail" data-name={name}>
      <div class="row inspect-head">
        <h3 class="grow truncate">{name}</h3>
        {lookable && state === 'running' && (
          <button type="button" class="primary" onClick={() => open('toolbox')} data-test="detail-toolbox">
            <Icon of={Bug} size={15} /> {t.debug.verbs.toolbox}
          </button>
        )}
        {kind === 'launch' && (
          <button type="button" onClick={() => open('copy')} data-test="detail-copy">
            <Icon of={CopyPlus} size={15} /> {t.debug.verbs.copy}
          </button>
        )}
        {kind === 'launch' && state === 'running' && (
          <button type="button" onClick={() => open('shell')} data-test="detail-shell">
            <Icon of={SquareTerminal} size={15} /> {t.debug.verbs.shell}
          </button>
        )}
      </div>
      <FactList
        facts={[
          [t.inspect.image, container.image],
          [t.inspect.launch, launchId],
          [t.inspect.process, pid === null ? null : String(pid)],
          [t.tasks.facts.exitCode, exitCode === null ? null : String(exitCode)],
          [t.tasks.facts.reason, reason],
          [t.tasks.facts.engineSays, message],
          [t.inspect.since, since === null ? null : dateTime(since)],
        ]}
      />
      {commands.length > 0 && (
        <>
          <h4>{t.inspect.commands}</h4>
          <ul class="inspect-lines">
            {commands.map(({ does, line }) => (
              <li key={`${does} ${line}`}>
                <span class="small">{t.inspect.does[does]}</span>
                <pre tabIndex={0} data-test="inspect-command" data-does={does}>
                  {line}
                </pre>
                <CopyButton text={line} copy={copyText} label={t.inspect.copyLine(t.inspect.does[does])} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
