/** For support: launches of all users, filtered by user, app and time. */
import type { LaunchFilter } from '#client/client.ts';
import type { Launch } from '#protocol/launch.ts';
import { useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { useRemote } from '../state/use-remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { RemoteList } from '../ui/remote-list.tsx';
import { Blank } from '../ui/views.tsx';
import { TaskDetail } from './task-detail.tsx';
import { TaskTable } from './task-table.tsx';

const FIELDS = [
  ['user', 'text'],
  ['app', 'text'],
  ['since', 'datetime-local'],
  ['until', 'datetime-local'],
] as const;

export function LaunchesPage() {
  const [query, setQuery] = useState<LaunchFilter | null>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const given = new FormData(event.currentTarget);
    const text = (name: string) => {
      const value = given.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    const time = (name: string) => (text(name) === '' ? undefined : new Date(text(name)).toISOString());
    setQuery({
      user: text('user') || '*',
      app: text('app') || undefined,
      since: time('since'),
      until: time('until'),
      limit: 200,
    });
  };
  return (
    <>
      <h2>{t.settings.pages.launches}</h2>
      <form class="filters" onSubmit={submit}>
        {FIELDS.map(([name, type]) => (
          <label key={name}>
            <span class="small">{t.launches[name]}</span>
            {type === 'text' ? (
              <input name={name} type="text" autocomplete="off" data-test={`find-${name}`} />
            ) : (
              <input name={name} type="datetime-local" data-test={`find-${name}`} />
            )}
          </label>
        ))}
        <button type="submit" class="primary" data-test="find-launches">
          {t.launches.find}
        </button>
      </form>
      {query ? (
        <Found key={JSON.stringify(query)} query={query} />
      ) : (
        <Blank title={t.launches.ask}>
          <p>{t.launches.askHint}</p>
        </Blank>
      )}
    </>
  );
}

function Found({ query }: { query: LaunchFilter }) {
  const [launches, retry] = useRemote(JSON.stringify(query), (signal) => api.launches.list(query, signal));
  const [chosen, choose] = useState<Launch | null>(null);
  return (
    <RemoteList list={launches} retry={retry} empty={t.launches.none} emptyHint={t.launches.noneHint}>
      {(found) => (
        <>
          <TaskTable launches={found} usage={new Map()} chosen={chosen?.id ?? null} choose={choose} showUser />
          {chosen && <TaskDetail key={chosen.id} launch={chosen} />}
        </>
      )}
    </RemoteList>
  );
}
