/** Exit codes reported by the commands in containers themselves. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { ExitMark, withExitMark } from '#engines/kubernetes/exec/exit-mark.ts';
import { needsLinux } from '../../../fixtures/machine.ts';

const LINUX = needsLinux();

const MARK = '0d3c';

function read(pieces: readonly Buffer[]): { out: string; code: number | null } {
  const mark = new ExitMark(MARK);
  const out = Buffer.concat([...pieces.map((piece) => mark.take(piece)), mark.rest()]);
  return { out: out.toString('latin1'), code: mark.code };
}

function cut(data: Buffer, at: readonly number[]): Buffer[] {
  const ends = [...at.map((n) => n % (data.length + 1)), data.length].sort((a, b) => a - b);
  return ends.map((end, index) => data.subarray(ends[index - 1] ?? 0, end));
}

const WHOLE_MARK = new RegExp(`\u001e${MARK} \\d{1,3}\u001e`);

/** Output with many partial marks, and no complete one. */
const output = fc
  .array(
    fc.oneof(
      fc.constantFrom('\u001e', `\u001e${MARK}`, `\u001e${MARK} `, `\u001e${MARK} 12x`, '\u001e\u001e'),
      fc.string({ unit: 'binary-ascii' }),
    ),
  )
  .map((parts) => parts.join(''))
  // The mark that follows could complete one at its end.
  .filter((text) => !WHOLE_MARK.test(`${text}\u001e`));
const cuts = fc.array(fc.nat(500), { maxLength: 12 });

test('for any chunks, all output comes before the exit code, and nothing after it', () => {
  fc.assert(
    fc.property(output, fc.nat(255), fc.string({ unit: 'binary-ascii' }), cuts, (out, code, later, at) => {
      const data = Buffer.from(`${out}\u001e${MARK} ${code}\u001e${later}`, 'latin1');
      assert.deepEqual(read(cut(data, at)), { out, code });
    }),
  );
});

test('without a mark everything is output, and there is no exit code', () => {
  fc.assert(
    fc.property(output, cuts, (out, at) => {
      assert.deepEqual(read(cut(Buffer.from(out, 'latin1'), at)), { out, code: null });
    }),
  );
});

test('the wrapper marks both streams and reads the rest of the input', LINUX, () => {
  const ran = (...command: string[]): unknown => {
    const [program = '', ...args] = withExitMark(command, MARK);
    // A writer fails with EPIPE if its input is not read to the end.
    const { stdout, stderr, status, error } = spawnSync(program, args, { input: Buffer.alloc(1024 * 1024, 'x') });
    return { out: read([stdout]), err: read([stderr]), status, error };
  };
  const said = (code: number, out = '', err = ''): unknown => ({
    out: { out, code },
    err: { out: err, code },
    status: code,
    error: undefined,
  });
  assert.deepEqual(ran('sh', '-c', 'head -c 3; echo err >&2; exit 4'), said(4, 'xxx', 'err\n'));
  assert.deepEqual(ran('sh', '-c', 'exec <&- >&- 2>&-; exit 0'), said(0));
  assert.deepEqual(ran('sh', '-c', 'kill -KILL $$'), said(137));
  // The command's output contains the wrapper itself, which does not end it.
  assert.deepEqual(ran('printf', '%s', withExitMark([], MARK).join(' ')), said(0, withExitMark([], MARK).join(' ')));
});
