/**
 * Podman's configuration for this machine and the server's own store: computed from the machine, empty where Podman's
 * defaults work.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Machine {
  /** Cgroup v1 with controllers left in the v2 hierarchy: crun refuses it, runc does not. */
  readonly hybridCgroups: boolean;
  readonly systemd: boolean;
  /** Hard limits that Podman may not exceed, or null where it may raise them (CAP_SYS_RESOURCE). */
  readonly ulimits: { readonly nofile: string; readonly nproc: string } | null;
  /** A program that reaps and forwards signals as process 1, or null. */
  readonly init: string | null;
}

export interface StoreFolders {
  /** Survives a reboot: images, containers, networks. */
  readonly data: string;
  /** Does not: sockets, locks, what runs. */
  readonly run: string;
}

const POOLS = 16;
const CAP_SYS_RESOURCE = 24n;
const INITS = ['/usr/libexec/podman/catatonit', '/usr/bin/catatonit', '/usr/bin/tini', '/usr/bin/docker-init'];

export function inspectMachine(): Machine {
  const unified = '/sys/fs/cgroup/unified/cgroup.controllers';
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const status = readFileSync('/proc/self/status', 'utf8');
  const maxPid = readFileSync('/proc/sys/kernel/pid_max', 'utf8').trim();
  return {
    hybridCgroups: existsSync(unified) && readFileSync(unified, 'utf8').trim() !== '',
    systemd: existsSync('/run/systemd/system'),
    ulimits: mayRaiseLimits(status)
      ? null
      : { nofile: hardLimit(limits, 'Max open files'), nproc: lower(hardLimit(limits, 'Max processes'), maxPid) },
    init: INITS.find((path) => existsSync(path)) ?? null,
  };
}

/** Whether `/proc/<pid>/status` has CAP_SYS_RESOURCE. */
export function mayRaiseLimits(status: string): boolean {
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return capabilities !== undefined && ((BigInt(`0x${capabilities}`) >> CAP_SYS_RESOURCE) & 1n) === 1n;
}

/** The hard limit of one row of `/proc/<pid>/limits`; `-1` for unlimited. */
export function hardLimit(limits: string, row: string): string {
  const line = limits.split('\n').find((candidate) => candidate.startsWith(row)) ?? '';
  const hard = line.slice(row.length).trim().split(/\s+/)[1];
  return hard === undefined || hard === 'unlimited' ? '-1' : hard;
}

export function containersConf(machine: Machine, folders: StoreFolders): string {
  const { ulimits } = machine;
  return [
    '[containers]',
    ...(ulimits ? [`default_ulimits = ["nofile=${pair(ulimits.nofile)}", "nproc=${pair(ulimits.nproc)}"]`] : []),
    'log_driver = "k8s-file"',
    // Limits what one app can write to the disk.
    'log_size_max = 33554432',

    '[engine]',
    ...(machine.init ? [`init_path = ${quoted(machine.init)}`] : []),
    ...(machine.hybridCgroups ? ['runtime = "runc"'] : []),
    ...(machine.systemd ? [] : ['cgroup_manager = "cgroupfs"']),
    'events_logger = "file"',
    `events_logfile_path = ${quoted(join(folders.run, 'events.log'))}`,
    `tmp_dir = ${quoted(join(folders.run, 'tmp'))}`,
    // Every finished exec keeps a process for this many seconds (300 otherwise).
    'exit_command_delay = 5',
    '[network]',
    // Podman 4 takes CNI instead where it finds files of another program's networks.
    'network_backend = "netavark"',
    `network_config_dir = ${quoted(join(folders.data, 'networks'))}`,
    `default_subnet_pools = [${subnetPools(folders.data).join(', ')}]`,
    '',
  ].join('\n');
}

export function storageConf(folders: StoreFolders): string {
  return [
    '[storage]',
    'driver = "overlay"',
    `graphroot = ${quoted(join(folders.data, 'store'))}`,
    `runroot = ${quoted(join(folders.run, 'store'))}`,
    '',
  ].join('\n');
}

/**
 * Away from the ranges that Podman and Docker hand out by themselves; 1024 networks. Podman sees only its own networks
 * and those of interfaces, so each installation begins at another place.
 */
function subnetPools(data: string): string[] {
  const first = createHash('sha256').update(data).digest().readUInt8() % POOLS;
  return Array.from({ length: POOLS }, (_, index) => {
    const third = ((first + index) % POOLS) * (256 / POOLS);
    return `{ "base" = "10.219.${third}.0/20", "size" = 26 }`;
  });
}

/** Podman lowers its own limit of processes to the number of process ids, so nothing it starts may have more. */
function lower(one: string, other: string): string {
  return one === '-1' || Number(one) > Number(other) ? other : one;
}

function pair(limit: string): string {
  return `${limit}:${limit}`;
}

/** A TOML string. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
