/** The namespaces of each container, as letters with a tint, and a comparison of two containers. */
import type { Inspection, Namespaces } from '#protocol/inspect.ts';
import { useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { type Cell, chosenTwo, compared, KINDS, lettered } from './namespaces.ts';
import { usePolled } from './use-polled.ts';

const POLL_MS = 10_000;

export function NamespacesView({ inspection }: { inspection: Inspection }) {
  const running = inspection.containers.filter(({ state }) => state === 'running').map(({ name }) => name);
  const [found, reload] = usePolled(`${inspection.desktopId} ${running.join(' ')}`, POLL_MS, (signal) =>
    api.inspect.namespaces(inspection.desktopId, signal),
  );
  if (found.state === 'loading') return <Loading />;
  if (found.state === 'failed') return <Failure error={found.error} retry={reload} />;
  if (found.value.containers.length === 0)
    return (
      <Blank title={t.inspect.nothingRuns}>
        <p>{t.inspect.nothingRunsHint}</p>
      </Blank>
    );
  return <Table namespaces={found.value} />;
}

function Table({ namespaces }: { namespaces: Namespaces }) {
  const [two, setTwo] = useState<readonly string[]>([]);
  const [first, second] = two;
  const pair = first !== undefined && second !== undefined ? compared(namespaces, first, second) : null;
  return (
    <>
      <p class="small inspect-hint">{t.inspect.namespacesHint}</p>
      <div class="table-box whole" tabIndex={0} role="region" aria-label={t.inspect.tabs.namespaces}>
        <table class="namespaces" data-test="namespaces">
          <thead>
            <tr>
              <th scope="col">{t.inspect.container}</th>
              {KINDS.map((kind) => (
                <th key={kind} scope="col" title={t.inspect.namespaceKinds[kind]}>
                  {kind}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lettered(namespaces).map(({ name, cells }) => (
              <tr key={name} class={two.includes(name) ? 'on' : ''} data-test="namespace-row" data-name={name}>
                <td>
                  <label class="row">
                    <input
                      type="checkbox"
                      checked={two.includes(name)}
                      aria-label={t.inspect.compare(name)}
                      onChange={() => setTwo(chosenTwo(two, name))}
                      data-test="namespace-choose"
                    />
                    {name}
                  </label>
                </td>
                {cells.map((cell) => (
                  <CellView key={cell.kind} cell={cell} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="namespace-pair" role="status" data-test="namespace-pair">
        {pair && first !== undefined && second !== undefined
          ? t.inspect.pair(first, second, pair)
          : t.inspect.chooseTwo}
      </p>
    </>
  );
}

function CellView({ cell: { kind, id, letter, at, shared } }: { cell: Cell }) {
  if (letter === null || id === null)
    return (
      <td class="small" data-kind={kind}>
        {t.inspect.unreadable}
      </td>
    );
  return (
    <td data-kind={kind} data-id={id}>
      <span
        class={shared ? `letter tint-${at % 6}` : 'letter own'}
        title={shared ? t.inspect.sharedOne : t.inspect.ownOne}
      >
        {letter}
      </span>
      <div class="small number">{id}</div>
    </td>
  );
}
