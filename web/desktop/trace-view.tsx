/** The start trace: each step with its duration, and a bar that compares them with the usual duration. */
import type { StartStep, StartTrace } from '#protocol/desktop.ts';
import { Check, X } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { duration } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { shares, spentMs, stepMs } from './trace.ts';
import './trace-view.css';

export function TraceView({ trace }: { trace: StartTrace }) {
  const sinceNews = useTicking(trace);
  const finished =
    trace.steps.some(({ state }) => state === 'failed') || trace.steps.every(({ state }) => state === 'done');
  const spent = spentMs(trace, sinceNews);
  return (
    <div class="trace" data-test="trace">
      <ol class="trace-steps">
        {trace.steps.map((step) => (
          <Step key={step.name} step={step} sinceNews={sinceNews} />
        ))}
      </ol>
      <div class="trace-bar" role="img" aria-label={t.start.trace}>
        {shares(trace, sinceNews).map(({ name, percent }) => (
          <i key={name} class={`share-${name}`} title={t.start.steps[name]} style={{ width: `${percent}%` }} />
        ))}
      </div>
      <div class="trace-sum small number">
        <span>{finished ? t.start.took(duration(trace.totalMs)) : t.start.soFar(duration(spent))}</span>
        <span>{trace.usualMs === null ? t.start.firstTime : t.start.usually(duration(trace.usualMs))}</span>
      </div>
    </div>
  );
}

function Step({ step, sinceNews }: { step: StartStep; sinceNews: number }) {
  const { name, state, detail } = step;
  const words = { waiting: t.start.waiting, running: t.start.underWay, done: t.start.done, failed: t.start.failed };
  const time = state === 'waiting' ? '' : duration(stepMs(step, sinceNews));
  return (
    <li class={`trace-step ${state}`} data-test={`step-${name}`} data-state={state}>
      <span class="tick" aria-hidden="true">
        {state === 'done' && <Icon of={Check} size={11} />}
        {state === 'failed' && <Icon of={X} size={11} />}
      </span>
      <span class="grow">
        {state === 'done' ? t.start.steps[name] : t.start.doing[name]}
        <span class="hidden-text">, {words[state]}</span>
        {detail && state !== 'done' && <span class="small trace-detail">{detail}</span>}
      </span>
      <span class="number trace-ms">{state === 'running' ? t.start.running(time) : time}</span>
    </li>
  );
}

/** Milliseconds since the last event, updated while a step runs. */
function useTicking(trace: StartTrace): number {
  const [since, setSince] = useState(0);
  const runs = trace.steps.some(({ state }) => state === 'running');
  useEffect(() => {
    setSince(0);
    if (!runs) return undefined;
    const start = performance.now();
    const timer = setInterval(() => setSince(performance.now() - start), 50);
    return () => clearInterval(timer);
  }, [trace]);
  return runs ? since : 0;
}
