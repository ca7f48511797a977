/**
 * The edge of the server for browsers and proxies: unaccepted hosts, the end of a session, the size of the login page.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test, type TestContext } from 'node:test';
import { z } from 'zod';
import { CloseCode } from '#protocol/screen.ts';
import { openScreen, Someone } from './faults-kit.ts';
import { missingBrowser, openBrowser, Person } from './person.ts';
import { Product } from './product.ts';

const SESSION_SECONDS = 60;
const LOGIN_BYTES = 100_000;
/** It takes a moment; a busy machine gets this long. Nothing else would end them within a minute. */
const CLOSED_MS = 20_000;
/** 400 kbit/s with a latency of 300 ms. */
const SLOW = { offline: false, latency: 300, downloadThroughput: 50_000, uploadThroughput: 50_000 };

/** A reverse proxy that sends another Host header than the browser did. */
async function proxyTo(t: TestContext, product: Product, host: string): Promise<string> {
  const { hostname, port } = new URL(product.address);
  const server = createServer((incoming, outgoing) => {
    const passed = request(
      { hostname, port, path: incoming.url, method: incoming.method, headers: { ...incoming.headers, host } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  server.on('upgrade', (incoming, socket) => {
    const upstream = connect(Number(port), hostname);
    const headers = Object.entries({ ...incoming.headers, host }).map(
      ([name, value]) => `${name}: ${String(value)}\r\n`,
    );
    upstream.write(`GET ${incoming.url} HTTP/1.1\r\n${headers.join('')}\r\n`);
    socket.pipe(upstream).pipe(socket);
    socket.on('error', () => upstream.destroy());
    upstream.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://localhost:${z.object({ port: z.number() }).parse(server.address()).port}`;
}

suite('the edge of the server', { timeout: 10 * 60_000 }, () => {
  let product: Product;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deskpod-edge-'));
    const config = join(folder, 'config.yaml');
    const settings = {
      listen: { allowedHosts: ['desk.internal'] },
      auth: { sessionSeconds: SESSION_SECONDS, sessionLongestSeconds: 600 },
    };
    // JSON is YAML.
    await writeFile(config, JSON.stringify(settings));
    product = await Product.start(['--config', config]);
  });
  after(async () => {
    await product?.clear();
    await product?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  test(
    'a page with an address that is not accepted names the setting, and the log has both addresses',
    { skip: missingBrowser },
    async (t) => {
      await using hermes = await Person.at({ address: await proxyTo(t, product, 'desk.internal') });
      await hermes.logIn('hermes', 'hermes');
      await hermes.find('screen-refused').waitFor();
      const text = await hermes.find('screen-refused').innerText();
      assert.match(
        text,
        /This address, http:\/\/localhost:\d+, isn’t accepted\. Ask the administrator .*listen\.allowedOrigins/s,
      );
      const logged = product.log.filter((line) => line.includes('listen.allowedOrigins'));
      assert.equal(logged.length, 1);
      assert.match(logged[0] ?? '', /origin=http:\/\/localhost:\d+ host=desk\.internal setting=listen\.allowedOrigins/);
    },
  );

  test(
    'a page of a foreign name that points to this machine gets a page that names the setting, and nothing else',
    { skip: missingBrowser },
    async () => {
      const { port } = new URL(product.address);
      const browser = await openBrowser('--host-resolver-rules=MAP evil.example 127.0.0.1');
      try {
        const page = await browser.newPage();
        const answer = await page.goto(`http://evil.example:${port}/`);
        assert.equal(answer?.status(), 421);
        assert.match(await page.innerText('main'), /isn’t known as evil\.example:\d+\..*listen\.allowedHosts/s);
        const status = await page.evaluate(async () => {
          const sent = { 'x-deskpod': '1', 'content-type': 'application/json', 'x-forwarded-host': 'localhost' };
          const body = JSON.stringify({ provider: 'anonymous' });
          return (await fetch('/api/v1/session', { method: 'POST', headers: sent, body })).status;
        });
        assert.equal(status, 421);
      } finally {
        await browser.close();
      }
    },
  );

  test('the printed link logs the administrator in, once', { skip: missingBrowser }, async () => {
    const link = product.log.map((line) => /(http\S+#login=\S+)/.exec(line)?.[1]).findLast((url) => url !== undefined);
    assert.ok(link);
    await using administrator = await Person.at(product);
    // Only the fragment changes: the page doesn't load by itself.
    await administrator.page.goto(link);
    await administrator.seesDesktop();
    assert.equal(new URL(administrator.page.url()).hash, '');
    await administrator.opens('desktops');
    await using late = await Person.at(product);
    await late.page.goto(link);
    await late.find('farewell').filter({ hasText: 'used already' }).waitFor();
  });

  test(
    'the end of a session closes screen, shell and events soon; use in the browser extends a session',
    { skip: missingBrowser },
    async () => {
      await using zoidberg = await Person.at(product);
      await zoidberg.logIn('zoidberg', 'zoidberg');
      await using amy = await Person.at(product);
      await amy.logIn('amy', 'amy');
      await using bender = await Person.at(product);
      await bender.logIn('bender', 'bender');
      await using fry = await Someone.at(product, 'fry');
      const ends = Date.parse((await fry.client.session.current()).expiresAt);
      await fry.hasDesktop();
      const screen = await openScreen(product, (await fry.client.desktop.ticket()).token);
      const shell = await fry.terminal();
      const using = setInterval(() => void zoidberg.page.mouse.click(5, 5).catch(() => {}), 2_000);
      try {
        const [codes] = await Promise.all([
          Promise.all([screen.closed, shell.closed]),
          bender.find('session-stay').click(),
        ]);
        const late = Date.now() - ends;
        assert.deepEqual(codes, [CloseCode.sessionEnded, CloseCode.sessionEnded]);
        assert.ok(late > -1_000 && late < CLOSED_MS, `closed ${late} ms after the end`);
        await assert.rejects(fry.client.session.current(), { code: 'not_authenticated' });
        const cookies = await zoidberg.page.context().cookies();
        const mine = cookies.find(({ name }) => /^deskpod_session_[0-9a-f]{8}$/.test(name));
        assert.ok((mine?.expires ?? 0) * 1000 > ends + 5_000, "the browser's session lasts longer");
      } finally {
        clearInterval(using);
      }
      // He stayed logged in when he was warned.
      assert.equal(await bender.find('login').isVisible(), false);
      assert.ok(await bender.find('menu-button').isVisible());
      // Amy's page was not used, so it is closed in the meantime.
      await amy.find('login').waitFor({ timeout: SESSION_SECONDS * 1000 });
      assert.match(await amy.find('farewell').innerText(), /session has ended/);
    },
  );

  test('a session is ended from another browser, and then all of them', { skip: missingBrowser }, async () => {
    await using leela = await Person.at(product);
    await leela.logIn('leela', 'leela');
    await using elsewhere = await Someone.at(product, 'leela');
    await leela.opens('user');
    // The newest one comes first; those of earlier tests may be open, too.
    const ends = leela.find('session-end');
    await ends.first().waitFor();
    const last = ends.nth((await ends.count()) - 1);
    await ends.first().click();
    await last.waitFor({ state: 'detached' });
    await assert.rejects(elsewhere.client.session.current(), { code: 'not_authenticated' });
    await using again = await Someone.at(product, 'leela');
    assert.ok((await again.client.session.history()).filter(({ open }) => open).length >= 2);
    await leela.find('logout-everywhere').click();
    await leela.find('logout-everywhere-confirm').click();
    assert.match(await leela.find('farewell').innerText(), /logged out everywhere/);
    await assert.rejects(again.client.session.current(), { code: 'not_authenticated' });
  });

  test('the login page is small and loads on a slow connection', { skip: missingBrowser }, async (t) => {
    await using visitor = await Person.at(product);
    const { page } = visitor;
    const network = await page.context().newCDPSession(page);
    let bytes = 0;
    network.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    await network.send('Network.enable');
    await network.send('Network.setCacheDisabled', { cacheDisabled: true });
    await network.send('Network.emulateNetworkConditions', SLOW);
    const since = performance.now();
    await page.reload({ waitUntil: 'commit' });
    await visitor.find('login-name').waitFor();
    const ms = Math.round(performance.now() - since);
    await page.waitForLoadState('networkidle');
    t.diagnostic(`${bytes} bytes, ${ms} ms`);
    assert.ok(bytes > 10_000 && bytes <= LOGIN_BYTES, `${bytes} bytes`);
  });
});
