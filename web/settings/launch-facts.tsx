/** The facts of a launch: its container's environment, and what it ran with. */
import type { LaunchDetail } from '#protocol/launch.ts';
import { FactList } from '../ui/fact-list.tsx';
import { dateTime, duration } from '../ui/format.ts';
import { t } from '../ui/strings/catalogue.ts';
import { VariableTable } from '../ui/variable-table.tsx';
import { limitsText, stateOf } from './task-model.ts';

export function EnvironmentTable({ detail: { environment } }: { detail: LaunchDetail }) {
  if (Object.keys(environment).length === 0) return <p class="small">{t.tasks.noEnvironment}</p>;
  return (
    <>
      <VariableTable variables={environment} label={t.tasks.environment} box="task-scroll" test="environment" />
      <p class="small">{t.tasks.masked}</p>
    </>
  );
}

export function Facts({ detail }: { detail: LaunchDetail }) {
  const { facts } = t.tasks;
  const end = detail.status.state === 'finished' ? detail.status : null;
  return (
    <FactList
      facts={[
        [facts.id, detail.id],
        [facts.image, detail.image],
        [facts.digest, detail.imageDigest],
        [facts.runsAs, t.tasks[detail.runtime]],
        [facts.limits, limitsText(detail.limits, t.tasks) || facts.none],
        [facts.arguments, detail.args.join(' ') || facts.none],
        [facts.started, dateTime(detail.startedAt)],
        [facts.window, detail.windowMs === null ? null : duration(detail.windowMs)],
        [facts.finished, end ? dateTime(end.finishedAt) : null],
        [facts.reason, end ? stateOf(detail, t.tasks.states).text : null],
        [facts.exitCode, end?.exitCode == null ? null : String(end.exitCode)],
        [facts.engineSays, end?.message ?? null],
      ]}
    />
  );
}
