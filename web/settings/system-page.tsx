/** Versions of the installation, its warnings, and the last start of the desktop. */
import { TraceView } from '../desktop/trace-view.tsx';
import { api } from '../state/api.ts';
import { desktop } from '../state/store.ts';
import { dateTime, duration } from '../ui/format.ts';
import { serverUrl } from '../ui/server-url.ts';
import { useRemote } from '../state/use-remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Failure, Loading } from '../ui/views.tsx';
import { FactList } from '../ui/fact-list.tsx';
import { isAdmin } from '../state/roles.ts';
import { Warnings } from './warnings.tsx';

export function SystemPage() {
  const [reply, retry] = useRemote('system', () => api.system.get());
  return (
    <>
      <h2>{t.settings.pages.system}</h2>
      {reply.state === 'loading' && <Loading />}
      {reply.state === 'failed' && <Failure error={reply.error} retry={retry} />}
      {reply.state === 'loaded' && (
        <>
          <FactList
            facts={[
              [t.system.version, reply.value.system.version],
              [
                t.system.engine,
                `${reply.value.system.engine.name} ${reply.value.system.engine.version} (${reply.value.system.engine.kind})`,
              ],
              [t.system.host, reply.value.system.host],
              [t.system.place, desktop.value?.place ?? null],
              [t.system.node, reply.value.system.node],
              [t.system.uptime, duration(reply.value.system.uptimeSeconds * 1000)],
              [t.system.x11, t.system[reply.value.system.x11Listen]],
            ]}
          />
          <p class="system-speedtest">
            <a href={serverUrl('speedtest/').href} target="_blank" rel="noreferrer" data-test="speedtest-link">
              {t.system.speedtest}
            </a>{' '}
            <span class="small">{t.system.speedtestHint}</span>
          </p>
          {isAdmin() && <Warnings />}
          <h3>{t.system.trace}</h3>
          {reply.value.trace ? (
            <div class="system-trace">
              <p class="small">{`${dateTime(reply.value.trace.startedAt)} · ${t.system.traceKind[reply.value.trace.kind]}`}</p>
              <TraceView trace={reply.value.trace} />
            </div>
          ) : (
            <p class="small">{t.system.noTrace}</p>
          )}
        </>
      )}
    </>
  );
}
