/** The diagram: the desktop's containers in a frame, other containers below it, and lines for shared namespaces. */
import type { InspectedContainer } from '#protocol/inspect.ts';
import { AppWindow, Bug, CircleHelp, Cog } from 'lucide';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { appNameOf } from './app-name.ts';
import { stateOf } from './inspect-model.ts';
import { CARD, FRAME_WIDTH, pathOf, type Diagram } from './diagram.ts';

const ICONS = { service: Cog, launch: AppWindow, toolbox: Bug, foreign: CircleHelp };

interface Props {
  readonly diagram: Diagram;
  readonly desktopId: string;
  readonly chosen: string | null;
  readonly choose: (name: string) => void;
}

export function DiagramView({ diagram, desktopId, chosen, choose }: Props) {
  const { width, height, frames, columns, dots, lines, cards } = diagram;
  return (
    <div class="diagram-box" tabIndex={0} role="region" aria-label={t.inspect.diagram}>
      <div class="diagram" style={{ width: `${width}px`, height: `${height}px` }} data-test="diagram">
        <svg width={width} height={height} aria-hidden="true">
          {frames.map(({ kind, y, height: tall }) => (
            <g key={y}>
              <rect class={`frame ${kind}`} x="0.5" y={y + 0.5} width={FRAME_WIDTH - 1} height={tall - 1} rx="10" />
              <text class="frame-name" x="14" y={y + 18}>
                {kind === 'desktop' ? t.inspect.frame(desktopId) : t.inspect.beside}
              </text>
            </g>
          ))}
          {dots.length > 0 &&
            columns.map(({ kind, x }) => (
              <text key={kind} class="column" x={x} y="16" text-anchor="middle">
                {kind}
              </text>
            ))}
          {lines.map((line) => (
            <path key={`${line.kind} ${line.to}`} class={`tint-${line.at % 6}`} d={pathOf(line)} />
          ))}
          {dots.map(({ name, kind, x, y, letter, at, shared }) => (
            <g key={`${name} ${kind}`} class={letter === null ? 'dot unknown' : `dot tint-${at % 6}`}>
              <circle class={shared ? 'shared' : ''} cx={x} cy={y} r="11" />
              <text x={x} y={y + 4} text-anchor="middle">
                {letter ?? '?'}
              </text>
            </g>
          ))}
        </svg>
        <ul aria-label={t.inspect.running}>
          {cards.map(({ container, x, y }) => (
            <li
              key={container.name}
              style={{ left: `${x}px`, top: `${y}px`, width: `${CARD.width}px`, height: `${CARD.height}px` }}
            >
              <CardButton container={container} on={container.name === chosen} choose={choose} />
            </li>
          ))}
        </ul>
      </div>
      {diagram.finished > 0 && <p class="small">{t.inspect.inTable(diagram.finished)}</p>}
    </div>
  );
}

interface CardProps {
  readonly container: InspectedContainer;
  readonly on: boolean;
  readonly choose: (name: string) => void;
}

function CardButton({ container, on, choose }: CardProps) {
  const { name, kind, launchId, by, state, reason } = container;
  const { text, tone } = stateOf(container, t.inspect.states);
  const app = kind === 'launch' ? appNameOf(launchId) : null;
  return (
    <button
      type="button"
      class="card"
      aria-pressed={on}
      onClick={() => choose(name)}
      data-test="inspect-card"
      data-name={name}
      data-kind={kind}
    >
      <Icon of={ICONS[kind]} size={18} />
      <span class="card-text">
        <b class="truncate">{app ?? name}</b>
        <span class="small truncate">
          {[t.inspect.kinds[kind], state === 'waiting' ? reason : null, app && name, by && t.inspect.by(by)]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <span class={`pill ${tone}`}>{text}</span>
    </button>
  );
}
