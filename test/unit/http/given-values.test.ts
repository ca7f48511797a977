/** The values that somebody gave at a launch, as the owner, support and a support archive show them. */
import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { test } from 'node:test';
import { MASK } from '#domain/launches/environment.ts';
import { Launch, LaunchDetail } from '#protocol/launch.ts';
import { Inspection } from '#protocol/inspect.ts';
import { debugStage } from '../../fakes/debug.ts';
import { eventually } from '../../fakes/launches.ts';
import { anInspectedContainer } from '../../fixtures/inspected-container.ts';

const GIVEN = { CITY: 'New New York', API_TOKEN: 'hunter2', DATABASE: 'postgres://u:hunter3@h/db' };
const SHOWN = { CITY: GIVEN.CITY, API_TOKEN: MASK, DATABASE: `postgres://u:${MASK}@h/db` };

async function stageWithLaunch(publicEnv: readonly string[] = []) {
  const stage = await debugStage();
  const desktopId = await stage.fry.startDesktop();
  const { engine, context } = stage.api;
  const { id } = Launch.parse((await stage.fry.send('POST', '/launches', { app: 'game', env: GIVEN, publicEnv })).body);
  await eventually(() => engine.launchesById.get(id));
  await context.launches.settled(AbortSignal.timeout(5000));
  const environment = { CITY: GIVEN.CITY, DATABASE: SHOWN.DATABASE, DISPLAY: ':0' };
  const containers = [anInspectedContainer(id, { launchId: id, environment })];
  const found = { desktopId, userId: 'fry', containers, entries: { finished: 0, most: null }, size: null };
  engine.debug.inspect = async () => found;
  engine.debug.describe = async () => `Environment:\n  CITY:  ${GIVEN.CITY}\n  DISPLAY:  :0\n`;
  return Object.assign(stage, { id, desktopId });
}

test('the owner sees them, support sees their names only', async () => {
  await using stage = await stageWithLaunch();
  const { id, desktopId, fry, support } = stage;
  const detail = async (person: typeof fry) => LaunchDetail.parse((await person.send('GET', `/launches/${id}`)).body);
  assert.deepEqual((await detail(fry)).requested.env, SHOWN);
  assert.equal((await detail(fry)).environment['CITY'], GIVEN.CITY);
  assert.deepEqual((await detail(support)).requested.env, { CITY: MASK, API_TOKEN: MASK, DATABASE: MASK });
  assert.equal((await detail(support)).environment['CITY'], MASK);

  const inspected = async (person: typeof fry) =>
    Inspection.parse((await person.send('GET', `/desktops/${desktopId}/inspect`)).body).containers[0]?.environment;
  assert.deepEqual(await inspected(fry), { CITY: GIVEN.CITY, DATABASE: SHOWN.DATABASE, DISPLAY: ':0' });
  assert.deepEqual(await inspected(support), { CITY: MASK, DATABASE: SHOWN.DATABASE, DISPLAY: ':0' });

  const described = async (person: typeof fry) => (await person.send('GET', `/desktops/${desktopId}/describe`)).text;
  assert.match(await described(fry), /CITY: {2}New New York/);
  assert.match(await described(support), /CITY: {2}••••\n {2}DISPLAY: {2}:0/);
});

test('a support archive masks them, also for the owner', async () => {
  await using stage = await stageWithLaunch();
  const headers = { authorization: `Bearer ${stage.fry.token}` };
  const reply = await stage.api.app.inject({ url: `/api/v1/launches/${stage.id}/support`, headers });
  const text = gunzipSync(reply.rawPayload).toString();
  assert.match(text, /"CITY": "••••"/);
  for (const value of Object.values(GIVEN)) assert.doesNotMatch(text, new RegExp(RegExp.escape(value)));
});

