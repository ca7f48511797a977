/** Every container of a desktop in a row: image, state, restarts, how it ended, since when, by whom. */
import type { InsideContainer } from '#protocol/inside.ts';
import { dateTime, moment } from '../ui/format.ts';
import { t } from '../ui/strings/catalogue.ts';
import { appNameOf } from './app-name.ts';
import { stateOf } from './inside-model.ts';

interface Props {
  readonly containers: readonly InsideContainer[];
  readonly chosen: string | null;
  readonly choose: (name: string) => void;
}

export function ContainerTable({ containers, chosen, choose }: Props) {
  const words = t.inside;
  return (
    <div class="table-box inside-table" tabIndex={0} role="region" aria-label={words.tabs.containers}>
      <table data-test="inside-table">
        <thead>
          <tr>
            <th scope="col">{words.container}</th>
            <th scope="col">{words.kind}</th>
            <th scope="col">{words.image}</th>
            <th scope="col">{words.state}</th>
            <th scope="col">{words.restarts}</th>
            <th scope="col">{words.since}</th>
            <th scope="col">{words.byWhom}</th>
          </tr>
        </thead>
        <tbody>
          {containers.map((container) => (
            <Row key={container.name} container={container} on={container.name === chosen} choose={choose} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly container: InsideContainer;
  readonly on: boolean;
  readonly choose: (name: string) => void;
}

function Row({ container, on, choose }: RowProps) {
  const { name, kind, place, launchId, image, restarts, reason, message, since, by, profile, state, exitCode } =
    container;
  const { text, tone } = stateOf(container, t.inside.states);
  const app = kind === 'launch' ? appNameOf(launchId) : null;
  return (
    <tr
      class={on ? 'on' : ''}
      data-test="inside-container"
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
      <td class="inside-kind">
        {t.inside.kinds[kind]}
        {place === 'beside' && <div class="small">{t.inside.besideShort}</div>}
      </td>
      <td class="inside-image">{image}</td>
      <td class="inside-why">
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
