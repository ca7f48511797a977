/** Settings for what programs in desktops can connect to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '#config/load.ts';
import { EGRESS_SETTINGS } from '#config/egress-settings.ts';

const egressOf = async (env: Readonly<Record<string, string>>) => {
  const { config } = await loadConfig({ env, defaultFile: null });
  assert.equal(config.engine.kind, 'containers');
  return config.engine.egress;
};

test('by default, the Internet is open and nothing else', async () => {
  const { enabled, internet, except, allow } = await egressOf({});
  assert.deepEqual([enabled, internet, allow], [true, true, []]);
  assert.ok(except.includes('169.254.0.0/16'));
});

test('networks and addresses can be allowed with and without a port', async () => {
  const given = '10.1.2.0/24, 10.1.2.3:445, fd00::/64, [fd00::1]:22, [fd00::/64]:8080, 10.0.0.0/8:53';
  assert.deepEqual((await egressOf({ DESKPOD_EGRESS_ALLOW: given })).allow, [
    { network: '10.1.2.0/24', port: null },
    { network: '10.1.2.3', port: 445 },
    { network: 'fd00::/64', port: null },
    { network: 'fd00::1', port: 22 },
    { network: 'fd00::/64', port: 8080 },
    { network: '10.0.0.0/8', port: 53 },
  ]);
});

test('anything else is refused with examples', () => {
  for (const given of [
    'files.example.org',
    '10.1.2.3:0',
    '10.1.2.3:65536',
    '10.1.2.3:http',
    '10.0.0.0/33',
    '[10.1.2.3',
    'x"; }',
  ])
    assert.match(
      EGRESS_SETTINGS['network.egress.allow'].safeParse([given]).error?.issues[0]?.message ?? '',
      /^is not a network such as 10\.0\.0\.0\/8, 10\.1\.2\.3:445 or \[fd00::1\]:445$/,
      given,
    );
});

test('the restrictions, the Internet and its exceptions are settings', async () => {
  const env = { DESKPOD_EGRESS: 'false', DESKPOD_EGRESS_INTERNET: 'false', DESKPOD_EGRESS_EXCEPT: '203.0.113.0/24' };
  const { classes: _none, ...egress } = await egressOf(env);
  assert.deepEqual(egress, { enabled: false, internet: false, except: ['203.0.113.0/24'], allow: [] });
});