test('a launch that is repeated with masked values keeps the original values, for its owner only', async () => {
  await using stage = await stageWithLaunch();
  await stage.admin.startDesktop();
  const env = { ...SHOWN, COLOUR: 'red' };
  const masked = { CITY: MASK, API_TOKEN: MASK, DATABASE: MASK, COLOUR: 'red' };
  const again = async (person: typeof stage.fry, payload: object) => {
    const { id } = Launch.parse((await person.send('POST', `/launches/${stage.id}/again`, { ...payload })).body);
    return (await stage.api.context.store.launches.find(id))?.env;
  };
  assert.deepEqual(await again(stage.fry, { env }), { ...GIVEN, COLOUR: 'red' });
  assert.deepEqual(await again(stage.fry, {}), GIVEN);
  assert.deepEqual(await again(stage.admin, { env: masked }), { COLOUR: 'red' });
  assert.deepEqual(await again(stage.admin, {}), {});
});

test('support sees the values that the owner made public, in details, inspection, description and archive', async () => {
  await using stage = await stageWithLaunch(['CITY', 'DATABASE']);
  const { id, desktopId, support } = stage;
  const { environment, requested } = LaunchDetail.parse((await support.send('GET', `/launches/${id}`)).body);
  assert.deepEqual(requested.env, SHOWN, 'passwords in URLs stay masked');
  assert.deepEqual(requested.publicEnv, ['CITY', 'DATABASE']);
  assert.deepEqual([environment['CITY'], environment['API_TOKEN']], [GIVEN.CITY, MASK]);
  const inspected = Inspection.parse((await support.send('GET', `/desktops/${desktopId}/inspect`)).body);
  assert.equal(inspected.containers[0]?.environment['CITY'], GIVEN.CITY);
  assert.match((await support.send('GET', `/desktops/${desktopId}/describe`)).text, /CITY: {2}New New York/);
  const headers = { authorization: `Bearer ${support.token}` };
  const reply = await stage.api.app.inject({ url: `/api/v1/launches/${id}/support`, headers });
  const text = gunzipSync(reply.rawPayload).toString();
  assert.match(text, /"CITY": "New New York"/);
  assert.doesNotMatch(text, /hunter/);
});

test('a name that looks like that of a secret cannot be made public', async () => {
  await using stage = await stageWithLaunch();
  const { code, field, message } = await stage.fry.refusal('POST', '/launches', {
    app: 'game',
    env: GIVEN,
    publicEnv: ['API_TOKEN'],
  });
  assert.deepEqual([code, field], ['invalid_request', 'publicEnv.0']);
  assert.match(message, /looks like that of a secret, which stays hidden/);
});

test('a repeated launch keeps what was public; others repeat it with the values that they may read', async () => {
  await using stage = await stageWithLaunch(['CITY', 'DATABASE']);
  await stage.admin.startDesktop();
  const again = async (person: typeof stage.fry, payload: object) => {
    const { id } = Launch.parse((await person.send('POST', `/launches/${stage.id}/again`, { ...payload })).body);
    const record = await stage.api.context.store.launches.find(id);
    return { env: record?.env, publicEnv: record?.publicEnv };
  };
  assert.deepEqual(await again(stage.fry, {}), { env: GIVEN, publicEnv: ['CITY', 'DATABASE'] });
  assert.deepEqual(await again(stage.fry, { env: SHOWN, publicEnv: [] }), { env: GIVEN, publicEnv: [] });
  const readable = { env: { CITY: GIVEN.CITY }, publicEnv: ['CITY'] };
  assert.deepEqual(await again(stage.admin, {}), readable);
  assert.deepEqual(await again(stage.admin, { env: { ...SHOWN, API_TOKEN: MASK } }), readable);
});

test('defaults of an app, which an administrator sets, are nothing that a user makes public', async () => {
  await using stage = await stageWithLaunch();
  const { store } = stage.api.context;
  const appId = (await store.launches.find(stage.id))?.appId ?? assert.fail();
  await store.apps.setDefaults(appId, { env: { LICENCE: 'of the company' }, args: [] });
  const request = { app: 'game', env: { CITY: 'x' }, publicEnv: ['LICENCE', 'CITY'] };
  const { id } = Launch.parse((await stage.fry.send('POST', '/launches', request)).body);
  assert.deepEqual((await store.launches.find(id))?.publicEnv, ['CITY']);
});
