/** The speed test page: four figures that update during the test, and a summary. */
import { useEffect } from 'preact/hooks';
import { bitRate, bytes, duration, milliseconds } from '../ui/format.ts';
import { Mark } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { LineError, RefusedError } from './line.ts';
import type { Figures, Phase, Result } from './measure.ts';
import { cancel, figures, run, start } from './state.ts';
import './page.css';

const FIGURES: readonly {
  readonly name: keyof Figures;
  readonly phase: Phase;
  readonly show: (value: number) => string;
}[] = [
  { name: 'latency', phase: 'latency', show: milliseconds },
  { name: 'jitter', phase: 'latency', show: milliseconds },
  { name: 'download', phase: 'download', show: bitRate },
  { name: 'upload', phase: 'upload', show: bitRate },
];

export function SpeedTest() {
  const now = run.value;
  const known = figures.value;
  useEffect(() => cancel, []);
  return (
    <main class="speedtest" data-test="speedtest" data-state={now.state}>
      <section class="glass speedtest-card" aria-labelledby="title">
        <h1 id="title" class="row">
          <Mark size={20} /> {t.speedtest.title}
        </h1>
        <p class="small">{t.speedtest.what(location.host)}</p>
        <dl class="speedtest-figures">
          {FIGURES.map(({ name, phase, show }) => {
            const value = known[name];
            const runs = now.state === 'running' && now.phase === phase;
            return (
              <div
                key={name}
                class={runs ? 'runs' : ''}
                data-test={`speedtest-${name}`}
                data-value={value ?? undefined}
              >
                <dt>{t.speedtest.figures[name]}</dt>
                <dd class="number">{value === null ? '–' : show(value)}</dd>
              </div>
            );
          })}
        </dl>
        <div role="status" class="speedtest-status">
          {now.state === 'idle' && <p>{t.speedtest.idle}</p>}
          {now.state === 'running' && <p>{t.speedtest.phases[now.phase]}</p>}
          {now.state === 'cancelled' && <p>{t.speedtest.cancelled}</p>}
          {now.state === 'done' && <Summary result={now.result} />}
        </div>
        {now.state === 'failed' && (
          <p role="alert" class="speedtest-failure" data-test="speedtest-failure">
            {failureText(now.error)}
          </p>
        )}
        <div class="row">
          {now.state === 'running' ? (
            <button type="button" onClick={cancel} data-test="speedtest-cancel">
              {t.cancel}
            </button>
          ) : (
            <button type="button" class="primary" onClick={() => void start()} data-test="speedtest-start">
              {now.state === 'idle' ? t.speedtest.start : t.speedtest.again}
            </button>
          )}
        </div>
      </section>
    </main>
  );
}

function Summary({ result: { ms, trips, downBytes, upBytes } }: { result: Result }) {
  return <p data-test="speedtest-summary">{t.speedtest.done(duration(ms), trips, bytes(downBytes), bytes(upBytes))}</p>;
}

function failureText(error: unknown): string {
  if (error instanceof RefusedError) {
    if (error.status === 401) return t.speedtest.notLoggedIn;
    return error.status === 429 ? t.speedtest.busy : t.speedtest.refused(error.status);
  }
  return error instanceof LineError ? t.speedtest.noAnswer : t.notices.unnamed;
}
