/** Namespaces as the kernel counts them: the same letter and tint in a column is the same one; two rows are compared. */
import type { Inside, Namespaces } from '#protocol/inside.ts';
import { useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { type Cell, chosenTwo, compared, KINDS, lettered } from './namespaces.ts';
import { useRepeated } from './use-repeated.ts';

const AGAIN_MS = 10_000;

export function NamespacesView({ inside }: { inside: Inside }) {
  const running = inside.containers.filter(({ state }) => state === 'running').map(({ name }) => name);
  const [found, again] = useRepeated(`${inside.desktopId} ${running.join(' ')}`, AGAIN_MS, (signal) =>
    api.inside.namespaces(inside.desktopId, signal),
  );
  if (found.state === 'loading') return <Loading />;
  if (found.state === 'failed') return <Failure error={found.error} retry={again} />;
  if (found.value.containers.length === 0)
    return (
      <Blank title={t.inside.nothingRuns}>
        <p>{t.inside.nothingRunsHint}</p>
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
      <p class="small inside-hint">{t.inside.namespacesHint}</p>
      <div class="table-box whole" tabIndex={0} role="region" aria-label={t.inside.tabs.namespaces}>
        <table class="namespaces" data-test="namespaces">
          <thead>
            <tr>
              <th scope="col">{t.inside.container}</th>
              {KINDS.map((kind) => (
                <th key={kind} scope="col" title={t.inside.namespaceKinds[kind]}>
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
                      aria-label={t.inside.compare(name)}
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
        {pair && first !== undefined && second !== undefined ? t.inside.pair(first, second, pair) : t.inside.chooseTwo}
      </p>
    </>
  );
}

function CellView({ cell: { kind, id, letter, at, shared } }: { cell: Cell }) {
  if (letter === null || id === null)
    return (
      <td class="small" data-kind={kind}>
        {t.inside.unreadable}
      </td>
    );
  return (
    <td data-kind={kind} data-id={id}>
      <span
        class={shared ? `letter tint-${at % 6}` : 'letter own'}
        title={shared ? t.inside.sharedOne : t.inside.ownOne}
      >
        {letter}
      </span>
      <div class="small number">{id}</div>
    </td>
  );
}
