/** Specs as the domain sends them, valid in every part. */
import type { CopySpec, ToolboxSpec } from '#domain/ports/debug-engine.ts';
import type { DesktopSpec } from '#domain/ports/engine.ts';
import type { LaunchSpec } from '#domain/ports/engine-launch.ts';

export const DESKTOP: DesktopSpec = {
  id: 'fry-a1b2c',
  account: { userId: 'fry', displayName: 'Philip J. Fry', provider: 'directory', uid: 20_000, gid: 20_000 },
  image: 'localhost/deskpod/desktop:1',
  geometry: { width: 1280, height: 800 },
  env: { LANG: 'en_GB.UTF-8', THEME: 'dark' },
  regional: { timezone: 'America/Port-au-Prince', languages: ['en-GB', 'de'] },
  x11Tcp: true,
  limits: { memoryBytes: 1024 ** 3, cpus: 1.5, processes: 500 },
  labels: { user: 'true', shipcrew: 'true' },
  shared: ['Team files'],
};

export const LAUNCH: LaunchSpec = {
  id: 'fry-xterm-d3e4f',
  desktopId: DESKTOP.id,
  appName: 'xterm',
  runtime: 'ephemeral_container',
  image: 'ghcr.io/abcdesktopio/xterm.d:3.0',
  command: ['/usr/bin/xterm', '-e', 'top'],
  env: { APP: '/usr/bin/xterm' },
  limits: {},
  executeClass: 'default',
  labels: { uniquerunkey: 'one' },
  runAs: null,
  seccomp: null,
  pod: { livenessProbe: { httpGet: { path: '/', port: 80 } }, nodeSelector: { 'a.b/c': 'd' } },
};

export const TOOLBOX: ToolboxSpec = {
  name: 'debugger-x7f2k',
  target: { desktopId: DESKTOP.id, launchId: LAUNCH.id },
  image: 'localhost/deskpod/toolbox:1',
  profile: 'restricted',
  env: {},
  command: [],
  plain: false,
  custom: null,
  by: 'hermes',
  shared: true,
};

export const COPY: CopySpec = {
  launch: LAUNCH,
  of: LAUNCH.id,
  changed: { image: null, command: [], env: {} },
  shareProcesses: true,
  sameNode: false,
  plain: false,
};
