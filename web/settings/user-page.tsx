/** The logged-in user with labels and roles, their limits, and their sessions, which can be ended. */
import type { LimitUse } from '#protocol/limits.ts';
import type { LoginRecord } from '#protocol/user.ts';
import { useState } from 'preact/hooks';
import { openLayer } from '../layers/layers.ts';
import { api } from '../state/api.ts';
import { attempt } from '../state/notices.ts';
import { desktop, session } from '../state/store.ts';
import { bytes, count, dateTime, enumerated, size } from '../ui/format.ts';
import { useRemote } from '../state/use-remote.ts';
import { DataTable } from '../ui/data-table.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { Failure, Loading } from '../ui/views.tsx';
import { AccessTokensSection } from './access-tokens.tsx';
import { FactList } from '../ui/fact-list.tsx';

export function UserPage() {
  const [logins, retry] = useRemote('logins', () => api.session.history());
  const who = session.value;
  if (!who) return null;
  const { user, expiresAt } = who;
  return (
    <>
      <h2>{t.settings.pages.user}</h2>
      <FactList
        facts={[
          [t.user.name, user.name],
          [t.user.id, user.id],
          [t.user.provider, user.provider],
          [t.user.roles, enumerated(user.roles.map((role) => t.user.roleNames[role])) || t.user.none],
          [t.user.labels, enumerated(user.labels) || t.user.none],
          [t.user.until, dateTime(expiresAt)],
        ]}
      />
      <Limits />
      <AccessTokensSection userId={user.id} />
      <div class="row">
        <h3 class="grow">{t.user.sessions}</h3>
        <button
          type="button"
          class="quiet"
          onClick={() => openLayer({ kind: 'logout-everywhere' })}
          data-test="logout-everywhere"
        >
          {t.user.everywhere}
        </button>
      </div>
      {logins.state === 'loading' && <Loading />}
      {logins.state === 'failed' && <Failure error={logins.error} retry={retry} />}
      {logins.state === 'loaded' && <Logins logins={logins.value} ended={retry} />}
    </>
  );
}

function Limits() {
  const [limits, retry] = useRemote('limits', () => api.limits());
  return (
    <>
      <h3>{t.user.limits}</h3>
      <p class="small">{t.user.limitsHint}</p>
      {limits.state === 'loading' && <Loading />}
      {limits.state === 'failed' && <Failure error={limits.error} retry={retry} />}
      {limits.state === 'loaded' && (
        <FactList facts={limits.value.map((limit) => [t.user.limitNames[limit.name], useOf(limit)])} />
      )}
      {limits.state === 'loaded' && limits.value.some(({ name }) => name === 'home') && (
        <p class="small">{t.user.homeLimitHint}</p>
      )}
      {desktop.value?.status.state === 'running' && <HomeSize />}
    </>
  );
}

function useOf({ used, limit, unit, enforced }: LimitUse): string {
  const amount = (value: number): string => (unit === 'bytes' ? bytes(value) : count(value));
  const use = t.user.limitUse(used === null ? t.user.unknown : amount(used), amount(limit));
  return enforced ? use : t.user.limitOff(use);
}

/** Nothing while it is measured, or if that fails. */
function HomeSize() {
  const [home] = useRemote('home', (signal) => api.desktop.home(signal));
  if (home.state !== 'loaded') return null;
  const { count: files, bytes: total, complete } = home.value;
  const measured = t.home.total(files, size(total));
  return (
    <>
      <FactList facts={[[t.user.home, complete ? measured : t.user.atLeast(measured)]]} />
      <p class="small">{t.user.homeHint}</p>
    </>
  );
}

function Logins({ logins, ended }: { logins: readonly LoginRecord[]; ended: () => void }) {
  return (
    <DataTable
      label={t.user.sessions}
      columns={[t.user.when, t.user.address, t.user.browser, t.user.ends]}
      actions
      box="table-box"
    >
      {logins.map((login) => (
        <tr key={login.id} data-test="login-record">
          <td class="number">
            {dateTime(login.at)} {login.current && <span class="pill ok">{t.user.current}</span>}
          </td>
          <td class="number">{login.address}</td>
          <td class="small">{browserOf(login.userAgent)}</td>
          <td class="number">{login.open ? login.endsAt && dateTime(login.endsAt) : t.user.ended}</td>
          <td>{login.open && !login.current && <End login={login} ended={ended} />}</td>
        </tr>
      ))}
    </DataTable>
  );
}

function End({ login, ended }: { login: LoginRecord; ended: () => void }) {
  const [busy, setBusy] = useState(false);
  const end = async () => {
    setBusy(true);
    await attempt(() => api.session.end(login.id));
    setBusy(false);
    ended();
  };
  return (
    <button
      type="button"
      class="quiet"
      disabled={busy}
      aria-label={`${t.user.logout}: ${dateTime(login.at)}, ${login.address}`}
      onClick={() => void end()}
      data-test="session-end"
    >
      {t.user.logout}
    </button>
  );
}

/** The browser's name from a user agent string, or the string itself. */
function browserOf(userAgent: string): string {
  const named = /(Edg|OPR|Firefox|Chrom(?:e|ium)|Version)\/(\d+)/.exec(userAgent);
  if (!named) return userAgent;
  const names: Readonly<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera', Version: 'Safari' };
  const system = /\(([^;)]+)/.exec(userAgent)?.[1] ?? '';
  return `${names[named[1] ?? ''] ?? named[1]} ${named[2]}, ${system}`;
}
