/**
 * Everything on a machine that isn't a file of ours, by name, to compare before and after: ours must be gone, all else
 * kept.
 */
import { readdir, readFile } from 'node:fs/promises';
import { ran } from './tools.ts';

/** Mounts, interfaces, firewall rules and chains, cgroups of containers, network namespaces, processes of engines. */
export async function traces(): Promise<string[]> {
  const [mounts, links, rules, tables, cgroups, namespaces, running, scratch] = await Promise.all([
    readFile('/proc/mounts', 'utf8').then((text) => text.split('\n').map((line) => line.split(' ')[1] ?? '')),
    readdir('/sys/class/net'),
    ran('iptables-save', []).then(({ out }) => rulesOf(out)),
    ran('nft', ['list', 'tables']).then(({ out }) => out.split('\n').filter((line) => line.includes(' deskpod-'))),
    ran('find', [
      '/sys/fs/cgroup',
      '-maxdepth',
      '5',
      '-type',
      'd',
      '(',
      '-name',
      'libpod-*',
      '-o',
      '-path',
      '*/deskpod/*',
      ')',
    ]).then(({ out }) => out.split('\n')),
    readdir('/run/netns').catch(() => []),
    engines(),
    readdir('/var/tmp'),
  ]);
  return [
    ...named('mount', mounts),
    ...named('interface', links),
    ...named('rule', rules),
    ...named('table', tables),
    ...named('cgroup', cgroups),
    ...named('namespace', namespaces),
    ...named('process', running),
    ...named('/var/tmp', scratch),
  ]
    .filter((one) => !OF_KUBERNETES.test(one))
    .toSorted();
}

/** If the machine is a Kubernetes node, pods come and go. */
const OF_KUBERNETES = /^(mount .*(kubelet|containerd|cni-)|interface veth[0-9a-f]{8}$|namespace cni-)/;

const named = (kind: string, names: readonly string[]): string[] =>
  names.filter((name) => name !== '').map((name) => `${kind} ${name}`);

/** Rules of Podman's network plugin. It creates chains for all networks with the first network, and keeps them. */
function rulesOf(saved: string): string[] {
  return saved
    .split('\n')
    .map((line) => line.replace(/ \[\d+:\d+\]$/, ''))
    .filter((line) => /NETAVARK|dp-[0-9a-f]{10}|10\.219\./.test(line))
    .filter((line) => !/NETAVARK_(FORWARD|ISOLATION_[12])$|NETAVARK-HOSTPORT|^:NETAVARK_/.test(line));
}

async function engines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines
    .filter((line) => /(^|\/)(podman|conmon|aardvark-dns)\0/.test(line))
    .map((line) => line.replaceAll('\0', ' '));
}
