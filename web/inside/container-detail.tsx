/** The chosen container: what can be done to it, its facts, and the lines that do the same without Deskpod. */
import type { Inside, InsideContainer } from '#protocol/inside.ts';
import { Bug, CopyPlus, SquareTerminal } from 'lucide';
import { useEffect, useRef } from 'preact/hooks';
import { aimAtContainer } from '../debug/aim.ts';
import type { DebugVerb } from '../debug/debug-form.ts';
import { FactList } from '../settings/fact-list.tsx';
import { dateTime } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { openLayer } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { appNameOf } from './app-name.ts';
import { CopyButton } from './copy-button.tsx';

export function ContainerDetail({ container, inside }: { container: InsideContainer; inside: Inside }) {
  const { name, kind, launchId, state, since, pid, commands, exitCode, reason, message } = container;
  const aim = aimAtContainer(container, inside, appNameOf(launchId));
  const open = (verb: DebugVerb) => openLayer({ kind: 'debug', aim, verb });
  const section = useRef<HTMLElement>(null);
  // Chosen in the picture or in the table, it may lie out of sight.
  useEffect(() => section.current?.scrollIntoView({ block: 'nearest' }), []);
  const lookable = kind === 'launch' || kind === 'service';
  return (
    <section class="inside-detail" ref={section} aria-label={name} data-test="inside-detail" data-name={name}>
      <div class="row inside-head">
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
          [t.inside.image, container.image],
          [t.inside.launch, launchId],
          [t.inside.process, pid === null ? null : String(pid)],
          [t.tasks.facts.exitCode, exitCode === null ? null : String(exitCode)],
          [t.tasks.facts.reason, reason],
          [t.tasks.facts.engineSays, message],
          [t.inside.since, since === null ? null : dateTime(since)],
        ]}
      />
      {commands.length > 0 && (
        <>
          <h4>{t.inside.commands}</h4>
          <ul class="inside-lines">
            {commands.map(({ does, line }) => (
              <li key={`${does} ${line}`}>
                <span class="small">{t.inside.does[does]}</span>
                <pre tabIndex={0} data-test="inside-line" data-does={does}>
                  {line}
                </pre>
                <CopyButton text={line} label={t.inside.copyLine(t.inside.does[does])} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
