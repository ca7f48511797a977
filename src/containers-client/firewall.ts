/**
 * What Podman's network plugin leaves in iptables when a container disappears before its rules are removed: rules and
 * chains for a subnet of this server that no interface has any more. Nothing else removes them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { ignore } from '#protocol/ignore.ts';

/** The range of the server's networks: {@link containersConf}. Other installations use it, too. */
const OURS = /^10\.219\.\d+\.\d+\/\d+$/;
const DEVICE = /^dp-[0-9a-f]{10,12}$/;
const CHAIN = /^NETAVARK-[0-9A-F]{10,}$/;

export interface Alive {
  /** Whether an interface is in this network. */
  network(subnet: string): boolean;
  device(name: string): boolean;
}

/** Removes them. It is no error when there are none, or no iptables. */
export async function clearFirewall(): Promise<void> {
  const saved = await iptables('iptables-save', []);
  if (saved === null) return;
  const routes = await readFile('/proc/net/route', 'utf8');
  const networks = connectedNetworks(routes);
  const alive: Alive = {
    network: (subnet) => networks.has(subnet),
    device: (name) => existsSync(`/sys/class/net/${name}`),
  };
  const commands = deadRules(saved, alive);
  if (commands !== '') await iptables('iptables-restore', ['--noflush', '--wait=5'], commands);
}

/**
 * Input of `iptables-restore --noflush` that removes the dead rules from the output of `iptables-save`; may be empty.
 */
export function deadRules(saved: string, alive: Alive): string {
  const commands: string[] = [];
  for (const [, table = '', body = ''] of saved.matchAll(/^\*(\w+)\n([\s\S]*?)^COMMIT$/gm)) {
    const rules = body.split('\n').filter((line) => line.startsWith('-A '));
    const dead = rules.filter((rule) => isDead(rule, alive));
    const kept = rules.filter((rule) => !dead.includes(rule));
    const chains = new Set(dead.flatMap((rule) => chainsOf(rule)).filter((name) => CHAIN.test(name)));
    // A chain that a live rule jumps to is in use.
    const gone = [...chains].filter((name) => !kept.some((rule) => targetOf(rule) === name));
    // Flushed as a whole, so its own rules need not be listed.
    const named = dead.filter((rule) => !gone.includes(chainOf(rule)));
    if (named.length + gone.length === 0) continue;
    const steps = [...named.map((rule) => rule.replace('-A', '-D')), ...gone.map((name) => `-F ${name}`)];
    commands.push(`*${table}`, ...steps, ...gone.map((name) => `-X ${name}`), 'COMMIT', '');
  }
  return commands.join('\n');
}

function isDead(rule: string, alive: Alive): boolean {
  if (!chainsOf(rule).some((name) => name.startsWith('NETAVARK'))) return false;
  const subnets = [...rule.matchAll(/(?:^| )-[sd] (\S+)/g)]
    .map(([, subnet = '']) => subnet)
    .filter((one) => OURS.test(one));
  const devices = [...rule.matchAll(/(?:^| )-[io] (\S+)/g)]
    .map(([, name = '']) => name)
    .filter((one) => DEVICE.test(one));
  return subnets.some((subnet) => !alive.network(subnet)) || devices.some((name) => !alive.device(name));
}

const chainOf = (rule: string): string => rule.split(' ')[1] ?? '';
const targetOf = (rule: string): string => / -j (\S+)/.exec(rule)?.[1] ?? '';
const chainsOf = (rule: string): string[] => [chainOf(rule), targetOf(rule)];

/** From `/proc/net/route`: networks that an interface is in, as `10.219.0.0/26`. */
export function connectedNetworks(routes: string): ReadonlySet<string> {
  const rows = routes
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
  return new Set(
    rows.flatMap(([, destination, gateway, , , , , mask]) => {
      if (destination === undefined || mask === undefined || gateway !== '00000000') return [];
      const bits = Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length;
      return [
        `${destination
          .match(/../g)
          ?.toReversed()
          .map((byte) => Number.parseInt(byte, 16))
          .join('.')}/${bits}`,
      ];
    }),
  );
}

/** Its output; null when it does not exist or fails. */
async function iptables(program: string, args: readonly string[], input = ''): Promise<string | null> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  try {
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    return code === 0 ? output : null;
  } catch (error) {
    return ignore(`${program} cannot be run`, null)(error);
  }
}
