/** Debian packages of an image, from dpkg's database. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { debianParts, distributionOf } from '#containers-client/sbom/debian.ts';

const OS_RELEASE = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\nVERSION_ID="13"\nVERSION="13 (trixie)"\n';
const STATUS = `Package: libc6
Status: install ok installed
Architecture: amd64
Multi-Arch: same
Source: glibc
Version: 2.41-12+deb13u5
Depends: libgcc-s1
Description: GNU C Library
 Depends: this line belongs to the description

Package: zlib1g
Status: install ok installed
Architecture: amd64
Source: zlib (1:1.3-1)
Version: 1:1.3-1+b1
Provides: libz1 (= 1:1.3-1)
Pre-Depends: libc6 (>= 2.14)

Package: xserver
Status: install ok installed
Architecture: all
Version: 2~rc1
Depends: nothing-like-it | libz1 (>= 1:1), libc6:any, not-here

Package: perl
Status: deinstall ok config-files
Architecture: amd64
Version: 5.40
`;

const parts = debianParts(STATUS, distributionOf(OS_RELEASE));
const LIBC = 'pkg:deb/debian/libc6@2.41-12%2Bdeb13u5?arch=amd64&distro=debian-13&upstream=glibc';
const ZLIB = 'pkg:deb/debian/zlib1g@1:1.3-1%2Bb1?arch=amd64&distro=debian-13&upstream=zlib%401:1.3-1';

test('installed packages have a package URL with architecture, release and source package', () => {
  assert.deepEqual(
    parts.map(({ component }) => component.purl),
    [LIBC, ZLIB, 'pkg:deb/debian/xserver@2~rc1?arch=all&distro=debian-13'],
  );
  assert.deepEqual(
    parts.map(({ component: { name, version } }) => `${name} ${version}`),
    ['libc6 2.41-12+deb13u5', 'zlib1g 1:1.3-1+b1', 'xserver 2~rc1'],
  );
});

test('a removed package that left its configuration is not in the image', () => {
  assert.ok(parts.every(({ component }) => component.name !== 'perl'));
});

test('a package depends on the first alternative that is installed, under its own name or one that it provides', () => {
  assert.deepEqual(parts[2]?.dependsOn, [ZLIB, LIBC]);
  assert.deepEqual(parts[1]?.dependsOn, [LIBC]);
  assert.deepEqual(parts[0]?.dependsOn, []);
});
