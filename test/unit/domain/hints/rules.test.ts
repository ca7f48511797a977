/** One known failure at a time, with real output of programs. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Failure } from '#domain/hints/hints.ts';
import { SHARED_MEMORY_EXCEEDED } from '#domain/hints/resources.ts';
import { hintsFor, RULES } from '#domain/hints/hints.ts';

const FAILED: Failure = {
  exitCode: 1,
  reason: 'error',
  outOfMemory: false,
  memoryKill: false,
  limits: {},
  runtime: 'pod_application',
  log: '',
  image: 'localhost/deskpod/demo:latest',
};

const ids = (failure: Partial<Failure>): string[] => hintsFor({ ...FAILED, ...failure }).map(({ id }) => id);

const GDK_SHM_SEG = `(org.gnome.TwentyFortyEight:36): Gdk-WARNING **: 10:14:26.185: The program 'org.gnome.TwentyFortyEight' received an X Window System error.
This probably reflects a bug in the program.
The error was 'BadShmSeg (invalid shared segment parameter)'.
  (Details: serial 820 error_code 128 request_code 131 (MIT-SHM) minor_code 3)`;
const GDK_ACCESS = `The error was 'BadAccess (attempt to access private resource denied)'.
  (Details: serial 190 error_code 10 request_code 130 (MIT-SHM) minor_code 1)`;
const XLIB_REQUEST = `X Error of failed request:  BadRequest (invalid request code or no such operation)
  Major opcode of failed request:  130 (MIT-SHM)
  Minor opcode of failed request:  1 (X_ShmAttach)
  Serial number of failed request:  14`;
const XLIB_VALUE = `X Error of failed request:  BadValue (integer parameter out of range for operation)
  Major opcode of failed request:  130 (MIT-SHM)
  Minor opcode of failed request:  5 (X_ShmCreatePixmap)`;
const QT_NO_DISPLAY = `qt.qpa.xcb: could not connect to display 172.17.0.10:0
qt.qpa.plugin: Could not load the Qt platform plugin "xcb" in "" even though it was found.
This application failed to start because no Qt platform plugin could be initialized.`;
const SANDBOX =
  '[7:7:1121/101112.131415:FATAL:zygote_host_impl_linux.cc(128)] No usable sandbox! If you are running on Ubuntu 23.10+ or another Linux distro that has disabled unprivileged user namespaces with AppArmor, see https://chromium.googlesource.com/. If you want to live dangerously and need an immediate workaround, you can try using --no-sandbox.';

const KNOWN: [name: string, failure: Partial<Failure>, id: string][] = [
  [
    'a child killed for memory in a launch that ended well',
    { memoryKill: true, reason: 'completed', exitCode: 0 },
    'process-out-of-memory',
  ],
  ['BadShmSeg as GDK prints it', { log: GDK_SHM_SEG }, 'mit-shm'],
  ['BadAccess on MIT-SHM', { log: GDK_ACCESS }, 'mit-shm'],
  ['BadRequest on MIT-SHM as Xlib prints it', { log: XLIB_REQUEST }, 'mit-shm'],
  ['BadValue on MIT-SHM', { log: XLIB_VALUE }, 'mit-shm'],
  [
    'Mesa without its segment, of an app that goes on',
    { log: 'MESA: error: Failed to attach to x11 shm', reason: 'stopped_by_you', exitCode: 143 },
    'mesa-shm',
  ],
  [
    'GTK without a display',
    { log: '(mousepad:7): Gtk-WARNING **: 10:14:26.185: cannot open display: 10.89.0.2:0' },
    'cannot-open-display',
  ],
  ['xterm without a display', { log: "xterm: Xt error: Can't open display: 10.89.0.2:0" }, 'cannot-open-display'],
  [
    'Chromium without a display',
    { log: 'ERROR:ozone_platform_x11.cc(245)] Missing X server or $DISPLAY' },
    'cannot-open-display',
  ],
  ['Qt without a display', { log: QT_NO_DISPLAY }, 'could-not-connect-to-display'],
  [
    'a refused X connection',
    { log: 'Unable to init server: Could not connect: Connection refused\nError: cannot open display: 10.89.0.2:0' },
    'display-refused',
  ],
  [
    'a missing cookie',
    { log: "Authorization required, but no authorization protocol specified\n\nError: Can't open display: :0" },
    'display-authorization',
  ],
  ['a wrong cookie', { log: "Invalid MIT-MAGIC-COOKIE-1 keyError: Can't open display: :0" }, 'display-authorization'],
  ['a display that ended', { log: 'X connection to :0 broken (explicit kill or server shutdown).' }, 'display-lost'],
  [
    'an X IO error',
    { log: 'XIO:  fatal IO error 11 (Resource temporarily unavailable) on X server ":0"' },
    'display-lost',
  ],
  [
    'Chromium in a container that may not change its root',
    {
      log: '[1:1:1130/202250.213811:FATAL:content/browser/zygote_host/zygote_host_impl_linux.cc:254] Failed to receive hello message from zygote',
      exitCode: 133,
    },
    'no-usable-sandbox',
  ],
  [
    'nodes without a seccomp profile',
    {
      message: `chromium needs the seccomp profile browser-sandbox, which the nodes of this cluster don't have.`,
    },
    'seccomp-profile',
  ],
  [
    'a node without the file of a profile',
    {
      message:
        'chromium cannot be started: failed to generate seccomp spec opts: cannot load seccomp profile "/var/lib/kubelet/seccomp/deskpod/browser-sandbox.json": open: no such file or directory (CreateContainerError).',
    },
    'seccomp-profile',
  ],
  ['Chromium without a sandbox', { log: SANDBOX, exitCode: 133 }, 'no-usable-sandbox'],
  ['a bus error', { exitCode: 135 }, 'dev-shm'],
  [
    'Chromium with a full /dev/shm',
    { log: 'Creating shared memory in /dev/shm/.org.chromium.Chromium.x failed: No space' },
    'dev-shm',
  ],
  [
    'memory of the desktop that ran out',
    { exitCode: 137, reason: 'out_of_memory', outOfMemory: true, message: SHARED_MEMORY_EXCEEDED },
    'desktop-out-of-memory',
  ],
  ['memory that ran out', { exitCode: 137, reason: 'out_of_memory', outOfMemory: true }, 'out-of-memory'],
  [
    'an allocation that failed',
    { log: "terminate called after throwing an instance of 'std::bad_alloc'", exitCode: 134 },
    'out-of-memory',
  ],
  ['a full disk', { log: "mousepad: cannot write 'a.txt': No space left on device" }, 'home-full'],
  ['a quota that is used up', { log: 'tee: /home/hermes/a: Disk quota exceeded' }, 'home-full'],
  ['too many processes', { log: 'sh: 1: Cannot fork' }, 'process-limit'],
  ['the wrong architecture', { log: 'exec /usr/bin/demo: exec format error', exitCode: 255 }, 'exec-format-error'],
  [
    'the wrong architecture in the engine’s words',
    { message: 'crun: executable file `/usr/bin/demo`: Exec format error', reason: 'start_failed', exitCode: null },
    'exec-format-error',
  ],
  [
    'a missing library (glibc)',
    {
      log: 'demo: error while loading shared libraries: libfoo.so.1: cannot open shared object file: No such file or directory',
      exitCode: 127,
    },
    'missing-library',
  ],
  [
    'a missing library (musl)',
    {
      log: 'Error loading shared library libX11.so.6: No such file or directory (needed by /usr/bin/demo)',
      exitCode: 127,
    },
    'missing-library',
  ],
  [
    'a program that is not there',
    {
      message: 'crun: executable file `demo` not found in $PATH: No such file or directory',
      reason: 'start_failed',
      exitCode: null,
    },
    'command-not-found',
  ],
  ['a shell that finds nothing', { log: 'sh: 1: demo: not found', exitCode: 127 }, 'command-not-found'],
  [
    'a program that may not be run',
    { log: 'sh: 1: /opt/demo: Permission denied', exitCode: 126 },
    'command-not-executable',
  ],
  ['an unknown host', { log: 'curl: (6) Could not resolve host: example.org', exitCode: 6 }, 'dns-failure'],
  ['no name server', { log: 'ping: example.org: Temporary failure in name resolution', exitCode: 2 }, 'dns-failure'],
  [
    'an unknown authority',
    { log: 'curl: (60) SSL certificate problem: unable to get local issuer certificate', exitCode: 60 },
    'tls-failure',
  ],
  [
    'an image that no node can fetch',
    {
      message:
        'The image 127.0.0.1:5000/deskpod/absent:1 cannot be pulled: rpc error: code = NotFound desc = failed to pull and unpack image: not found (ImagePullBackOff)',
      reason: 'start_failed',
      exitCode: null,
    },
    'image-not-pulled',
  ],
  [
    'a pod that fits on no node',
    {
      message:
        '0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient memory.',
      reason: 'start_failed',
      exitCode: null,
    },
    'no-node',
  ],
  [
    'a desktop that is full',
    {
      message: 'fry-00001 has had 100 containers added to it. Kubernetes never removes one from a pod.',
      reason: 'start_failed',
      exitCode: null,
      runtime: 'ephemeral_container',
    },
    'desktop-full',
  ],
  ['a segmentation fault', { exitCode: 139 }, 'segmentation-fault'],
  ['an abort', { exitCode: 134 }, 'aborted'],
  ['a kill from outside', { exitCode: 137, reason: 'killed' }, 'killed'],
];

for (const [name, failure, id] of KNOWN) {
  test(`${name} is explained`, () => assert.equal(ids(failure)[0], id));
}

test('every rule matches a real excerpt and has a section in the documentation', () => {
  const tested = new Set(KNOWN.map(([, , id]) => id));
  const sections = readFileSync(new URL('../../../../docs/troubleshooting.md', import.meta.url), 'utf8');
  for (const { id } of RULES) {
    assert.ok(tested.has(id), `no excerpt for ${id}`);
    assert.ok(sections.includes(`<a id="${id}"></a>`), `no section for ${id}`);
  }
});

test('for a shared-memory failure in a pod the hints are the desktop first, then Qt without shared memory', () => {
  const [hint] = hintsFor({ ...FAILED, log: XLIB_REQUEST });
  assert.equal(hint?.remedies[0]?.runtime, 'ephemeral_container');
  assert.deepEqual(hint?.remedies[1]?.env, {
    QT_X11_NO_MITSHM: '1',
    QT_XCB_NO_MITSHM: '1',
    QT_QUICK_BACKEND: 'software',
  });
  assert.match(hint?.explanation ?? '', /BadRequest/);
});

test('for a pod that finds no display the hints are the desktop, and the setting for an administrator', () => {
  const [hint] = hintsFor({ ...FAILED, log: 'Error: cannot open display: 10.244.1.17:0' });
  assert.equal(hint?.remedies[0]?.runtime, 'ephemeral_container');
  assert.match(hint?.explanation ?? '', /10\.244\.1\.17:0.*'X11LISTEN': 'tcp'.*od\.config/);
});

test('the hint for a full desktop is the pod, and for a full cluster the desktop', () => {
  const full = { ...FAILED, runtime: 'ephemeral_container', message: 'It carries 9 finished launches.' } as const;
  assert.equal(hintsFor(full)[0]?.remedies[0]?.runtime, 'pod_application');
  const crowded = { ...FAILED, message: '0/1 nodes are available: 1 Too many pods.' };
  assert.equal(hintsFor(crowded)[0]?.remedies[0]?.runtime, 'ephemeral_container');
});

test('a log about another cluster is not a failure of this one', () => {
  assert.deepEqual(ids({ log: 'web-0   0/1   ImagePullBackOff\n0/3 nodes are available' }), []);
});

test('a launch in the desktop gets no hint to run in the desktop', () => {
  const hints = hintsFor({ ...FAILED, runtime: 'ephemeral_container', log: XLIB_REQUEST });
  assert.ok(hints[0]?.remedies.every(({ runtime }) => runtime === undefined));
});

test('the hint for an app over its memory limit contains the limit', () => {
  const [hint] = hintsFor({ ...FAILED, exitCode: 137, outOfMemory: true, limits: { memoryBytes: 256 * 1024 ** 2 } });
  assert.match(hint?.explanation ?? '', /256 MiB/);
});

test('the hint for a desktop over its memory limit says who can raise it, and not that the app is too large', () => {
  const hints = hintsFor({ ...FAILED, exitCode: 137, outOfMemory: true, message: SHARED_MEMORY_EXCEEDED });
  assert.deepEqual(
    hints.map(({ id }) => id),
    ['desktop-out-of-memory'],
  );
  assert.match(hints[0]?.explanation ?? '', /administrator can raise the setting limits\.desktop/);
});

test('the hint --no-sandbox explains its risk', () => {
  const [hint] = hintsFor({ ...FAILED, log: SANDBOX });
  assert.deepEqual(hint?.remedies[0]?.args, ['--no-sandbox']);
  assert.match(hint?.explanation ?? '', /your home included/);
});

test('a cause found in the log suppresses the hint for the exit code', () => {
  assert.deepEqual(ids({ log: GDK_SHM_SEG, exitCode: 139 }), ['mit-shm']);
});

test('an app that exited normally or was stopped by its user gets no hint for its exit code', () => {
  assert.deepEqual(ids({ exitCode: 0, reason: 'completed' }), []);
  assert.deepEqual(ids({ exitCode: 143, reason: 'stopped_by_you' }), []);
  assert.deepEqual(ids({ exitCode: 137, reason: 'stopped_by_admin' }), []);
});

test('a browser that exited normally gets no hint for names it could not resolve', () => {
  assert.deepEqual(ids({ exitCode: 0, reason: 'completed', log: 'ERR_NAME_NOT_RESOLVED' }), []);
});

test('there are at most three hints, and any log is read in limited time', () => {
  const everything = KNOWN.map(([, { log }]) => log ?? '').join('\n');
  assert.equal(hintsFor({ ...FAILED, log: everything }).length, 3);
  const property = fc.property(fc.string({ maxLength: 2000 }), fc.integer({ min: 0, max: 255 }), (log, exitCode) => {
    assert.ok(hintsFor({ ...FAILED, log, exitCode }).length <= 3);
  });
  fc.assert(property);
  const before = performance.now();
  hintsFor({ ...FAILED, log: 'BadRequest exec 0:fork '.repeat(50_000) });
  assert.ok(performance.now() - before < 10_000, 'a megabyte of near matches takes too long');
});
