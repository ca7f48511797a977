/** The engine contract, seccomp: an app that asks for `browser-sandbox` can lock parts of itself up, others can't. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type EngineUnderTest, output, shareDesktop } from './engine-kit.ts';

const CLONE = { x86_64: 56, aarch64: 220 };
const KEYCTL = { x86_64: 250, aarch64: 219 };
/** `CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | SIGCHLD`: as Chromium starts its first process with a sandbox. */
const FLAGS = '0x70000011, 0, 0, 0, 0';

/**
 * What Chromium's sandbox needs: a user namespace, in which a process may change its root. Podman's default profile
 * refuses the second, the others both. Each of these scripts prints `allowed` or `refused`.
 */
const SANDBOX = attempt('unshare --user --map-root-user chroot /usr /bin/true');
const NAMESPACES = perl(`exit(syscall(${numberOf(CLONE)}, ${FLAGS}) < 0)`);
const CLOSED: Readonly<Record<string, string>> = {
  'a mount namespace': attempt('unshare --user --map-root-user --mount true'),
  'a host name of its own': attempt('unshare --user --map-root-user --uts true'),
  'the keys of the kernel': perl(`exit(syscall(${numberOf(KEYCTL)}, 0, -3, 1) < 0)`),
  'the packet filter': perl('exit(!socket(my $s, 16, SOCK_RAW, 12))'),
  'packets of its own network': perl(
    `my $pid = syscall(${numberOf(CLONE)}, ${FLAGS}); exit(!socket(my $s, 17, SOCK_RAW, 3)) if $pid == 0; waitpid($pid, 0); exit($? >> 8)`,
  ),
};

export function seccompPromises(under: () => EngineUnderTest): void {
  describe('seccomp profiles', () => {
    const sharedDesktop = shareDesktop(under);
    const runtimes = ['ephemeral_container', 'pod_application'] as const;

    test('an app that asks for browser-sandbox can make the namespaces of a sandbox, in and beside the desktop', async () => {
      await using made = await sharedDesktop();
      for (const runtime of runtimes) {
        const asked = { runtime, seccomp: 'browser-sandbox' } as const;
        assert.deepEqual(await output(under(), made.desktop, `${SANDBOX}; ${NAMESPACES}`, asked), [
          'allowed',
          'allowed',
        ]);
      }
    });

    test('an app that does not ask for it cannot', async () => {
      await using made = await sharedDesktop();
      for (const runtime of runtimes)
        assert.deepEqual(await output(under(), made.desktop, SANDBOX, { runtime }), ['refused'], runtime);
    });

    test('browser-sandbox refuses everything else that the default profile refuses', async () => {
      await using made = await sharedDesktop();
      const all = Object.values(CLOSED).join('; ');
      const said = await output(under(), made.desktop, all, { seccomp: 'browser-sandbox' });
      const answers = Object.fromEntries(Object.keys(CLOSED).map((what, at) => [what, said[at]]));
      assert.deepEqual(answers, Object.fromEntries(Object.keys(CLOSED).map((what) => [what, 'refused'])));
    });

    test('an app that asks for it has no capabilities and gains no privileges', async () => {
      await using made = await sharedDesktop();
      const look = 'grep -E "^(CapPrm|CapEff|CapBnd|NoNewPrivs|Seccomp):" /proc/self/status | tr -d "\\t"';
      assert.deepEqual(await output(under(), made.desktop, look, { seccomp: 'browser-sandbox' }), [
        'CapPrm:0000000000000000',
        'CapEff:0000000000000000',
        'CapBnd:0000000000000000',
        'NoNewPrivs:1',
        'Seccomp:2',
      ]);
    });
  });
}

function attempt(command: string): string {
  return `if ${command} >/dev/null 2>&1; then echo allowed; else echo refused; fi`;
}

/** By its exit code. */
function perl(program: string): string {
  return attempt(`perl -MPOSIX -MSocket -e '${program}'`);
}

/** A Perl expression for the number of a system call on this machine. */
function numberOf(numbers: Readonly<Record<string, number>>): string {
  const table = Object.entries(numbers).map(([machine, number]) => `${machine} => ${number}`);
  return `{${table.join(', ')}}->{(POSIX::uname())[4]}`;
}
