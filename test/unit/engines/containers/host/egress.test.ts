/** Applying the restrictions of connections, and telling administrators when that fails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Egress, type EgressOptions, removeEgress } from '#engines/containers/host/egress.ts';
import { DEFAULT_EGRESS } from '../../../../fixtures/egress.ts';

/** A machine whose nft records its input, or refuses it with a reason. */
function machine(more: Partial<EgressOptions> = {}) {
  const inputs: string[] = [];
  const failures: string[] = [];
  const state: { refusal: string | null } = { refusal: null };
  const nft = async (input: string): Promise<void> => {
    inputs.push(input);
    if (state.refusal !== null) throw new Error(state.refusal);
  };
  const events = { failed: (_what: string, error: unknown) => failures.push(String(error)) };
  const options = { table: 'deskpod-x', bridges: ['dp-0a1b*'], policy: DEFAULT_EGRESS, events, nft, ...more };
  return { inputs, failures, state, nft, open: () => Egress.open(options) };
}

test('the rules are applied when the engine opens and before each desktop', async () => {
  const { inputs, open } = machine();
  const egress = await open();
  await egress.apply();
  assert.equal(inputs.length, 2);
  assert.match(inputs[1] ?? '', /chain forward/);
  assert.deepEqual(egress.warnings(), []);
});

test('desktops that start at the same time apply them once', async () => {
  const { inputs, open } = machine();
  const egress = await open();
  await Promise.all([egress.apply(), egress.apply(), egress.apply()]);
  assert.equal(inputs.length, 2);
});

test('a kernel without nftables is a warning that says what to install, until it works', async () => {
  const { failures, state, open } = machine();
  state.refusal = "nft can't be run (spawn nft ENOENT)";
  const egress = await open();
  await egress.apply();
  const [warning] = egress.warnings();
  assert.match(
    warning?.text ?? '',
    /^Programs in desktops can connect .*network\.egress has no effect.*spawn nft ENOENT/,
  );
  assert.deepEqual(warning?.commands, ['apt-get install nftables']);
  assert.deepEqual(failures, [], 'who opens the engine logs its warnings');
  state.refusal = null;
  await egress.apply();
  assert.deepEqual(egress.warnings(), []);
});

test('rules that are refused later are logged once', async () => {
  const { failures, state, open } = machine();
  const egress = await open();
  state.refusal = 'nft refuses the rules (Operation not permitted)';
  await egress.apply();
  await egress.apply();
  assert.deepEqual(failures, ['Error: nft refuses the rules (Operation not permitted)']);
  assert.equal(egress.warnings().length, 1);
});

test('an engine whose networks are elsewhere is a warning', async () => {
  const { open } = machine();
  const egress = await open();
  egress.check('lo');
  assert.deepEqual(egress.warnings(), []);
  egress.check('dp-0a1b-missing');
  assert.match(egress.warnings()[0]?.text ?? '', /aren't in the server's network namespace/);
  await egress.apply();
  assert.equal(egress.warnings().length, 1, 'applying the rules here changes nothing there');
});

test('disabled rules are removed, and nothing is checked or applied', async () => {
  const { inputs, open } = machine({ policy: { ...DEFAULT_EGRESS, enabled: false } });
  const egress = await open();
  await egress.apply();
  egress.check('dp-0a1b-missing');
  assert.deepEqual(inputs, ['table inet deskpod-x\ndelete table inet deskpod-x\n']);
  assert.deepEqual(egress.warnings(), []);
});

test('removing rules succeeds without nftables', async () => {
  const { state, nft } = machine();
  state.refusal = 'spawn nft ENOENT';
  await removeEgress('deskpod-x', nft);
});
