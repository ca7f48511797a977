/** Variables of one container, secrets masked. */
import type { Inspection } from '#protocol/inspect.ts';
import { t } from '../ui/strings/catalogue.ts';
import { VariableTable } from '../ui/variable-table.tsx';
import { Blank } from '../ui/views.tsx';
import { appNameOf } from './app-name.ts';
import { ordered } from './inspect-model.ts';

interface Props {
  readonly inspection: Inspection;
  readonly chosen: string | null;
  readonly choose: (name: string) => void;
}

export function EnvironmentView({ inspection, chosen, choose }: Props) {
  const containers = ordered(inspection.containers);
  const shown = containers.find(({ name }) => name === chosen) ?? containers[0];
  if (!shown)
    return (
      <Blank title={t.inspect.none}>
        <p>{t.inspect.noneHint}</p>
      </Blank>
    );
  return (
    <>
      <label class="inspect-of-what">
        <span class="small">{t.inspect.container}</span>
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
      {Object.keys(shown.environment).length === 0 ? (
        <Blank title={t.tasks.noEnvironment} />
      ) : (
        <VariableTable
          variables={shown.environment}
          label={t.inspect.tabs.environment}
          test="inspect-environment-table"
        />
      )}
      <p class="small">{t.tasks.masked}</p>
    </>
  );
}
