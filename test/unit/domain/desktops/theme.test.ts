/** A desktop's theme: set once per change, in order, and the last request wins. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { DesktopTheme } from '#domain/desktops/theme.ts';
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

test('the current theme is not set again', async () => {
  const theme = new DesktopTheme();
  const engine = painter();
  theme.shown = 'dark';
  await theme.paint(engine, 'd');
  assert.deepEqual(engine.commands, []);
});

test('requests during a change wait for its end, and only the last one counts', async () => {
  const theme = new DesktopTheme();
  const engine = painter();
  theme.shown = 'dark';
  theme.chosen = 'light';
  const painting = theme.paint(engine, 'd');
  await Promise.resolve();
  theme.chosen = 'dark';
  await theme.paint(engine, 'd');
  assert.deepEqual(engine.commands, ['theme light']);
  engine.ends[0]?.resolve(0);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(engine.commands, ['theme light', 'theme dark']);
  engine.ends[1]?.resolve(0);
  await painting;
  assert.equal(theme.shown, 'dark');
});

test('after a failure the next request is tried', async () => {
  const theme = new DesktopTheme();
  theme.chosen = 'light';
  await assert.rejects(theme.paint({ exec: () => Promise.reject(new Error('gone')) }, 'd'), /gone/);
  const engine = painter();
  theme.chosen = 'dark';
  const painting = theme.paint(engine, 'd');
  engine.ends[0]?.resolve(0);
  await painting;
  assert.deepEqual(engine.commands, ['theme dark']);
});
