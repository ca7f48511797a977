/** Streams between a local process and one in a desktop; the same tests run on every engine. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Someone } from './faults-kit.ts';
import type { Product } from './product.ts';
import { type Ran, ran, ROOT, Terminal } from './tools.ts';

const LINE_TIMEOUT_MS = 90_000;
const MB = 1024 * 1024;
/** The allowed growth of one process during the transfer of a large file. */
const MOST_MEMORY_MB = 60;
/** The memory of an idle command line process. */
const REST_MB = 110;

export interface StreamsUnderTest extends AsyncDisposable {
  readonly product: Product;
}

export function streamPromises(engine: string, skip: string | null, begin: () => Promise<StreamsUnderTest>): void {
  suite(`streams through the command line, on ${engine}`, { skip: skip ?? false, timeout: 10 * 60_000 }, () => {
    let under: StreamsUnderTest;
    let terminal: Terminal;
    let fry: Someone;
    let launch: string;

    before(async () => {
      under = await begin();
      terminal = await Terminal.open();
      fry = await Someone.at(under.product, 'fry');
      await fry.hasDesktop();
      launch = (await fry.runs('terminal', { runtime: 'pod_application' })).id;
      const login = ['login', 'fry', '--server', under.product.address];
      assert.equal((await terminal.deskpod(login, { input: 'fry\n' })).code, 0);
    });
    after(async () => {
      await fry?.client.session.logout();
      await fry?.[Symbol.asyncDispose]();
      await terminal?.[Symbol.asyncDispose]();
      await under?.[Symbol.asyncDispose]();
    });

    /** Runs a line of bash in which `deskpod` is this checkout's and `$L` is a running launch. */
    const types = (line: string): Promise<Ran> => {
      const cli = `'${process.execPath}' '${join(ROOT, 'src/cli/cli.ts')}'`;
      const words = `deskpod() { ${cli} "$@"; }
        interrupted() { timeout --preserve-status -s INT "$1" ${cli} "\${@:2}"; }
        killed() { timeout -s KILL "$1" ${cli} "\${@:2}"; }
        endless() { yes 2>/dev/null; }`;
      const env = { HOME: terminal.home, L: launch, TMP: terminal.home };
      return ran('bash', ['-c', `${words}\n${line}`], { env, signal: AbortSignal.timeout(LINE_TIMEOUT_MS) });
    };
    const says = async (line: string, out: string, code = 0, err = ''): Promise<void> => {
      const said = await types(line);
      assert.deepEqual({ out: said.out, code: said.code, err: said.err }, { out, code, err }, line);
    };
    /** Processes in the launch that have this argument. */
    const running = async (mark: string): Promise<string> =>
      (await types(`deskpod exec $L -- sh -c 'grep -lsz ^${mark}$ /proc/[0-9]*/cmdline | wc -l'`)).out.trim();
    const untilNone = async (mark: string): Promise<void> => {
      const until = performance.now() + 20_000;
      while ((await running(mark)) !== '0') assert.ok(performance.now() < until, `${mark} is still running`);
    };

    test('the end of the input reaches the command, which then exits', async () => {
      await says(`printf 'hello\\n' | deskpod exec -i $L -- cat`, 'hello\n');
      await says(`seq 1000 | deskpod exec -i $L -- wc -l`, '1000\n');
      await says('printf x | deskpod exec -i $L -- md5sum', '9dd4e461268c8034f5c8564e155c67a6  -\n');
      await says('deskpod exec -i $L -- wc -c < /dev/null', '0\n');
      await says('deskpod exec $L -- wc -c', '0\n');
      await says(
        `mkdir -p $TMP/a && echo kept > $TMP/a/b && tar cf - -C $TMP a | deskpod exec -i $L -- sh -c 'cd /tmp && tar xf - && cat a/b'`,
        'kept\n',
      );
    });

    test('output after the end of the input arrives', async () => {
      await says(`echo in | deskpod exec -i $L -- sh -c 'cat; sleep 1; echo end; exit 3'`, 'in\nend\n', 3);
    });

    test('standard output and standard error are separate streams, each in order and unchanged', async () => {
      const both = `deskpod exec $L -- sh -c 'for i in 1 2 3; do echo out $i; echo err $i >&2; done'`;
      await says(both, 'out 1\nout 2\nout 3\n', 0, 'err 1\nerr 2\nerr 3\n');
      await says(`${both} 2>/dev/null`, 'out 1\nout 2\nout 3\n');
      await says(
        `deskpod exec $L -- sh -c 'echo warning >&2; tar cf - /etc/hostname' 2>/dev/null | tar tf -`,
        'etc/hostname\n',
      );
      await says(
        `head -c 300000 /dev/urandom > $TMP/r; deskpod exec -i $L -- sh -c 'tee /dev/stderr' < $TMP/r > $TMP/o 2> $TMP/e; cmp $TMP/r $TMP/o && cmp $TMP/r $TMP/e && echo same`,
        'same\n',
      );
    });

    test('exit codes are those of the command, and those that shells use', async () => {
      await says(`deskpod exec $L -- sh -c 'exit 255'`, '', 255);
      await says(`deskpod exec $L -- sh -c 'kill -KILL $$'`, '', 137);
      await says(`deskpod exec $L -- sh -c 'kill -TERM $$'`, '', 143);
      const absent = await types('deskpod exec $L -- no-such-command');
      assert.deepEqual([absent.out, absent.code], ['', 127], absent.err);
      assert.match(absent.err, /no program no-such-command.*A toolbox has a shell/);
      const data = await types('deskpod exec $L -- /etc/passwd');
      assert.deepEqual([data.out, data.code], ['', 126], data.err);
      assert.match(data.err, /\/etc\/passwd cannot be executed there/);
    });

    test('a command that reads only the start of its input exits with its own code, and all its output arrives', async () => {
      await types(`head -c ${3 * MB} /dev/zero | tr '\\0' x > $TMP/x`);
      for (let round = 0; round < 4; round += 1)
        await says(`deskpod exec -i $L -- sh -c 'head -c 10; exit 4' < $TMP/x`, 'xxxxxxxxxx', 4);
      await types(`head -c ${20 * MB} /dev/zero > $TMP/zero`);
      const much = `deskpod exec -i $L -- sh -c 'head -c 10; head -c ${MB} /dev/zero; exit 4' < $TMP/zero`;
      for (let round = 0; round < 4; round += 1)
        await says(`${much} | wc -c; echo \${PIPESTATUS[0]}`, `${MB + 10}\n4\n`);
      await says(`deskpod exec -i $L -- sh -c 'exec <&-; echo a; sleep 1; echo b; exit 5' < $TMP/x`, 'a\nb\n', 5);
      await says(`yes | deskpod exec -i $L -- head -n 1`, 'y\n');
    });

    test('a background process does not keep a command from ending', async () => {
      await says(`deskpod exec $L -- sh -c 'sleep 47 & echo up; exit 6'`, 'up\n', 6);
    });

    test('a reader that closes its end stops the command without an error', async () => {
      await says(`deskpod exec $L -- yes gone-reader | head -n 1; echo \${PIPESTATUS[0]}`, 'gone-reader\n0\n');
      await untilNone('gone-reader');
    });

    test('Ctrl-C ends the remote command, whatever it is doing, at any time', async () => {
      const stubborn = `sh -c 'trap "" HUP; while :; do sleep 1; done' left`;
      for (const command of [stubborn, 'cat - /dev/fd/../left', 'yes left'])
        await says(`endless | interrupted 3 exec -i $L -- ${command} > /dev/null; echo $?`, '130\n');
      await untilNone('left');
      await untilNone('/dev/fd/../left');
      for (const seconds of [0.4, 0.6, 0.8, 1, 1.2, 1.5])
        await types(`endless | killed ${seconds} exec -i $L -- sh -c 'sleep 600; :' early`);
      await untilNone('early');
    });

    test('attach works with a running copy, and reports a copy that has ended', async () => {
      const slept = await types(`echo 'echo in $((6 * 7))' | deskpod debug $L --copy-to -i -- sleep infinity`);
      assert.deepEqual([slept.out, slept.code], ['in 42\n', 0], slept.err);
      assert.match(slept.err, /^Copy (\S+) of [^]*still open/m);
      const ended = await types(`deskpod debug $L --copy-to -i -- sh -c 'exit 7' < /dev/null`);
      assert.deepEqual([ended.out, ended.code], ['', 7], ended.err);
      const name = /deskpod: The copy has ended \(exit code 7\): deskpod logs (\S+)\n$/.exec(ended.err)?.[1];
      assert.ok(name, ended.err);
      await says(`deskpod logs ${name}`, '');
      await says(`deskpod exec ${name} -- true 2>/dev/null`, '', 1);
    });

    test('streams work the same with a reason, in a debug session', async () => {
      const command = `deskpod exec --reason why -i $L -- sh -c 'cat; echo err >&2; exit 9'`;
      await says(`echo in | ${command}`, 'in\n', 9, 'err\n');
    });

    test(
      'files of any size are transferred unchanged in both directions, without being held in memory',
      { timeout: 300_000 },
      async () => {
        await types(`head -c ${200 * MB} /dev/urandom > $TMP/big`);
        const sum = (await types('md5sum < $TMP/big')).out.slice(0, 32);
        const pids = [under.product.pid, await under.product.serverPid()];
        const atRest = memoryMb(...pids);
        await using file = await open(join(terminal.home, 'big'));
        const command = ['exec', '-i', launch, '--', 'sh', '-c', 'sleep 3; exec cat'];
        const cli = spawn(process.execPath, [join(ROOT, 'src/cli/cli.ts'), ...command], {
          env: { ...process.env, HOME: terminal.home },
          stdio: [file.fd, 'pipe', 'inherit'],
        });
        const ended = once(cli, 'exit');
        // The remote command reads nothing first, then the local process doesn't.
        await delay(6_000);
        const [server, client] = [memoryMb(...pids), memoryMb(cli.pid)];
        const digest = createHash('md5');
        for await (const chunk of cli.stdout ?? []) digest.update(chunk);
        assert.deepEqual(await ended, [0, null]);
        assert.equal(digest.digest('hex'), sum);
        assert.ok(server - atRest < MOST_MEMORY_MB, `the server grew from ${atRest} to ${server} MB`);
        assert.ok(client < REST_MB + MOST_MEMORY_MB, `the command grew to ${client} MB`);
      },
    );
  });
}

/** Of these processes together, each counted once. */
function memoryMb(...pids: readonly (number | undefined)[]): number {
  const kilobytes = [...new Set(pids)].map(
    (pid) => /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1],
  );
  return kilobytes.reduce((sum, one) => sum + Number(one), 0) / 1024;
}
