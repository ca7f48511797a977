/** Variables of one container, secrets masked. */
import type { Inside } from '#protocol/inside.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank } from '../ui/views.tsx';
import { appNameOf } from './app-name.ts';
import { ordered } from './inside-model.ts';

interface Props {
  readonly inside: Inside;
  readonly chosen: string | null;
  readonly choose: (name: string) => void;
}

export function EnvironmentView({ inside, chosen, choose }: Props) {
  const containers = ordered(inside.containers);
  const shown = containers.find(({ name }) => name === chosen) ?? containers[0];
  if (!shown)
    return (
      <Blank title={t.inside.none}>
        <p>{t.inside.noneHint}</p>
      </Blank>
    );
  const rows = Object.entries(shown.environment).toSorted(([a], [b]) => a.localeCompare(b));
  return (
    <>
      <label class="inside-of-what">
        <span class="small">{t.inside.container}</span>
        <select value={shown.name} onChange={(event) => choose(event.currentTarget.value)} data-test="environment-of">
          {containers.map(({ name, launchId, kind }) => {
            const app = kind === 'launch' ? appNameOf(launchId) : null;
            return (
              <option key={name} value={name}>
                {app === null ? name : `${app} (${name})`}
              </option>
            );
          })}
        </select>
      </label>
      {rows.length === 0 ? (
        <Blank title={t.tasks.noEnvironment} />
      ) : (
        <div class="table-box whole" tabIndex={0} role="region" aria-label={t.inside.tabs.environment}>
          <table class="task-env" data-test="inside-environment-table">
            <thead>
              <tr>
                <th scope="col">{t.tasks.variable}</th>
                <th scope="col">{t.tasks.value}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, value]) => (
                <tr key={name}>
                  <td>{name}</td>
                  <td class="inside-command">{value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p class="small">{t.tasks.masked}</p>
    </>
  );
}
