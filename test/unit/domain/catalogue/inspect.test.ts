/** Converts output of docker and crictl to catalogue entries. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseInspect } from '#domain/catalogue/image-inspect.ts';
import type { AppDocument } from '#protocol/manager.ts';
import { AppDocument as Schema } from '#protocol/manager.ts';
import { inspectOf, LABELS } from '../../../fakes/catalogue.ts';

function parse(entry: unknown): AppDocument {
  const parsed = parseInspect(entry);
  assert.deepEqual(parsed?.skipped, []);
  assert.ok(parsed?.documents[0]);
  return Schema.parse(parsed.documents[0]);
}

function complaints(entry: unknown): string[] {
  const parsed = parseInspect(entry);
  assert.equal(parsed?.documents.length, 0);
  return parsed?.skipped.map(({ field, message }) => `${field} ${message}`) ?? [];
}

function warnings(entry: unknown): string[] {
  return parseInspect(entry)?.warnings.map(({ field }) => field) ?? [];
}

test('an app can ask for a seccomp profile that the server knows, by its name, and for no other', () => {
  assert.equal(parse(inspectOf('a:1', { 'oc.seccomp': 'browser-sandbox' })).seccomp, 'browser-sandbox');
  assert.ok(!('seccomp' in parse(inspectOf('a:1'))));
  for (const other of ['unconfined', '/tmp/profile.json', '../browser-sandbox', '{"defaultAction":"SCMP_ACT_ALLOW"}']) {
    const entry = inspectOf('a:1', { 'oc.seccomp': other });
    assert.ok(!('seccomp' in parse(entry)), other);
    assert.deepEqual(warnings(entry), ['Config.Labels."oc.seccomp"']);
  }
});

test('every documented label sets its field', () => {
  const document = parse(
    inspectOf('apps/writer:1', {
      'oc.wm_class': 'Writer',
      'oc.icondata': 'PHN2Zy8+',
      'oc.keyword': 'writer,office',
      'oc.uniquerunkey': 'libreoffice',
      'oc.cat': 'office,utilities',
      'oc.args': '--writer',
      'oc.execmode': 'builtin',
      'oc.showinview': 'dock',
      'oc.comment': 'A word processor',
      'oc.desktopfile': 'writer.desktop',
      'oc.executeclassname': 'gold',
      'oc.path': '/usr/lib/office/program/soffice',
      'oc.usedefaultapplication': 'true',
      'oc.mimetype': 'text/rtf;application/msword;',
      'oc.fileextensions': 'rtf;doc',
      'oc.legacyfileextensions': 'uot',
      'oc.secrets_requirement': '["ntlm","other/kerberos"]',
      'oc.containerengine': 'pod_application',
      'oc.securitycontext': '{"runAsUser":1000}',
      'oc.rules': '{"homedir":{"default":true}}',
      'oc.acl': '{"permit":["shipcrew"],"deny":["guests"]}',
    }),
  );
  assert.deepEqual(document, {
    cmd: ['/composer/appli-docker-entrypoint.sh'],
    path: '/usr/lib/office/program/soffice',
    sha_id: 'sha256:617070732f7772697465723a3100000000000000000000000000000000000000',
    id: 'apps/writer:1',
    architecture: 'amd64',
    os: 'linux',
    rules: { homedir: { default: true } },
    acl: { permit: ['shipcrew'], deny: ['guests'] },
    launch: 'paint.Paint',
    wm_class: 'Writer',
    name: 'paint',
    icon: 'paint.svg',
    icondata: 'PHN2Zy8+',
    keyword: 'writer,office',
    uniquerunkey: 'libreoffice',
    cat: 'office,utilities',
    args: '--writer',
    execmode: 'builtin',
    showinview: 'dock',
    displayname: 'Paint',
    comment: 'A word processor',
    desktopfile: 'writer.desktop',
    executeclassname: 'gold',
    executablefilename: 'soffice',
    usedefaultapplication: true,
    mimetype: ['text/rtf', 'application/msword'],
    fileextensions: ['rtf', 'doc'],
    legacyfileextensions: ['uot'],
    secrets_requirement: ['abcdesktop/ntlm', 'other/kerberos'],
    containerengine: 'pod_application',
    securitycontext: { runAsUser: 1000 },
    created: '2026-01-02T03:04:05.678901234Z',
  });
});

test('an entry with only the mandatory labels gets the documented defaults', () => {
  const labels = { 'oc.name': 'paint', 'oc.launch': 'paint.Paint', 'oc.icon': 'paint.svg' };
  const document = parse(inspectOf('paint:1', {}, { Config: { Labels: labels } }));
  assert.equal(document.displayname, 'paint');
  assert.equal(document.containerengine, 'ephemeral_container');
  assert.deepEqual(document.acl, { permit: ['all'] });
  assert.deepEqual([document.rules, document.securitycontext, document.mimetype], [{}, {}, []]);
  assert.deepEqual(document.cmd, ['/composer/appli-docker-entrypoint.sh']);
  assert.deepEqual([document.path, document.secrets_requirement, document.icondata], [null, null, null]);
});

test('the command is that of the image; bash alone is replaced by the entrypoint of the contract', () => {
  const withConfig = (config: object) => parse(inspectOf('p:1', {}, { Config: { Labels: LABELS, ...config } })).cmd;
  assert.deepEqual(withConfig({ Cmd: ['bash'] }), ['bash', '/composer/appli-docker-entrypoint.sh']);
  assert.deepEqual(withConfig({ Entrypoint: ['/init'], Cmd: ['paint', '-x'] }), ['/init', 'paint', '-x']);
  assert.deepEqual(withConfig({ Cmd: ['/usr/bin/xeyes'] }), ['/usr/bin/xeyes']);
});

test('the id is the first of several tags, or the digest without one', () => {
  assert.equal(parse({ ...inspectOf('a:1'), RepoTags: ['a/b:3.0', 'a/b:dev'] }).id, 'a/b:3.0');
  const digest = `a/b@sha256:${'0'.repeat(64)}`;
  assert.equal(parse({ ...inspectOf('a:1'), RepoTags: [], RepoDigests: [digest] }).id, digest);
  assert.equal(parse({ ...inspectOf('a:1'), RepoTags: ['<none>:<none>'], RepoDigests: [digest] }).id, digest);
  assert.deepEqual(complaints({ ...inspectOf('a:1'), RepoTags: null }), [
    'RepoTags[0] is missing: the image has neither tag nor digest',
  ]);
});

test('ids keep registry, port, path and case', () => {
  const id = 'registry.example.org:5000/Group/sub/paint.d:3.0-rc_1';
  assert.equal(parse(inspectOf(id)).id, id);
});

test('the output of crictl is read with its labels', () => {
  const document = parse({
    status: { id: 'sha256:abc', repoTags: ['docker.io/apps/paint:1'], repoDigests: [] },
    info: {
      imageSpec: {
        architecture: 'arm64',
        os: 'linux',
        created: '2026-01-01T00:00:00Z',
        config: { Cmd: ['p'], Labels: LABELS },
      },
    },
  });
  assert.deepEqual([document.id, document.sha_id, document.name], ['docker.io/apps/paint:1', 'sha256:abc', 'paint']);
  assert.deepEqual([document.architecture, document.cmd], ['arm64', ['p']]);
});

test('an error names the field as in the input', () => {
  assert.deepEqual(complaints(inspectOf('a:1', { 'oc.icon': '' })), ['Config.Labels."oc.icon" is missing or empty']);
  assert.deepEqual(complaints(inspectOf('a:1', { 'oc.name': 5 })), [
    'Config.Labels."oc.name" must be a string, not number',
  ]);
  assert.deepEqual(complaints(inspectOf('a:1', { 'oc.containerengine': 'vm' })), [
    'Config.Labels."oc.containerengine" must be ephemeral_container or pod_application',
  ]);
  assert.match(complaints({ ...inspectOf('a:1'), Id: 7 })[0] ?? '', /^Id expected string/);
  assert.match(
    complaints(inspectOf('a:1', {}, { Config: { Cmd: ['a', 2], Labels: LABELS } }))[0] ?? '',
    /^Config\.Cmd\[1\] expected string/,
  );
  assert.match(complaints('text-in-an-array'.split(' '))[0] ?? '', /^body /);
  const crictl = { status: { id: 'x', repoTags: ['a:1'] }, info: { imageSpec: { config: { Labels: {} } } } };
  assert.ok(complaints(crictl).includes('info.imageSpec.config.Labels."oc.launch" is missing or empty'));
});

test('all errors of an entry are reported together', () => {
  const entry = { ...inspectOf('a b:1', {}, { Config: { Labels: {} } }), Id: '' };
  assert.deepEqual(
    complaints(entry).map((line) => line.split(' ')[0]),
    ['Id', 'RepoTags[0]', 'Config.Labels."oc.name"', 'Config.Labels."oc.launch"', 'Config.Labels."oc.icon"'],
  );
});

test('oc.launch defaults to the window class', () => {
  const document = parse(inspectOf('a:1', { 'oc.launch': null, 'oc.wm_class': 'Paint' }));
  assert.equal(document.launch, 'Paint');
});

test('invalid inner labels use their defaults and cause a warning', () => {
  const broken = inspectOf('a:1', {
    'oc.securitycontext': '{allowPrivilegeEscalation:true,readOnlyRootFilesystem:false}',
    'oc.rules': '[1]',
    'oc.icondata': '<svg/>',
    'oc.usedefaultapplication': 'maybe',
  });
  const document = parse(broken);
  assert.deepEqual(
    [document.securitycontext, document.rules, document.icondata, document.usedefaultapplication],
    [{}, {}, null, false],
  );
  assert.deepEqual(warnings(broken).toSorted(), [
    'Config.Labels."oc.icondata"',
    'Config.Labels."oc.rules"',
    'Config.Labels."oc.securitycontext"',
    'Config.Labels."oc.usedefaultapplication"',
  ]);
});

test('an invalid access rule permits nobody', () => {
  for (const acl of ['{permit:["all"]}', '"all"', '{"permit":7}', '[]']) {
    assert.deepEqual(parse(inspectOf('a:1', { 'oc.acl': acl })).acl, { permit: [] }, acl);
  }
  assert.deepEqual(parse(inspectOf('a:1', { 'oc.acl': '{"permit":"all"}' })).acl, { permit: ['all'] });
});

test('secrets can be a single name', () => {
  assert.deepEqual(parse(inspectOf('a:1', { 'oc.secrets_requirement': 'ntlm' })).secrets_requirement, [
    'abcdesktop/ntlm',
  ]);
  assert.deepEqual(parse(inspectOf('a:1', { 'oc.secrets_requirement': '"ntlm"' })).secrets_requirement, [
    'abcdesktop/ntlm',
  ]);
});

test('an empty array is valid, and anything but arrays and objects is not', () => {
  assert.deepEqual(parseInspect([]), { single: false, documents: [], skipped: [], warnings: [] });
  for (const body of [null, 'x', 7, true, undefined]) assert.equal(parseInspect(body), null);
});

test('any input is read without a crash and results only in valid entries', () => {
  const labels = fc.dictionary(
    fc.constantFrom('oc.name', 'oc.launch', 'oc.icon', 'oc.acl', 'oc.rules', 'oc.path'),
    fc.oneof(fc.string(), fc.jsonValue()),
  );
  const entry = fc.record({
    Id: fc.string(),
    RepoTags: fc.oneof(fc.array(fc.string()), fc.constant(null)),
    Config: fc.record({ Labels: labels }),
  });
  const property = fc.property(fc.oneof(fc.jsonValue(), fc.array(entry), entry), (body) => {
    const parsed = parseInspect(body);
    if (parsed === null) return;
    for (const document of parsed.documents) Schema.parse(document);
    const size = Array.isArray(body) ? body.length : 1;
    assert.equal(parsed.documents.length + new Set(parsed.skipped.map(({ index }) => index)).size, size);
  });
  fc.assert(property);
});

test('two megabytes with 120 apps are read at once', () => {
  const icon = 'PHN2'.repeat(4000);
  const text = JSON.stringify(
    Array.from({ length: 120 }, (_, index) => inspectOf(`ghcr.io/apps/app${index}.d:1`, { 'oc.icondata': icon })),
  );
  assert.ok(text.length > 1_900_000);
  const before = performance.now();
  assert.equal(parseInspect(JSON.parse(text))?.documents.length, 120);
  assert.ok(performance.now() - before < 10_000, 'the time grows faster than the input');
});
