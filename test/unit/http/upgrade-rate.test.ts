/** Clients of one network can't open WebSockets without end; proxies and this machine can. */
import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { limitUpgrades } from '#http/upgrade-rate.ts';
import { failsWith } from '../../fixtures/fails-with.ts';

function from(address: string): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.headers['x-forwarded-for'] = address;
  return request;
}

test('one network has five times the rate of a user, whichever of its addresses is used', () => {
  const check = limitUpgrades({ perMinute: 2, isProxy: () => false, now: () => 0 });
  for (let index = 0; index < 10; index += 1) check(from(`2001:db8::${index}`));
  assert.throws(() => check(from('2001:db8::ffff')), failsWith('too_many_attempts', /10 per minute/));
  check(from('2001:db8:0:1::1'));
  check(from('203.0.113.7'));
});

test('loopback and trusted proxies have no limit of their own', () => {
  const check = limitUpgrades({ perMinute: 1, isProxy: (address) => address === '10.0.0.1', now: () => 0 });
  for (let index = 0; index < 20; index += 1) for (const address of ['127.0.0.1', '10.0.0.1']) check(from(address));
});
