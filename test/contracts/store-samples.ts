/** Rows for the store contract: whole, plausible, with what matters given by the test. */
import type { DebugRecord } from '#domain/debug/record.ts';
import type { LaunchEnd, LaunchRecord } from '#domain/store.ts';
import type { DebugSession } from '#protocol/debug.ts';
import type { StartTrace } from '#protocol/desktop.ts';
import type { AppDocument } from '#protocol/manager.ts';

export const failsWith = (code: string) => (error: unknown) =>
  error instanceof Error && error.name === 'DeskpodError' && 'code' in error && error.code === code;

export function anAppDocument(id: string): AppDocument {
  return {
    cmd: ['/composer/appli-docker-entrypoint.sh'],
    path: '/usr/games/example',
    sha_id: 'sha256:0123',
    id,
    architecture: 'amd64',
    os: 'linux',
    rules: { homedir: { default: true } },
    acl: { permit: ['all'] },
    launch: 'example.Example',
    wm_class: null,
    name: 'example',
    icon: 'example.svg',
    icondata: null,
    keyword: 'game,example',
    uniquerunkey: null,
    cat: 'games',
    args: null,
    execmode: null,
    showinview: null,
    displayname: 'Example',
    comment: null,
    desktopfile: null,
    executeclassname: null,
    executablefilename: null,
    usedefaultapplication: false,
    mimetype: [],
    fileextensions: [],
    legacyfileextensions: [],
    secrets_requirement: null,
    containerengine: 'ephemeral_container',
    securitycontext: {},
    created: null,
  };
}

export function aLaunchRecord(id: string, changes: Partial<LaunchRecord> = {}): LaunchRecord {
  return {
    id,
    userId: 'hermes',
    desktopId: 'd1',
    appId: 'localhost/example:latest',
    appName: 'example',
    runtime: 'pod_application',
    image: 'localhost/example:latest',
    imageDigest: null,
    args: ['--one', 'two words'],
    env: { LANG: 'de_AT.UTF-8' },
    environment: { LANG: 'de_AT.UTF-8', TOKEN: '••••' },
    limits: { memoryBytes: 1024 ** 3, cpus: 0.5, processes: 64 },
    startedAt: new Date('2026-01-01T00:00:00.123Z'),
    windowMs: null,
    server: null,
    stoppedBy: null,
    copyOf: null,
    end: null,
    ...changes,
  };
}

export function anEnd(changes: Partial<LaunchEnd> = {}): LaunchEnd {
  return {
    finishedAt: new Date('2026-01-01T01:00:00.000Z'),
    exitCode: 0,
    reason: 'completed',
    message: null,
    log: '',
    ...changes,
  };
}

export function aTrace(
  changes: Partial<Pick<StartTrace, 'startedAt' | 'kind' | 'totalMs'>> & { failed?: boolean },
): StartTrace {
  const { failed = false, ...given } = changes;
  return {
    startedAt: '2026-01-01T00:00:00.000Z',
    kind: 'cold',
    totalMs: 100,
    usualMs: null,
    ...given,
    steps: [{ name: 'create', state: failed ? 'failed' : 'done', ms: 99.5 }],
  };
}

export function aDebugRecord(id: string, changes: Partial<DebugSession> = {}): DebugRecord {
  const session: DebugSession = {
    id,
    kind: 'toolbox',
    by: { id: 'leela', name: 'Turanga Leela' },
    userId: 'hermes',
    desktopId: 'd1',
    launchId: null,
    appName: null,
    target: null,
    name: null,
    image: 'localhost/deskpod/toolbox:1',
    profile: 'restricted',
    reused: false,
    reason: 'it is slow — very',
    grant: null,
    grantedBy: null,
    status: { state: 'asking', approvableAt: '2026-01-01T00:01:00.000Z', until: '2026-01-01T00:10:00.000Z' },
    askedAt: '2026-01-01T00:00:00.000Z',
    startedAt: null,
    transcript: false,
    seen: false,
    ...changes,
  };
  const want = {
    kind: 'toolbox',
    desktop: 'd1',
    env: { A: 'b' },
    command: [],
    plain: false,
    reason: session.reason,
  } as const;
  return { session, want: { ...want, command: [] }, server: null };
}
