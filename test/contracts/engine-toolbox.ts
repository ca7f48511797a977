/** What the debug contract needs: a toolbox with a user at its terminal, and common checks. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import type { EngineToolbox, ToolboxSpec } from '#domain/ports/debug-engine.ts';
import type { ExecSession, Target } from '#domain/ports/engine-launch.ts';
import { hex5 } from '#domain/names.ts';
import { eventually, patience, reader, type EngineUnderTest, type Screen } from './engine-kit.ts';

export function toolboxSpec(under: EngineUnderTest, target: Target, more: Partial<ToolboxSpec> = {}): ToolboxSpec {
  return {
    name: `debugger-${hex5()}`,
    target,
    image: under.images.toolbox,
    profile: 'restricted',
    env: {},
    command: [],
    plain: false,
    custom: null,
    by: 'fry',
    shared: true,
    ...more,
  };
}

export function add(under: EngineUnderTest, target: Target, more: Partial<ToolboxSpec> = {}): Promise<EngineToolbox> {
  return under.engine.debug.addToolbox(toolboxSpec(under, target, more), () => undefined, patience());
}

/** A user at a toolbox, who types lines and reads their output. */
export interface Seat extends Screen {
  readonly session: ExecSession;
  /** The output of one command. */
  ask(command: string): Promise<string>;
}

export async function sit(under: EngineUnderTest, { desktopId, name }: EngineToolbox): Promise<Seat> {
  const session = await under.engine.debug.attach(desktopId, name, patience());
  const screen = reader(session.stream);
  await session.resize({ columns: 200, rows: 40 });
  let asked = 0;
  return {
    session,
    ...screen,
    ask: async (command) => {
      asked += 1;
      const marks = [`<${name} ${asked}<`, `>${asked} ${name}>`];
      // Splits the marks in the typed line, so that its echo does not match.
      const [open = '', close = ''] = marks.map((mark) => `printf %s '${mark.slice(0, 3)}' '${mark.slice(3)}'`);
      session.stream.write(`${open}; ${command}; ${close}\r`);
      const [, answer = ''] = await screen.finds(new RegExp(`${escaped(marks[0])}([^]*?)${escaped(marks[1])}`));
      return answer.trim().replaceAll('\r\n', '\n');
    },
  };
}

/** Runs a command line in a terminal, types input, and reads until the expected text appears. */
export async function typed(line: string, input: string, awaited: RegExp): Promise<void> {
  const child = spawn('script', ['-qec', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    const screen = reader(Duplex.from({ readable: child.stdout, writable: child.stdin }));
    child.stdin.write(input);
    await screen.shows(awaited);
  } finally {
    child.kill();
    await ended;
  }
}

/** Resolves to the toolbox when it has ended. */
export async function over(
  under: EngineUnderTest,
  { desktopId, name }: EngineToolbox,
): Promise<Extract<EngineToolbox['status'], { state: 'finished' }>> {
  return eventually(`${name} ends`, async () => {
    const found = (await under.engine.debug.toolboxes(desktopId)).find((one) => one.name === name);
    assert.ok(found, `${name} is listed`);
    return found.status.state === 'finished' ? found.status : null;
  });
}

function escaped(text = ''): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
