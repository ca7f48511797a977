/** What the debug tests share: engines and desktops in namespaces of their own, `kubectl` for comparison, terminals. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { waitForWindowManager } from '#display/ready.ts';
import type { EngineToolbox, ToolboxSpec } from '#domain/ports/debug-engine.ts';
import type { Engine, EngineDesktop } from '#domain/ports/engine.ts';
import type { ExecSession, Target } from '#domain/ports/engine-launch.ts';
import { createKubernetesEngine } from '#engines/kubernetes/engine.ts';
import { desktopSpec, type EngineUnderTest, eventually, hermes, patience } from '../contracts/engine-kit.ts';
import { clusterConfig, KUBECONFIG, type Namespace, ownNamespace, REGISTRY, underTest } from './cluster.ts';
import { engineEvents } from '../fakes/engine-events.ts';

export const TOOLBOX = `${REGISTRY}/toolbox:1`;
export const GRAPHICAL = 'x-graphical';

/** An engine with one desktop in a namespace of its own. */
export interface Debugged extends AsyncDisposable {
  readonly engine: Engine;
  readonly under: EngineUnderTest;
  readonly namespace: Namespace;
  readonly desktop: EngineDesktop;
  readonly kubectl: (...args: string[]) => Promise<string>;
}

export async function debugged(name: string, level: string): Promise<Debugged> {
  await using undo = new AsyncDisposableStack();
  const namespace = undo.use(await ownNamespace(name, level));
  const engine = undo.use(await openEngine(name));
  const under = underTest(engine);
  const desktop = await engine.makeDesktop(desktopSpec(under, hermes), () => {}, patience());
  const owned = undo.move();
  return {
    engine,
    under,
    namespace,
    desktop,
    kubectl: (...args) => kubectl('--namespace', name, ...args),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export function openEngine(namespace: string, kubeconfig = KUBECONFIG) {
  return createKubernetesEngine({
    events: engineEvents,
    config: { ...clusterConfig(namespace, { kind: 'none' }), kubeconfig },
    shmBytes: 2 ** 26,
    windowManagerReady: waitForWindowManager,
  });
}

const run = promisify(execFile);

export async function kubectl(...args: string[]): Promise<string> {
  const { stdout } = await run('kubectl', args, { timeout: 60_000, maxBuffer: 2 ** 24 });
  return stdout;
}

let count = 0;

export function toolboxSpec(target: Target, more: Partial<ToolboxSpec> = {}): ToolboxSpec {
  count += 1;
  return {
    name: `debugger-${String(count).padStart(5, '0')}`,
    target,
    image: TOOLBOX,
    profile: 'restricted',
    env: {},
    command: [],
    plain: false,
    custom: null,
    by: 'leela',
    shared: true,
    ...more,
  };
}

export function addToolbox(on: Debugged, target: Target, more: Partial<ToolboxSpec> = {}): Promise<EngineToolbox> {
  return on.engine.debug.addToolbox(toolboxSpec(target, more), () => {}, patience());
}

const Listed = z.looseObject({
  spec: z.looseObject({ ephemeralContainers: z.array(z.looseObject({ name: z.string() })).default([]) }),
});

/** The ephemeral container in the spec of a pod, as the cluster stores it. */
export async function entryOf(on: Debugged, pod: string, name: string): Promise<Record<string, unknown>> {
  const { spec } = Listed.parse(JSON.parse(await on.kubectl('get', 'pod', pod, '-o', 'json')));
  const found = spec.ephemeralContainers.find((one) => one.name === name);
  assert.ok(found, `${name} is in ${pod}`);
  return found;
}

/** Types into a terminal and reads its output. */
export class Typist implements Disposable {
  readonly session: ExecSession;
  text = '';

  constructor(session: ExecSession) {
    this.session = session;
    session.stream.on('data', (chunk: Buffer) => (this.text += chunk.toString('utf8')));
    session.stream.on('error', () => {});
  }

  async says(expected: RegExp): Promise<string> {
    const said = eventually(String(expected), async () => (expected.test(this.text) ? this.text : null));
    return said.catch(() => assert.match(this.text, expected)).then(() => this.text);
  }

  type(line: string): void {
    this.session.stream.write(`${line}\n`);
  }

  [Symbol.dispose](): void {
    this.session.stream.destroy();
  }
}

export async function attached(on: Debugged, toolbox: string): Promise<Typist> {
  const typist = new Typist(await on.engine.debug.attach(on.desktop.id, toolbox, patience()));
  await typist.session.resize({ columns: 100, rows: 30 });
  return typist;
}

export async function toolboxOf(on: Debugged, name: string): Promise<EngineToolbox> {
  const found = (await on.engine.debug.toolboxes(on.desktop.id)).find((one) => one.name === name);
  assert.ok(found, `${name} is listed`);
  return found;
}
