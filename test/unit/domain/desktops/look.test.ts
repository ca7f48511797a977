/** A desktop's look: set once per change, in order, and the last request wins. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { DesktopLook } from '#domain/desktops/look.ts';
import type { ExecSession, ExecSpec } from '#domain/ports/engine-launch.ts';

function painter() {
  const commands: string[] = [];
  const ends: PromiseWithResolvers<number>[] = [];
  const exec = async (_target: unknown, { command }: ExecSpec): Promise<ExecSession> => {
    commands.push(command.join(' '));
    const end = Promise.withResolvers<number>();
    ends.push(end);
    return { stream: new PassThrough(), stderr: null, resize: async () => {}, exitCode: end.promise };
  };
  return { exec, commands, ends };
}

test('the look that a desktop started with is not set again', async () => {
  const look = new DesktopLook();
  const engine = painter();
  look.choose({ scale: 150 });
  assert.deepEqual(look.start(), { theme: 'dark', scale: 150 });
  await look.paint(engine, 'd');
  assert.deepEqual(engine.commands, []);
});

test('requests during a change wait for its end, and only the last one counts', async () => {
  const look = new DesktopLook();
  const engine = painter();
  look.start();
  look.choose({ theme: 'light' });
  const painting = look.paint(engine, 'd');
  await Promise.resolve();
  look.choose({ theme: 'dark' });
  look.choose({ scale: 200 });
  await look.paint(engine, 'd');
  assert.deepEqual(engine.commands, ['theme light 100']);
  engine.ends[0]?.resolve(0);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(engine.commands, ['theme light 100', 'theme dark 200']);
  engine.ends[1]?.resolve(0);
  await painting;
  assert.deepEqual(look.chosen, { theme: 'dark', scale: 200 });
});

test('after a failure the next request is tried', async () => {
  const look = new DesktopLook();
  look.choose({ theme: 'light', scale: 100 });
  await assert.rejects(look.paint({ exec: () => Promise.reject(new Error('gone')) }, 'd'), /gone/);
  const engine = painter();
  look.choose({ theme: 'dark' });
  const painting = look.paint(engine, 'd');
  engine.ends[0]?.resolve(0);
  await painting;
  assert.deepEqual(engine.commands, ['theme dark 100']);
});

test('a server that has just started leaves what it does not know', async () => {
  const look = new DesktopLook();
  const engine = painter();
  look.choose({ scale: 125 });
  const painting = look.paint(engine, 'd');
  engine.ends[0]?.resolve(0);
  await painting;
  assert.deepEqual(engine.commands, ['theme - 125']);
});

test('programs start with cursors of the scale, and Qt follows the scale of the desktop', () => {
  const look = new DesktopLook();
  assert.equal(look.environment['XCURSOR_SIZE'], undefined, 'the size is unknown');
  look.choose({ scale: 150 });
  assert.equal(look.environment['XCURSOR_SIZE'], '36');
  assert.equal(look.environment['QT_AUTO_SCREEN_SCALE_FACTOR'], '1');
});
