/** Files in the user's own file manager: the address, how to use it, and the access tokens that open it. */
import { useState } from 'preact/hooks';
import { type AccessToken, DAV_PATH, type MadeAccessToken } from '#protocol/access-token.ts';
import { api } from '../state/api.ts';
import { attempt, copyText } from '../state/notices.ts';
import { useRemote } from '../state/use-remote.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { TextField } from '../ui/form-fields.tsx';
import { dateTime } from '../ui/format.ts';
import { serverUrl } from '../ui/server-url.ts';
import { t } from '../ui/strings/catalogue.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { Failure, Loading } from '../ui/views.tsx';
import './access-tokens.css';

const LIFETIMES = [30, 90, 365, null] as const;

export function AccessTokensSection({ userId }: { userId: string }) {
  const [tokens, reload] = useRemote('tokens', () => api.session.tokens.list());
  const [made, setMade] = useState<MadeAccessToken | null>(null);
  const take = (token: MadeAccessToken) => {
    setMade(token);
    reload();
  };
  return (
    <section class="access-tokens" data-test="access-tokens">
      <h3>{t.tokens.title}</h3>
      {tokens.state === 'loading' && <Loading />}
      {tokens.state === 'failed' && <Failure error={tokens.error} retry={reload} />}
      {tokens.state === 'loaded' && !tokens.value.enabled && <p class="small">{t.tokens.off}</p>}
      {tokens.state === 'loaded' && tokens.value.enabled && (
        <>
          <Guide userId={userId} />
          {made === null ? <NewToken made={take} /> : <Made made={made} close={() => setMade(null)} />}
          <Tokens tokens={tokens.value.tokens} revoked={reload} />
        </>
      )}
    </section>
  );
}

function Guide({ userId }: { userId: string }) {
  const address = serverUrl(DAV_PATH).href;
  const forGnome = address.replace(/^http/, 'dav');
  return (
    <>
      <p class="small">{t.tokens.hint(userId)}</p>
      <ul class="small">
        <li>{t.tokens.finder}</li>
        <li>{t.tokens.explorer}</li>
        <li>{t.tokens.gnome}</li>
      </ul>
      {[address, forGnome].map((each) => (
        <div class="row" key={each}>
          <code class="grow" aria-label={t.tokens.address} data-test="dav-address">
            {each}
          </code>
          <CopyButton text={each} copy={copyText} label={`${t.tokens.copyAddress}: ${each}`} />
        </div>
      ))}
    </>
  );
}

function NewToken({ made }: { made: (token: MadeAccessToken) => void }) {
  const [name, setName] = useState('');
  const [days, setDays] = useState<number | null>(365);
  const { busy, problem, submit } = useSubmit(
    () => null,
    async () => made(await api.session.tokens.make({ name, days })),
  );
  return (
    <form onSubmit={submit}>
      <TextField
        label={t.tokens.name}
        hint={t.tokens.nameHint}
        value={name}
        change={setName}
        test="access-token-name"
      />
      <div class="row">
        <label class="row grow">
          {t.tokens.lifetime}
          <select
            value={String(days)}
            onChange={({ currentTarget: { value } }) => setDays(value === 'null' ? null : Number(value))}
            data-test="access-token-days"
          >
            {LIFETIMES.map((each) => (
              <option key={each} value={String(each)}>
                {each === null ? t.tokens.never : t.tokens.days(each)}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" disabled={busy || name.trim() === ''} data-test="access-token-make">
          {t.tokens.make}
        </button>
      </div>
      {problem !== null && (
        <p class="field-error" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}

function Made({ made: { name, token }, close }: { made: MadeAccessToken; close: () => void }) {
  return (
    <div role="status" class="made" data-test="access-token-made">
      <p>{t.tokens.made(name)}</p>
      <div class="row">
        <code class="grow" data-test="access-token">
          {token}
        </code>
        <CopyButton text={token} copy={copyText} label={t.tokens.copyToken} wide />
        <button type="button" onClick={close} data-test="access-token-close">
          {t.tokens.close}
        </button>
      </div>
    </div>
  );
}

function Tokens({ tokens, revoked }: { tokens: readonly AccessToken[]; revoked: () => void }) {
  const revoke = async (id: string) => {
    await attempt(() => api.session.tokens.revoke(id));
    revoked();
  };
  if (tokens.length === 0) return <p class="small">{t.tokens.none}</p>;
  return (
    <>
      <DataTable
        label={t.tokens.title}
        columns={[t.tokens.name, t.tokens.created, t.tokens.used, t.tokens.expires]}
        actions
        box="table-box"
      >
        {tokens.map(({ id, name, createdAt, usedAt, expiresAt }) => (
          <tr key={id} data-test="access-token-row" data-name={name}>
            <td>{name}</td>
            <td class="number">{dateTime(createdAt)}</td>
            <td class="number">{usedAt === null ? t.tokens.never : dateTime(usedAt)}</td>
            <td class="number">{expiresAt === null ? t.tokens.never : dateTime(expiresAt)}</td>
            <td>
              <button
                type="button"
                class="quiet"
                aria-label={t.tokens.revokeNamed(name)}
                onClick={() => void revoke(id)}
                data-test="access-token-revoke"
              >
                {t.tokens.revoke}
              </button>
            </td>
          </tr>
        ))}
      </DataTable>
      <p class="small">{t.tokens.scope}</p>
    </>
  );
}
