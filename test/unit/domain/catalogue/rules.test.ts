/** Small rules of the catalogue: references, lookups, access, runtimes, presentation, export. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { App } from '#protocol/app.ts';
import type { AppDocument } from '#protocol/manager.ts';
import { visibleTo } from '#domain/catalogue/acl.ts';
import { toApp } from '#domain/catalogue/app.ts';
import { exportInspect } from '#domain/catalogue/export.ts';
import { iconOf } from '#domain/catalogue/icon.ts';
import { parseInspect } from '#domain/catalogue/image-inspect.ts';
import { findApp, findDocument } from '#domain/catalogue/lookup.ts';
import { pullReference } from '#domain/catalogue/reference.ts';
import { CAPABILITIES as containers } from '../../../fakes/engine.ts';
import { classNameFor, DEFAULT_LIMITS, limitsFor, runtimeFor } from '#domain/catalogue/runtime.ts';
import { DeskpodError } from '#domain/errors.ts';
import { CLUSTER_CAPABILITIES as kubernetes } from '../../../fakes/engine.ts';
import { imageInfo, inspectOf } from '../../../fakes/catalogue.ts';

function document(tag: string, labels: Record<string, string> = {}): AppDocument {
  const found = parseInspect(inspectOf(tag, labels))?.documents[0];
  assert.ok(found);
  return found;
}

test('an id without a registry is pulled from docker.io, any other one unchanged', () => {
  assert.equal(pullReference('abcdesktopio/2048-alpine.d:3.0'), 'docker.io/abcdesktopio/2048-alpine.d:3.0');
  assert.equal(pullReference('debian:trixie'), 'docker.io/library/debian:trixie');
  for (const id of ['ghcr.io/a/b:1', 'localhost/deskpod/x:latest', 'host:5000/x', `sha256:${'a'.repeat(64)}`])
    assert.equal(pullReference(id), id);
});

test('an entry is found by its exact id first', () => {
  const far = document('ghcr.io/apps/paint:1');
  const near = document('apps/paint:1');
  assert.equal(findDocument([far, near], 'apps/paint:1'), near);
  assert.equal(findDocument([far], 'apps/paint:1'), far);
  assert.equal(findDocument([far], 'other.example/apps/paint:1'), far);
  assert.equal(findDocument([far, near], near.sha_id), near);
  assert.equal(findDocument([far, near], near.sha_id.slice('sha256:'.length)), near);
  assert.equal(findDocument([far], 'paint:1'), null);
  assert.equal(findDocument([far], ''), null);
});

test("an app is found by a program's name, in the documented order", () => {
  const one = document('a/one:1', {
    'oc.name': 'one',
    'oc.launch': 'One.One',
    'oc.path': '/usr/bin/editor',
    'oc.mimetype': 'text/plain',
  });
  const two = document('a/two:1', {
    'oc.name': 'editor',
    'oc.launch': 'Two.Two',
    'oc.path': '/opt/two',
    'oc.mimetype': 'text/plain',
    'oc.usedefaultapplication': 'true',
  });
  assert.equal(findApp([one, two], 'editor'), two, 'the name takes precedence over the executable');
  assert.equal(findApp([one], 'editor'), one);
  assert.equal(findApp([one, two], 'One.One'), one);
  assert.equal(findApp([one, two], '/opt/two'), two);
  assert.equal(findApp([one, two], 'text/plain'), two, 'the default application takes precedence');
  assert.equal(findApp([one, two], 'nothing'), null);
});

test('deny overrides permit, and no match means denied', () => {
  const may = (acl: { permit: string[]; deny?: string[] }, ...labels: string[]) => visibleTo({ acl }, labels);
  assert.equal(may({ permit: ['all'] }), true);
  assert.equal(may({ permit: ['crew'] }, 'crew', 'x'), true);
  assert.equal(may({ permit: ['crew'] }, 'staff'), false);
  assert.equal(may({ permit: ['all'], deny: ['guests'] }, 'guests'), false);
  assert.equal(may({ permit: ['all'], deny: ['all'] }, 'crew'), false);
  assert.equal(may({ permit: [] }, 'crew'), false);
});

test('an app with an option that Kubernetes forbids in an ephemeral container runs as a pod, or is refused if it must not', () => {
  const classes = {
    silver: { limits: { memoryBytes: 1 } },
    gpu: { limits: {}, pod: { nodeSelector: { gpu: 'yes' } } },
  };
  const app = document('a:1', { 'oc.executeclassname': 'silver' });
  const moved = runtimeFor(app, undefined, classes, kubernetes);
  assert.equal(moved.runtime, 'pod_application');
  assert.match(moved.moved ?? '', /the limits of execute class silver/);
  const refused = () => runtimeFor(app, 'ephemeral_container', classes, kubernetes);
  assert.throws(
    refused,
    (error) => error instanceof DeskpodError && error.code === 'runtime_refused' && error.field === 'runtime',
  );
  assert.match(
    runtimeFor(document('b:1', { 'oc.executeclassname': 'gpu' }), undefined, classes, kubernetes).moved ?? '',
    /nodes/,
  );
  assert.deepEqual(runtimeFor(app, undefined, classes, containers), { runtime: 'ephemeral_container', moved: null });
  assert.deepEqual(runtimeFor(document('c:1'), undefined, classes, kubernetes), {
    runtime: 'ephemeral_container',
    moved: null,
  });
  assert.deepEqual(runtimeFor(document('c:1'), 'pod_application', classes, kubernetes), {
    runtime: 'pod_application',
    moved: null,
  });
});

test('limits are those of the class, then the default class, then the built-in ones', () => {
  const classes = { default: { limits: { cpus: 2 } }, silver: { limits: { memoryBytes: 4096 } } };
  const of = (labels: Record<string, string>) =>
    limitsFor(document('a:1', labels), classes, 'pod_application', containers);
  assert.deepEqual(of({ 'oc.executeclassname': 'silver' }), {
    memoryBytes: 4096,
    cpus: 2,
    processes: DEFAULT_LIMITS.processes,
  });
  assert.deepEqual(of({}), { ...DEFAULT_LIMITS, cpus: 2 });
  assert.deepEqual(of({ 'oc.executeclassname': 'constructor' }), { ...DEFAULT_LIMITS, cpus: 2 });
  assert.deepEqual(limitsFor(document('a:1'), classes, 'ephemeral_container', kubernetes), {});
  const pod = limitsFor(document('a:1'), classes, 'pod_application', kubernetes);
  assert.equal('processes' in pod, false, 'a cluster does not limit processes');
});

test('the limits of an app itself are behind those of the class that it names, and before those of the default class', () => {
  const classes = { default: { limits: { cpus: 2, processes: 9 } }, silver: { limits: { memoryBytes: 4096 } } };
  const of = (labels: Record<string, string>) =>
    limitsFor(
      document('a:1', { 'oc.limits': '{"memoryBytes":8192,"cpus":3}', ...labels }),
      classes,
      'pod_application',
      containers,
    );
  assert.deepEqual(of({}), { memoryBytes: 8192, cpus: 3, processes: 9 });
  assert.deepEqual(of({ 'oc.executeclassname': 'silver' }), { memoryBytes: 4096, cpus: 3, processes: 9 });
  assert.deepEqual(of({ 'oc.limits': '2Gi' }), { ...DEFAULT_LIMITS, cpus: 2, processes: 9 }, 'unreadable');
});

test('an app without a class, or with an unknown one, is of the default class', () => {
  const classes = { default: { limits: {} }, silver: { limits: {} } };
  const of = (labels: Record<string, string>) => classNameFor(document('a:1', labels), classes);
  assert.equal(of({ 'oc.executeclassname': 'silver' }), 'silver');
  for (const name of ['gold', 'constructor']) assert.equal(of({ 'oc.executeclassname': name }), 'default');
  assert.equal(of({}), 'default');
});

test('the app that users see matches the protocol, with the icon addressed by its content', () => {
  const entry = document('a/b:1', {
    'oc.icondata': Buffer.from('<?xml?><svg/>').toString('base64'),
    'oc.keyword': 'x, y,x',
    'oc.cat': 'Games',
    'oc.showinview': 'dock',
    'oc.comment': 'NSS_SDB_USE_CACHE=yes',
  });
  const app = App.parse(toApp(entry, { state: 'ready' }));
  assert.match(app.iconUrl ?? '', /^\/api\/v1\/apps\/icon\?app=a%2Fb%3A1&v=[0-9a-f]{12}$/);
  assert.deepEqual([app.keywords, app.categories, app.pinned, app.description], [['x', 'y'], ['games'], true, null]);
  assert.equal(iconOf(entry)?.type, 'image/svg+xml');
  assert.equal(toApp(document('a:1', { 'oc.icondata': 'AAAA' }), { state: 'ready' }).iconUrl, null);
  assert.equal(
    toApp(document('a:1', { 'oc.comment': 'Draws pictures.' }), { state: 'ready' }).description,
    'Draws pictures.',
  );
});

test('an image that is exported by its digest is known by it', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const exported = exportInspect(imageInfo('localhost/deskpod/2048-gtk:latest'), {
    name: `2048-alpine.d@${digest}`,
    registry: 'registry.example.org/apps',
  });
  const entry = parseInspect(exported)?.documents[0];
  assert.equal(entry?.id, `registry.example.org/apps/2048-alpine.d@${digest}`);
  assert.equal(entry?.name, '2048-alpine');
});

test('an exported image is an entry that another installation accepts under its new name', () => {
  const exported = exportInspect(imageInfo('localhost/deskpod/2048-gtk:latest'), {
    name: '2048-alpine.d:3.0',
    registry: 'registry.example.org/apps/',
  });
  const entry = parseInspect(exported)?.documents[0];
  assert.equal(entry?.id, 'registry.example.org/apps/2048-alpine.d:3.0');
  assert.deepEqual([entry?.name, entry?.keyword, entry?.launch], ['2048-alpine', '2048-alpine', 'paint.Paint']);
  assert.deepEqual(entry?.cmd, ['/usr/bin/paint']);
  const changed = exportInspect(imageInfo('x', { 'oc.name': 'x', 'deskpod.source': 'abc' }), {
    name: 'y:1',
    registry: '',
    labels: { 'oc.containerengine': 'pod_application' },
  });
  const config = z.object({ Labels: z.record(z.string(), z.string()) }).parse(changed[0]['Config']);
  assert.deepEqual(config.Labels, { 'oc.name': 'y', 'oc.keyword': 'y', 'oc.containerengine': 'pod_application' });
  const unnamed = exportInspect(imageInfo('x'), { name: 'paint', registry: '' });
  assert.deepEqual(unnamed[0]['RepoTags'], ['paint:latest']);
});
