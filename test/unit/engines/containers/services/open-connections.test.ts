/** Counting the connections to a service's socket in the kernel's table. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionsIn } from '#engines/containers/services/open-connections.ts';

const TABLE = `Num       RefCount Protocol Flags    Type St Inode Path
ffff9f0a40b3a000: 00000002 00000000 00010000 0001 01 912 /tmp/.pulseaudio/own.sock
ffff9f0a40b3a400: 00000003 00000000 00000000 0001 03 913 /tmp/.pulseaudio/own.sock
ffff9f0a40b3a800: 00000003 00000000 00000000 0001 03 914 /tmp/.pulseaudio/own.sock
ffff9f0a40b3ac00: 00000003 00000000 00000000 0001 03 915 /tmp/.pulseaudio/own.sock.other
ffff9f0a40b3b000: 00000003 00000000 00000000 0001 03 916
ffff9f0a40b3b400: 00000002 00000000 00000000 0001 02 917 /tmp/.pulseaudio/own.sock
`;

test('accepted connections count; the listener, others and unnamed ends do not', () => {
  assert.equal(connectionsIn(TABLE, '/tmp/.pulseaudio/own.sock'), 2);
  assert.equal(connectionsIn(TABLE, '/tmp/.pulseaudio/nothing'), 0);
  assert.equal(connectionsIn('', '/tmp/.pulseaudio/own.sock'), 0);
});
