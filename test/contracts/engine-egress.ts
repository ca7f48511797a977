/** The engine contract, egress: what programs of users can connect to from the machine that the tests run on. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, BlockList, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, test } from 'node:test';
import { aDesktop, fry, hermes, output, type EngineUnderTest } from './engine-kit.ts';

/** A command that prints a line: `NAME open`, `NAME rejected` at once, or `NAME silent`. */
const reach = (name: string, address: string, port: number): string =>
  `said=$(timeout 3 bash -c '</dev/tcp/${address}/${port}' 2>&1) && echo ${name} open || ` +
  `case "$said" in *'No route to host'*) echo ${name} rejected;; *) echo ${name} silent;; esac`;

export function egressPromises(under: () => EngineUnderTest): void {
  describe('egress', () => {
    test('programs reach their own desktop and what is allowed, not this machine, metadata services and other desktops', async (context) => {
      const { allowedPort } = under();
      if (allowedPort === undefined) return context.skip('its desktops have no networks on this machine');
      await using closed = await listener(0);
      await using open = await listener(allowedPort);
      await using one = await aDesktop(under(), hermes);
      await using two = await aDesktop(under(), fry);
      const [own, other] = [one.desktop.address ?? '', two.desktop.address ?? ''];
      const script = [
        reach('desktop', own, 6000),
        reach('gateway', gatewayOf(own), closed.port),
        reach('gateway-of-another', gatewayOf(other), closed.port),
        ...addresses().map((address) => reach('machine', address, closed.port)),
        reach('allowed', gatewayOf(own), open.port),
        reach('metadata', '169.254.169.254', 80),
        reach('another', other, 6000),
      ].join('; ');
      const expected = [
        'desktop open',
        'gateway rejected',
        'gateway-of-another rejected',
        ...addresses().map(() => 'machine rejected'),
        'allowed open',
        'metadata rejected',
        'another rejected',
      ];
      for (const runtime of ['ephemeral_container', 'pod_application'] as const)
        assert.deepEqual(await output(under(), one.desktop, script, { runtime }), expected, runtime);
    });

    test('the hardware address of an app pod says its execute class', async (context) => {
      const { hardwareAddress } = under();
      if (hardwareAddress === undefined) return context.skip('its rules are about labels');
      await using one = await aDesktop(under(), hermes);
      const script = 'cat /sys/class/net/eth0/address';
      for (const executeClass of ['files', 'default']) {
        const options = { executeClass, runtime: 'pod_application' } as const;
        const [address = ''] = await output(under(), one.desktop, script, options);
        assert.match(address, hardwareAddress(executeClass));
      }
    });

    test('app pods of an execute class also reach what that allows, from their first moment; apps inside the desktop do not', async (context) => {
      const { classPort } = under();
      if (classPort === undefined) return context.skip('its desktops have no networks on this machine');
      await using listening = await listener(classPort);
      await using one = await aDesktop(under(), hermes);
      const script = reach('class', gatewayOf(one.desktop.address ?? ''), listening.port);
      for (const [executeClass, runtime, expected] of [
        ['files', 'pod_application', 'class open'],
        ['default', 'pod_application', 'class rejected'],
        ['files', 'ephemeral_container', 'class rejected'],
      ] as const)
        assert.deepEqual(
          await output(under(), one.desktop, script, { executeClass, runtime }),
          [expected],
          `${executeClass}, ${runtime}`,
        );
    });
  });
}

async function listener(port: number): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((socket) => socket.end()).listen(port, '0.0.0.0');
  await once(server, 'listening');
  // It listens on a port, so its address isn't a path.
  const { port: chosen } = server.address() as AddressInfo;
  return { port: chosen, [Symbol.asyncDispose]: async () => void server.close() };
}

/** This machine's address in the network of a container. */
function gatewayOf(container: string): string {
  for (const { cidr, address, family } of Object.values(networkInterfaces()).flatMap((list) => list ?? [])) {
    const [network = '', bits = ''] = family === 'IPv4' ? (cidr?.split('/') ?? []) : [];
    if (network === '') continue;
    const list = new BlockList();
    list.addSubnet(network, Number(bits));
    if (list.check(container)) return address;
  }
  throw new Error(`this machine has no address in the network of ${container}`);
}

/** Other addresses of this machine. */
function addresses(): string[] {
  const all = Object.entries(networkInterfaces()).flatMap(([name, list]) =>
    (list ?? []).map((one) => ({ name, ...one })),
  );
  return all
    .filter(({ name, internal, family }) => !internal && family === 'IPv4' && !name.startsWith('dp-'))
    .map(({ address }) => address);
}
