/** Files in the user's own file manager: an access token from the settings, `/dav/` without a running desktop, and its end. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import { createClient } from '#client/client.ts';
import { isClean } from './axe.ts';
import { clear, USER } from './files-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

/** A desktop may start meanwhile. */
const PATIENCE_S = 150;

suite('files in a file manager', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let amy: Person;
  let token = '';
  before(async () => {
    product = await Product.start();
    await (await clientOf(product, USER)).session.endAll();
    amy = await Person.at(product);
    await amy.logIn(USER, USER);
    await amy.seesDesktop();
    clear(product, 'from-outside.txt');
  });
  after(async () => {
    if (product) clear(product, 'from-outside.txt');
    await amy?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  /** The status of a request, and its body. */
  const curl = async (path: string, ...options: readonly string[]): Promise<{ status: number; body: string }> => {
    const url = new URL(`dav/${path}`, product.address);
    const said = await new Promise<string>((resolve, reject) => {
      const all = [
        '-s',
        '-m',
        String(PATIENCE_S),
        '-u',
        `${USER}:${token}`,
        '-w',
        '\n%{http_code}',
        ...options,
        url.href,
      ];
      execFile('curl', all, (error, out) => (error ? reject(error) : resolve(out)));
    });
    const end = said.lastIndexOf('\n');
    return { status: Number(said.slice(end + 1)), body: said.slice(0, end) };
  };

  test('the settings make a token, show it once, and say how to use it', async () => {
    await amy.page.keyboard.press('Control+Alt+m');
    await amy.find('menu-settings').click();
    await amy.find('page-user').click();
    assert.equal(await amy.find('dav-address').first().innerText(), new URL('dav/', product.address).href);
    await amy.find('access-token-name').fill('Laptop');
    await amy.find('access-token-make').click();
    token = await amy.find('access-token').innerText();
    assert.match(token, /^deskpod_/);
    await amy.find('access-token-row', '[data-name="Laptop"]').waitFor();
    await amy.find('access-tokens').scrollIntoViewIfNeeded();
    await isClean(amy, 'access tokens');
    await amy.page.setViewportSize({ width: 375, height: 740 });
    await amy.find('access-tokens').scrollIntoViewIfNeeded();
    await amy.photograph('access-tokens-phone');
    await amy.page.setViewportSize({ width: 1280, height: 800 });
    await amy.find('access-token-close').click();
    assert.equal(await amy.find('access-token').count(), 0);
  });

  test('while no desktop runs, the first request starts it; files are written and read', async () => {
    const client = await clientOf(product, USER);
    await client.desktop.remove();
    assert.equal((await client.desktop.get()).status.state, 'none');
    const listed = await curl('', '-X', 'PROPFIND', '-H', 'Depth: 0');
    assert.equal(listed.status, 207, listed.body);
    assert.match(listed.body, /<D:href>\/dav\/<\/D:href>/);
    assert.equal((await client.desktop.get()).status.state, 'running');
    const put = await curl('from-outside.txt', '-X', 'PUT', '--data-binary', 'hello from outside');
    assert.equal(put.status, 201, put.body);
    assert.equal(readFileSync(product.home(USER, 'from-outside.txt'), 'utf8'), 'hello from outside');
    assert.deepEqual(await curl('from-outside.txt', '-r', '0-4'), { status: 206, body: 'hello' });
  });

  test('a wrong token, and a token for the API, get nothing', async () => {
    const right = token;
    token = `${right.slice(0, -1)}${right.endsWith('x') ? 'y' : 'x'}`;
    assert.equal((await curl('')).status, 401);
    token = right;
    const reply = await fetch(new URL('api/v1/session', product.address), {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(60_000),
    });
    assert.equal(reply.status, 401);
  });

  test('a token that is revoked in the settings opens nothing any more', async () => {
    assert.equal((await curl('', '-X', 'OPTIONS')).status, 200);
    await amy.find('access-token-row', '[data-name="Laptop"]').getByRole('button').click();
    await amy.find('access-token-row').waitFor({ state: 'detached' });
    assert.equal((await curl('', '-X', 'OPTIONS')).status, 401);
  });
});

async function clientOf(product: Product, name: string) {
  const anonymous = createClient({ baseUrl: product.address });
  const { token } = await anonymous.session.login({ provider: 'directory', name, password: name });
  return createClient({ baseUrl: product.address, token });
}
