/** The table of all containers of a desktop: image, state, restarts, exit, start time and user. */
import type { InspectedContainer } from '#protocol/inspect.ts';
import { dateTime, moment } from '../ui/format.ts';
import { DataTable } from '../ui/data-table.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { appNameOf } from './app-name.ts';
import { stateOf } from './inspect-model.ts';

interface Props {
  readonly containers: readonly InspectedContainer[];
  readonly chosen: string | null;
  readonly choose: (name: string) => void;
}

export function ContainerTable({ containers, chosen, choose }: Props) {
  const words = t.inspect;
  return (
    <DataTable
      label={words.tabs.containers}
      columns={[words.container, words.kind, words.image, words.state, words.restarts, words.since, words.startedBy]}
      box="table-box inspect-table"
      test="inspect-table"
    >
      {containers.map((container) => (
        <Row key={container.name} container={container} on={container.name === chosen} choose={choose} />
      ))}
    </DataTable>
  );
}

interface RowProps {
  readonly container: InspectedContainer;
  readonly on: boolean;
  readonly choose: (name: string) => void;
}

function Row({ container, on, choose }: RowProps) {
  const { name, kind, place, launchId, image, restarts, reason, message, since, by, profile, state, exitCode } =
    container;
  const { text, tone } = stateOf(container, t.inspect.states);
  const app = kind === 'launch' ? appNameOf(launchId) : null;
  return (
    <tr
      class={on ? 'on' : ''}
      data-test="inspect-container"
      data-name={name}
      data-kind={kind}
      data-state={state}
      data-exit={exitCode ?? undefined}
    >
      <td>
        <button type="button" class="task-name truncate" aria-expanded={on} onClick={() => choose(name)}>
          {app ?? name}
        </button>
        {app !== null && <div class="small">{name}</div>}
      </td>
      <td class="inspect-kind">
        {t.inspect.kinds[kind]}
        {place === 'beside' && <div class="small">{t.inspect.besideShort}</div>}
      </td>
      <td class="inspect-image">{image}</td>
      <td class="inspect-why">
        <span class={`pill ${tone}`}>{text}</span> {reason !== null && <span class="small">{reason}</span>}
        {message !== null && <div class="small">{message}</div>}
      </td>
      <td class="number">{restarts}</td>
      <td class="number" title={since === null ? undefined : dateTime(since)}>
        {since !== null && moment(since, new Date())}
      </td>
      <td>
        {by}
        {profile !== null && <div class="small">{t.debug.profiles[profile]}</div>}
      </td>
    </tr>
  );
}
