/** Deskpod as a user has it: the page of somebody who is logged in. */
import { openBrowser, Person } from '../../test/e2e/person.ts';
import { descendants } from '../../test/runner/descendants.ts';
import { desktopFacts } from '../desktop-facts.ts';
import { displayOfFry } from '../displays.ts';
import { Peer } from '../peer.ts';
import { desktopRuns, type Stage } from '../stage.ts';
import { type Contender, showsScreen } from './contender.ts';
import { watchStamps } from './page-stamps.ts';
import { SCREEN } from './program-kinds.ts';
import { OURS } from './results.ts';

const USER = 'fry';
/** Above the screen of a desktop. */
const BAR = 36;

export async function deskpod(owned: AsyncDisposableStack, stage: Stage): Promise<Contender> {
  const { product, client } = stage;
  await desktopRuns(client);
  const browser = await openBrowser();
  const viewport = { width: SCREEN.width, height: SCREEN.height + BAR };
  const person = owned.use(await Person.at(product, viewport, {}, browser));
  await person.page.addInitScript(watchStamps);
  await person.page.reload();
  await person.logIn(USER, USER);
  await person.seesDesktop();
  await person.find('key-field').focus();
  await showsScreen(person.page);
  const facts = await desktopFacts(product);
  const peer = new Peer(facts);
  const graphical = facts.desktopId;
  return {
    name: OURS,
    version: 'this checkout',
    browser,
    page: person.page,
    display: await displayOfFry(stage),
    port: Number(new URL(product.address).port),
    onlyInput: false,
    async parts() {
      const listed = await peer.podman('ps', '--filter', `name=${graphical}`, '--format', '{{.Names}} {{.Pid}}');
      const parts: Record<string, number[]> = { gateway: [product.pid, ...(await descendants(product.pid))] };
      for (const line of listed.split('\n').filter(Boolean)) {
        const [name = '', pid] = line.split(' ');
        const part = name === graphical ? 'display' : name.replace(`${graphical}-`, '');
        parts[part] = [Number(pid), ...(await descendants(Number(pid)))];
      }
      return parts;
    },
  };
}
