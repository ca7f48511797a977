/** Who is logged in, what their labels allow, and from where they logged in lately. */
import type { LoginRecord } from '#protocol/user.ts';
import { api } from '../state/api.ts';
import { session } from '../state/store.ts';
import { dateTime } from '../ui/format.ts';
import { useRemote } from '../ui/remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Failure, Loading } from '../ui/views.tsx';
import { FactList } from './fact-list.tsx';

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
          [t.user.roles, user.roles.map((role) => t.user.roleNames[role]).join(', ') || t.user.none],
          [t.user.labels, user.labels.join(', ') || t.user.none],
          [t.user.until, dateTime(expiresAt)],
        ]}
      />
      <h3>{t.user.sessions}</h3>
      {logins.state === 'loading' && <Loading />}
      {logins.state === 'failed' && <Failure error={logins.error} retry={retry} />}
      {logins.state === 'there' && <Logins logins={logins.value} />}
    </>
  );
}

function Logins({ logins }: { logins: readonly LoginRecord[] }) {
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={t.user.sessions}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.user.when}</th>
            <th scope="col">{t.user.address}</th>
            <th scope="col">{t.user.browser}</th>
          </tr>
        </thead>
        <tbody>
          {logins.map(({ at, address, userAgent, current }) => (
            <tr key={`${at} ${address}`}>
              <td class="number">
                {dateTime(at)} {current && <span class="pill ok">{t.user.current}</span>}
              </td>
              <td class="number">{address}</td>
              <td class="small">{browserOf(userAgent)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The name people know out of a user agent line; the line itself when none is in it. */
function browserOf(userAgent: string): string {
  const named = /(Edg|OPR|Firefox|Chrom(?:e|ium)|Version)\/(\d+)/.exec(userAgent);
  if (!named) return userAgent;
  const names: Readonly<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera', Version: 'Safari' };
  const system = /\(([^;)]+)/.exec(userAgent)?.[1] ?? '';
  return `${names[named[1] ?? ''] ?? named[1]} ${named[2]}, ${system}`;
}
