/** The package sources of the base image: those of the machine, in any format. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { carriedOptions, debianSources } from '#containers-client/images/apt-sources.ts';

const DEB822 = `Types: deb
# a note
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: http://mirror.example/debian-security/
Suites: bookworm-security
Components: main
`;

test('sources of this machine are changed to the release of the images, the system before its updates', () => {
  assert.deepEqual(debianSources([DEB822]), [
    'deb http://mirror.example/debian trixie main',
    'deb http://mirror.example/debian trixie-updates main',
    'deb http://mirror.example/debian-security trixie-security main',
  ]);
});

test('the one-line format is read, with options and components', () => {
  const line =
    'deb [arch=amd64 signed-by=/a.gpg] https://mirror.example/debian bookworm main contrib\n# deb http://old.example/debian bookworm main\n';
  assert.deepEqual(debianSources([line]), ['deb https://mirror.example/debian trixie main']);
});

test('archives of others than Debian are ignored', () => {
  const others =
    'deb http://other.example/repo nodistro main\ndeb cdrom:[x]/ bookworm main\ndeb-src http://mirror.example/debian bookworm main\n';
  assert.deepEqual(debianSources([others]), []);
});

test('a disabled stanza is ignored', () => {
  assert.deepEqual(debianSources([`Enabled: no\n${DEB822.split('\n\n')[0]}`]), []);
});

test('updates alone are not a source', () => {
  assert.deepEqual(debianSources(['deb http://mirror.example/s bookworm-security main\n']), []);
});

test('any text is read without an error and results in whole lines', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
      for (const line of debianSources(texts)) assert.match(line, /^deb https?:\/\/\S+ trixie(-\w+)? main$/);
    }),
  );
});

test('proxy and clock settings are copied, and others are not', () => {
  const dump = [
    'Acquire::http::Proxy "http://proxy.example:3128";',
    'Acquire::http::Proxy-Auto-Detect "/usr/bin/detect";',
    'Acquire::Check-Date "false";',
    'Acquire::https::Proxy "";',
    'Acquire::Languages "none";',
  ].join('\n');
  assert.deepEqual(carriedOptions(dump), [
    'Acquire::http::Proxy "http://proxy.example:3128";',
    'Acquire::Check-Date "false";',
  ]);
});
