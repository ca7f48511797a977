/** Toolbox failures on a real cluster and their error messages. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import type { ErrorCode } from '#protocol/errors.ts';
import { eventually, finished, fry, desktopSpec, patience, script, start } from '../contracts/engine-kit.ts';
import { KUBECONFIG, reasonToSkip, REGISTRY } from './cluster.ts';
import { addToolbox, attached, type Debugged, debugged, entryOf, openEngine, toolboxSpec } from './debug-kit.ts';

const skip = reasonToSkip() ?? false;

const told =
  (code: ErrorCode, words: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof DeskpodError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    return true;
  };

describe('a toolbox that cannot be started', { skip, timeout: 600_000 }, () => {
  let narrow: Debugged;
  let wide: Debugged;
  before(async () => {
    narrow = await debugged('deskpod-errors-narrow', 'restricted');
    wide = await debugged('deskpod-errors-wide', 'privileged');
  });
  after(async () => {
    await narrow?.[Symbol.asyncDispose]();
    await wide?.[Symbol.asyncDispose]();
  });
  const names = async (on: Debugged) => (await on.engine.debug.toolboxes(on.desktop.id)).map(({ name }) => name);

  test('a launch that has ended cannot be debugged', async () => {
    const { desktop, engine, under } = narrow;
    for (const runtime of ['ephemeral_container', 'pod_application'] as const) {
      const launch = await script(under, desktop, 'exit 3', { runtime });
      await finished(engine, launch);
      const asked = addToolbox(narrow, { desktopId: desktop.id, launchId: launch.id });
      await assert.rejects(asked, told('conflict', /has ended \(Error, exit code 3\)/));
    }
  });

  test('a launch that ends between request and start is reported as such, and no toolbox remains', async () => {
    const { desktop, engine, under } = narrow;
    const launch = await script(under, desktop, 'trap "exit 4" USR1; while :; do sleep 0.02; done', {
      runtime: 'pod_application',
    });
    const target = { desktopId: desktop.id, launchId: launch.id };
    const kill = await engine.exec(target, { command: ['pkill', '-USR1', 'bash'], tty: null }, patience());
    const asked = addToolbox(narrow, target, { name: 'too-late' });
    await assert.rejects(asked, told('conflict', /has ended \(Error, exit code 4\)|is over|does not run/));
    kill.stream.destroy();
    assert.ok(!(await names(narrow)).includes('too-late'));
  });

  test('an image that does not exist is reported', async () => {
    const asked = addToolbox(
      narrow,
      { desktopId: narrow.desktop.id },
      { image: `${REGISTRY}/none:1`, name: 'no-image' },
    );
    await assert.rejects(asked, told('app_unavailable', /image \S+none:1 cannot be pulled: .*not found/));
    assert.ok(!(await names(narrow)).includes('no-image'));
  });

  test('a toolbox whose request was aborted is hidden', async () => {
    const waiting: string[] = [];
    const signal = AbortSignal.timeout(1_500);
    const spec = toolboxSpec({ desktopId: narrow.desktop.id }, { image: '127.0.0.1:1/none:1', name: 'given-up' });
    await assert.rejects(narrow.engine.debug.addToolbox(spec, (text) => waiting.push(text), signal));
    assert.ok(!(await names(narrow)).includes('given-up'));
    const { containers } = await narrow.engine.debug.inspect(narrow.desktop.id);
    assert.deepEqual(containers.find(({ name }) => name === 'given-up')?.kind, 'toolbox');
  });

  test('a toolbox whose annotation is missing is still recognised and can be stopped', async () => {
    const { desktop, engine, kubectl } = narrow;
    const { name } = await addToolbox(narrow, { desktopId: desktop.id });
    await kubectl('annotate', 'pod', desktop.id, `toolbox.deskpod/${name}-`);
    const found = async () => (await engine.debug.toolboxes(desktop.id)).find((one) => one.name === name);
    const lost = await eventually('it has no note', async () => {
      const one = await found();
      return one?.target === null ? one : null;
    });
    assert.deepEqual([lost.foreign, lost.by, lost.shared], [false, null, false]);
    await engine.debug.stopToolbox(desktop.id, name, patience());
    await eventually('it has ended', async () => ((await found())?.status.state === 'finished' ? true : null));
  });

  test('a toolbox that violates Pod Security is refused with the message of Kubernetes, and nothing is added', async () => {
    const asked = addToolbox(narrow, { desktopId: narrow.desktop.id }, { profile: 'sysadmin', name: 'too-wide' });
    await assert.rejects(asked, told('profile_refused', /profile sysadmin: violates PodSecurity "restricted/));
    const pod = await narrow.kubectl('get', 'pod', narrow.desktop.id, '-o', 'json');
    assert.ok(!pod.includes('too-wide'), 'not even an annotation');
  });

  test('root in a pod that must run as non-root is refused without waiting for the container', async () => {
    const custom = { securityContext: { runAsUser: 0, runAsNonRoot: null } };
    const more = { profile: 'baseline', plain: true, custom, name: 'as-root' } as const;
    const asked = addToolbox(wide, { desktopId: wide.desktop.id }, more);
    await assert.rejects(asked, told('profile_refused', /would run as root, which its pod does not allow/));
  });

  test('a custom container is merged as kubectl does, or refused', async () => {
    const { id } = narrow.desktop;
    const custom = {
      env: [
        { name: 'A', value: '2' },
        { name: 'B', value: '3' },
      ],
      workingDir: '/usr',
    };
    const { name } = await addToolbox(narrow, { desktopId: id }, { plain: true, env: { A: '1' }, custom });
    const entry = await entryOf(narrow, id, name);
    assert.deepEqual(entry['env'], custom.env);
    assert.equal(entry['workingDir'], '/usr');
    const refused = addToolbox(narrow, { desktopId: id }, { custom: { image: 'other' } });
    await assert.rejects(refused, told('invalid_request', /cannot set image/));
    const ports = addToolbox(narrow, { desktopId: id }, { custom: { ports: [{ containerPort: 1 }] } });
    await assert.rejects(ports, told('invalid_request', /ports/));
  });

  test('a toolbox name can be used once', async () => {
    const { desktop, under } = narrow;
    const { name } = await addToolbox(narrow, { desktopId: desktop.id });
    await assert.rejects(
      addToolbox(narrow, { desktopId: desktop.id }, { name }),
      told('name_taken', /container debugger-/),
    );
    const service = addToolbox(narrow, { desktopId: desktop.id }, { name: 'f-files' });
    await assert.rejects(service, told('name_taken', /f-files/));
    const launch = start(under, desktop, { id: name, command: ['true'] });
    await assert.rejects(launch, told('name_taken', /./));
  });

  test('a server whose role lacks a permission says which one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deskpod-role-'));
    const file = join(folder, 'kubeconfig');
    await writeFile(file, await narrowKubeconfig(narrow));
    await using engine = await openEngine(narrow.namespace.name, file);
    const target = { desktopId: narrow.desktop.id };
    const asked = engine.debug.addToolbox(toolboxSpec(target, { name: 'no-right' }), () => {}, patience());
    await assert.rejects(asked, (error) => {
      told('forbidden', /does not let this server use pods\/ephemeralcontainers/)(error);
      return (
        error instanceof DeskpodError &&
        /resources \[pods\/ephemeralcontainers\] and verbs \[patch\]/.test(error.remedy ?? '')
      );
    });
    const profiles = await engine.debug.profiles(target);
    assert.match(profiles.get('restricted') ?? '', /cannot patch resource "pods\/ephemeralcontainers"/);
    await assert.rejects(engine.debug.events(narrow.desktop.id), told('forbidden', /events/));
    assert.match(await engine.debug.describe(target), /Events: +<not readable/);
    const { name } = await addToolbox(narrow, target);
    await eventually('the other server knows', async () => {
      const found = (await engine.debug.toolboxes()).find((one) => one.name === name);
      return found?.status.state === 'running' ? true : null;
    });
    await assert.rejects(
      engine.debug.attach(narrow.desktop.id, name, patience()),
      told('forbidden', /run commands in containers/),
    );
    await rm(folder, { recursive: true });
  });

  test('a full list of ephemeral containers accepts no more, and an existing toolbox is used', async () => {
    const { engine, under, kubectl } = narrow;
    const desktop = await engine.makeDesktop(desktopSpec(under, fry), () => {}, patience());
    const { name } = await addToolbox({ ...narrow, desktop }, { desktopId: desktop.id });
    const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
    const ephemeralContainers = Array.from({ length: 99 }, (_, index) => ({
      name: `filler-${index}`,
      image: '127.0.0.1:1/none:1',
      imagePullPolicy: 'Never',
      securityContext,
    }));
    const patch = JSON.stringify({ spec: { ephemeralContainers } });
    await kubectl('patch', 'pod', desktop.id, '--subresource=ephemeralcontainers', '--type=strategic', '-p', patch);
    await eventually('they are listed', async () =>
      (await engine.debug.toolboxes(desktop.id)).length === 100 ? true : null,
    );
    const asked = addToolbox({ ...narrow, desktop }, { desktopId: desktop.id });
    await assert.rejects(asked, told('limit_reached', /has had 100 containers/));
    using terminal = await attached({ ...narrow, desktop }, name);
    await terminal.says(/Toolbox beside/);
    await engine.removeDesktop(desktop.id, patience());
  });

  test('a desktop that is being removed accepts no toolbox', async () => {
    const { desktop, kubectl, engine } = wide;
    const hold = (finalizers: readonly string[]) =>
      kubectl('patch', 'pod', desktop.id, '--type=merge', '-p', JSON.stringify({ metadata: { finalizers } }));
    await hold(['deskpod.test/hold']);
    await kubectl('delete', 'pod', desktop.id, '--wait=false');
    await eventually('it goes', async () => ((await engine.desktops()).length === 0 ? true : null));
    await assert.rejects(addToolbox(wide, { desktopId: desktop.id }), told('desktop_missing', /is being removed/));
    await hold([]);
  });
});

const Config = z.looseObject({ users: z.array(z.looseObject({ name: z.string(), user: z.unknown() })) });

/** The kubeconfig of an account that may read and annotate pods, but neither add ephemeral containers nor use exec. */
async function narrowKubeconfig({ kubectl, namespace }: Debugged): Promise<string> {
  await kubectl('create', 'serviceaccount', 'narrow');
  await kubectl('create', 'role', 'narrow', '--verb=get,list,watch,patch', '--resource=pods');
  await kubectl('create', 'rolebinding', 'narrow', '--role=narrow', `--serviceaccount=${namespace.name}:narrow`);
  const token = (await kubectl('create', 'token', 'narrow')).trim();
  const own = execFileSync('kubectl', ['config', 'view', '--raw', '--minify', '--flatten'], {
    encoding: 'utf8',
    env: { ...process.env, KUBECONFIG: KUBECONFIG ?? '' },
  });
  const config = Config.parse(parse(own));
  return stringify({ ...config, users: config.users.map(({ name }) => ({ name, user: { token } })) });
}
