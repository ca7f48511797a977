/** The engine contract, interaction: following logs, and commands with and without a terminal. */
import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineLogLine } from '#domain/ports/engine.ts';
import {
  type EngineUnderTest,
  eventually,
  finished,
  patience,
  printed,
  reader,
  run,
  script,
  shareDesktop,
} from './engine-kit.ts';
import { failsWith } from '../fixtures/fails-with.ts';

export function talkPromises(under: () => EngineUnderTest): void {
  describe('logs and commands', () => {
    const sharedDesktop = shareDesktop(under);

    test('followed logs arrive line by line and end with the launch', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const go = '~/go-on';
      const launch = await script(
        under(),
        made.desktop,
        `rm -f ${go}; echo first; until [ -e ${go} ]; do sleep 0.05; done; echo second; echo last >&2`,
      );
      const lines: EngineLogLine[] = [];
      for await (const line of engine.logs(
        { desktopId: made.id, launchId: launch.id },
        { follow: true, tailBytes: 4096 },
        patience(),
      )) {
        lines.push(line);
        if (line.text === 'first') await run(engine, { desktopId: made.id }, `touch ${go}`);
      }
      assert.equal(lines[0]?.text, 'first');
      const errors = under().abilities.streams ? 'stderr' : 'stdout';
      assert.deepEqual(
        lines.map(({ stream, text }) => `${stream} ${text}`).sort(),
        [`${errors} last`, 'stdout first', 'stdout second'].sort(),
      );
      assert.ok(lines.every(({ at }) => at !== null && Math.abs(at.getTime() - Date.now()) < 60_000));
    });

    test('following a long log starts near its end and reports each new line once', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const go = '~/go-on';
      const launch = await script(
        under(),
        made.desktop,
        `rm -f ${go}; seq 3000; until [ -e ${go} ]; do sleep 0.05; done; seq 3001 3100`,
      );
      await eventually('all is printed', async () => {
        const past = await printed(engine, { desktopId: made.id, launchId: launch.id }, 100);
        return past.at(-1) === '3000' ? true : null;
      });
      const numbers: number[] = [];
      for await (const { text } of engine.logs(
        { desktopId: made.id, launchId: launch.id },
        { follow: true, tailBytes: 1000 },
        patience(),
      )) {
        numbers.push(Number(text));
        if (text === '3000') await run(engine, { desktopId: made.id }, `touch ${go}`);
      }
      const first = numbers[0] ?? 0;
      assert.ok(first > 2000 && first < 3000, `starts with ${first}`);
      assert.deepEqual(
        numbers,
        Array.from({ length: 3101 - first }, (_, index) => first + index),
      );
    });

    test('the end of a long log is read up to the requested size, in whole lines', async () => {
      await using made = await sharedDesktop();
      const launch = await script(under(), made.desktop, 'for i in $(seq 20000); do echo "line number $i"; done');
      await finished(under().engine, launch);
      const lines = await printed(under().engine, { desktopId: made.id, launchId: launch.id }, 10_000);
      assert.equal(lines.at(-1), 'line number 20000');
      assert.match(lines[0] ?? '', /^line number \d+$/);
      const size = lines.join('\n').length;
      assert.ok(size <= 10_000 && size > 5_000, `${size} bytes`);
    });

    test('aborting stops following', async () => {
      await using made = await sharedDesktop();
      const launch = await script(under(), made.desktop, 'echo up; sleep 600');
      const abort = new AbortController();
      const lines: string[] = [];
      for await (const line of under().engine.logs(
        { desktopId: made.id, launchId: launch.id },
        { follow: true, tailBytes: 100 },
        abort.signal,
      )) {
        lines.push(line.text);
        abort.abort();
      }
      assert.deepEqual(lines, ['up']);
    });

    test('a launch can be read only through its desktop', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const launch = await script(under(), made.desktop, 'sleep 600');
      const target = { desktopId: 'fry-00000', launchId: launch.id };
      await assert.rejects(printed(engine, target), failsWith('not_found'));
      await assert.rejects(run(engine, target, 'true'), failsWith('not_found'));
    });

    test('a terminal has the requested size and can be resized', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const session = await engine.exec(
        { desktopId: made.id },
        { command: ['bash'], tty: { columns: 90, rows: 20 } },
        patience(),
      );
      const screen = reader(session.stream);
      await screen.shows(/hermes:~\$ /);
      session.stream.write('stty size\n');
      await screen.shows(/20 90/);
      await session.resize({ columns: 132, rows: 43 });
      // The resize is asynchronous and can take effect after input that was sent later.
      await screen.answers(/43 132/, () => session.stream.write('stty size\n'));
      session.stream.write('echo "Grüße $((6 * 7))"\n');
      await screen.shows(/Grüße 42/);
      session.stream.write('exit 6\n');
      assert.equal(await session.exitCode, 6);
    });

    test('all keys reach a terminal, including the detach keys of engines', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const session = await engine.exec(
        { desktopId: made.id },
        { command: ['bash', '-c', 'stty raw -echo; echo up; head -c 4 | od -An -tx1'], tty: { columns: 80, rows: 24 } },
        patience(),
      );
      const screen = reader(session.stream);
      await screen.shows(/up/);
      session.stream.write('\x10\x11\x10\x11');
      await screen.shows(/10 11 10 11/);
      assert.equal(await session.exitCode, 0);
    });

    test('closing a terminal ends its processes', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const session = await engine.exec(
        { desktopId: made.id },
        { command: ['bash'], tty: { columns: 80, rows: 24 } },
        patience(),
      );
      const screen = reader(session.stream);
      await screen.shows(/\$ /);
      session.stream.write('exec sleep 4712\n');
      await eventually('it sleeps', async () => ((await sleepers(under(), made.id)) === '1' ? true : null));
      session.stream.destroy();
      await eventually('it is gone', async () => ((await sleepers(under(), made.id)) === '0' ? true : null));
    });

    test('a command without a terminal reads its input to the end and reports its exit code', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const session = await engine.exec(
        { desktopId: made.id },
        { command: ['bash', '-c', 'wc -c; echo oops >&2; exit 9'], tty: null, env: { X: 'y' } },
        patience(),
      );
      assert.ok(session.stderr);
      const [out, err] = [text(session.stream), text(session.stderr)];
      session.stream.end('x'.repeat(300_000));
      assert.equal(await session.exitCode, 9);
      assert.deepEqual([await out, await err], ['300000\n', 'oops\n']);
    });

    test('output arrives after the end of the input, and is complete when the command did not read all of its input', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const runs = async (line: string, input: string): Promise<[string, number | null]> => {
        const spec = { command: ['bash', '-c', line], tty: null };
        const session = await engine.exec({ desktopId: made.id }, spec, patience());
        session.stderr?.resume();
        const out = text(session.stream);
        session.stream.end(input);
        return [await out, await session.exitCode];
      };
      assert.deepEqual(await runs('cat; sleep 0.5; echo end', 'in\n'), ['in\nend\n', 0]);
      const large = 'x'.repeat(3_000_000);
      for (let round = 0; round < 3; round += 1)
        assert.deepEqual(await runs('head -c 10; exit 4', large), ['x'.repeat(10), 4]);
      assert.deepEqual(await runs('exec <&-; echo a; sleep 0.5; echo b; exit 5', large), ['a\nb\n', 5]);
    });

    test('disconnecting from a command ends it and its child processes, even right after the start', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const spec = { command: ['bash', '-c', 'sleep 4712; :'], tty: null };
      const session = await engine.exec({ desktopId: made.id }, spec, patience());
      await eventually('it sleeps', async () => ((await sleepers(under(), made.id)) === '1' ? true : null));
      session.stream.destroy();
      // Its processes start others while they are being ended.
      const forking = {
        command: ['bash', '-c', 'for i in {1..200}; do sleep 4712 & sleep 0.01; done; wait'],
        tty: null,
      };
      const { stream } = await engine.exec({ desktopId: made.id }, forking, patience());
      await eventually('some sleep', async () => (Number(await sleepers(under(), made.id)) > 1 ? true : null));
      stream.destroy();
      for (const ms of [5, 20, 50, 100]) {
        const opening = engine.exec({ desktopId: made.id }, spec, AbortSignal.timeout(ms));
        await opening.then(({ stream }) => stream.destroy()).catch(() => undefined);
      }
      // Waits for processes that are still being started.
      await delay(1_000);
      await eventually('all are gone', async () => ((await sleepers(under(), made.id)) === '0' ? true : null));
    });

    test('a file that is not executable and a missing file have different errors', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const runs = (program: string) =>
        engine.exec({ desktopId: made.id }, { command: [program], tty: null }, patience());
      await assert.rejects(runs('/etc/passwd'), failsWith('not_executable'));
      await assert.rejects(runs('/no/such'), failsWith('no_such_program'));
    });

    test('commands run as the user, in the home, without a way to gain privileges', async () => {
      await using made = await sharedDesktop();
      const { output } = await run(
        under().engine,
        { desktopId: made.id },
        'id -u; pwd; grep -E "NoNewPrivs|CapEff|CapBnd" /proc/self/status | tr -s "\\t " " "',
      );
      assert.deepEqual(output.split('\n'), [
        '4100',
        '/home/hermes',
        'CapEff: 0000000000000000',
        'CapBnd: 0000000000000000',
        'NoNewPrivs: 1',
      ]);
    });

    test('a command in a launch sees the processes of that launch', async () => {
      await using made = await sharedDesktop();
      const launch = await script(under(), made.desktop, 'sleep 600', { runtime: 'pod_application' });
      const { output } = await run(under().engine, { desktopId: made.id, launchId: launch.id }, 'hostname');
      assert.equal(output, launch.hostname);
    });

    test('no command can run in a launch that has ended', async () => {
      await using made = await sharedDesktop();
      const launch = await script(under(), made.desktop, 'true');
      await finished(under().engine, launch);
      await assert.rejects(
        run(under().engine, { desktopId: made.id, launchId: launch.id }, 'true'),
        failsWith('conflict'),
      );
    });
  });
}

async function sleepers(under: EngineUnderTest, desktopId: string): Promise<string> {
  return (await run(under.engine, { desktopId }, 'pgrep -c -x sleep || true')).output;
}
