/** A desktop's theme: painted once per change, in order, and the last wish wins. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { DesktopTheme } from '#domain/desktop-theme.ts';
import type { ExecSession, ExecSpec } from '#domain/engine.ts';

function painter() {
  const commands: string[] = [];
  const ends: PromiseWithResolvers<number>[] = [];
  const exec = async (_target: unknown, { command }: ExecSpec): Promise<ExecSession> => {
    commands.push(command.join(' '));
    const end = Promise.withResolvers<number>();
    ends.push(end);
    return { stream: new PassThrough(), resize: async () => {}, exitCode: end.promise };
  };
  return { exec, commands, ends };
}

test('what the desktop shows already is not painted again', async () => {
  const theme = new DesktopTheme();
  const engine = painter();
  theme.shown = 'dark';
  await theme.paint(engine, 'd');
  assert.deepEqual(engine.commands, []);
});

test('wishes during a change wait for its end, and only the last one counts', async () => {
  const theme = new DesktopTheme();
  const engine = painter();
  theme.shown = 'dark';
  theme.wanted = 'light';
  const painting = theme.paint(engine, 'd');
  await Promise.resolve();
  theme.wanted = 'dark';
  await theme.paint(engine, 'd');
  assert.deepEqual(engine.commands, ['theme light']);
  engine.ends[0]?.resolve(0);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(engine.commands, ['theme light', 'theme dark']);
  engine.ends[1]?.resolve(0);
  await painting;
  assert.equal(theme.shown, 'dark');
});

test('after a failure the next wish is tried', async () => {
  const theme = new DesktopTheme();
  theme.wanted = 'light';
  await assert.rejects(theme.paint({ exec: () => Promise.reject(new Error('gone')) }, 'd'), /gone/);
  const engine = painter();
  theme.wanted = 'dark';
  const painting = theme.paint(engine, 'd');
  engine.ends[0]?.resolve(0);
  await painting;
  assert.deepEqual(engine.commands, ['theme dark']);
});
