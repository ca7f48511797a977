/** The engine contract, logs of any bytes: split characters, carriage returns, unfinished lines, and very long logs. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EngineLogLine } from '#domain/ports/engine.ts';
import { type EngineUnderTest, finished, output, patience, run, script, shareDesktop } from './engine-kit.ts';

/** More than engines keep in one log file. */
const FLOOD_LINES = 130_000;
/** Usually 15 to 90 s, as the reader has to read all of it when nothing is missed. */
const FLOOD_MS = 7 * 60_000;
const TEXT = 'x'.repeat(1_000);

export function logPromises(under: () => EngineUnderTest): void {
  describe('logs of any bytes', () => {
    const sharedDesktop = shareDesktop(under);

    test('a character is complete although the program splits it, or the engine does in a long line', async () => {
      await using made = await sharedDesktop();
      const euros = '€'.repeat(20_000);
      const [slow, long, smile] = await output(
        under(),
        made.desktop,
        String.raw`printf '\xe2'; sleep .3; printf '\x82\xac\n'; yes € | head -n 20000 | tr -d '\n'; echo; printf '\xf0\x9f'; sleep .3; printf '\x98\x80\n'`,
      );
      assert.deepEqual([slow, smile], ['€', '😀']);
      assert.ok(long === euros, `characters other than euro signs: ${long?.replaceAll('€', '')}`);
    });

    test('bytes that are not text, carriage returns and an unfinished last line are read correctly', async () => {
      await using made = await sharedDesktop();
      const lines = await output(
        under(),
        made.desktop,
        String.raw`printf 'a\xffb\xe2\x82c\n'; printf 'windows\r\n'; for i in 10 50 100; do printf "\r$i %%"; sleep .1; done; printf '\n\n'; printf end`,
      );
      assert.deepEqual(lines, ['a\uFFFDb\uFFFDc', 'windows', '100 %', '', 'end']);
    });

    test('a line of 10 MB is cut, and the number of missing bytes is reported', async () => {
      await using made = await sharedDesktop();
      const launch = await script(
        under(),
        made.desktop,
        String.raw`head -c 10000000 /dev/zero | tr '\0' x; echo; echo after`,
      );
      await finished(under().engine, launch);
      const target = { desktopId: made.id, launchId: launch.id };
      const lines: EngineLogLine[] = [];
      for await (const line of under().engine.logs(target, { follow: false, tailBytes: 262_144 }, patience()))
        lines.push(line);
      const [long, after] = lines.slice(-2);
      assert.equal(after?.text, 'after');
      assert.match(long?.text ?? '', /^x+$/);
      assert.ok((long?.text.length ?? 0) <= 65_536, `${long?.text.length}`);
      assert.equal((long?.text.length ?? 0) + (long?.cut ?? 0), 10_000_000);
    });

    test('a slow reader is informed how many lines it missed', async (context) => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const go = '~/go-on';
      const launch = await script(
        under(),
        made.desktop,
        `rm -f ${go}; echo begins; until [ -e ${go} ]; do sleep 0.05; done; seq -f '%.0f ${TEXT}' ${FLOOD_LINES}`,
      );
      const target = { desktopId: made.id, launchId: launch.id };
      let next = 1;
      let missed = 0;
      const signal = AbortSignal.timeout(FLOOD_MS);
      for await (const line of engine.logs(target, { follow: true, tailBytes: 100_000 }, signal)) {
        if (line.text === 'begins') {
          await run(engine, { desktopId: made.id }, `touch ${go}`);
          await finished(engine, launch);
          continue;
        }
        if (line.skipped) {
          missed += line.skipped.lines ?? 1;
          // If the engine does not know the number either, any number can follow.
          next += line.skipped.lines ?? Number.NaN;
          continue;
        }
        const number = numberOf(line);
        if (Number.isNaN(next)) next = number;
        assert.equal(number, next, `after ${missed} missed`);
        next += 1;
      }
      assert.equal(signal.aborted, false, `still at ${next}`);
      assert.equal(next, FLOOD_LINES + 1);
      // Whether an engine rotates the log in the meantime depends on the machine; every line is accounted for in any case.
      context.diagnostic(`${missed} of ${FLOOD_LINES} lines were missed`);
    });
  });
}

const numberOf = ({ text }: EngineLogLine): number => Number(text.split(' ')[0]);
