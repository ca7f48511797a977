/** Open sockets, from `/proc/net` and the links of open files: pure. See proc_pid_net(5). */
import type { InspectedSocket } from '#protocol/inspect.ts';

type Found = Omit<InspectedSocket, 'container'>;

const TCP_STATES = [
  '',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
];
/** A UDP socket without a peer. */
const UNCONNECTED = 7;
/** `__SO_ACCEPTCON`: listening. */
const LISTENS = 0x10000;

export function socketsOf(lines: readonly string[]): Found[] {
  const owners = ownersOf(lines);
  return lines.flatMap((line): Found[] => {
    const [, file = '', content = ''] = /^\/proc\/net\/(\w+):\s*(.*)$/.exec(line) ?? [];
    if (file === 'unix') return unixSocket(content, owners);
    if (file === 'tcp' || file === 'tcp6' || file === 'udp' || file === 'udp6') return inet(file, content, owners);
    return [];
  });
}

/** By inode: the first process that has it open. */
function ownersOf(lines: readonly string[]): Map<string, number> {
  const owners = new Map<string, number>();
  let pid = 0;
  for (const line of lines) {
    pid = Number(/^\/proc\/(\d+)\/fd:$/.exec(line)?.[1] ?? pid);
    const inode = /-> socket:\[(\d+)\]$/.exec(line)?.[1];
    if (inode !== undefined && !owners.has(inode)) owners.set(inode, pid);
  }
  return owners;
}

/** `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …` */
function inet(protocol: 'tcp' | 'tcp6' | 'udp' | 'udp6', content: string, owners: Map<string, number>): Found[] {
  const [, local = '', remote = '', state = '', , , , , , inode = ''] = content.split(/\s+/);
  if (!/^[0-9A-F]+:[0-9A-F]{4}$/.test(local)) return [];
  const code = Number.parseInt(state, 16);
  const peer = addressOf(remote);
  return [
    {
      protocol,
      local: addressOf(local),
      remote: /[1-9A-Fa-f]/.test(remote) ? peer : null,
      state: protocol.startsWith('udp') && code === UNCONNECTED ? 'OPEN' : (TCP_STATES[code] ?? state),
      pid: owners.get(inode) ?? null,
    },
  ];
}

/** Listening ones only: the others are many and have no names. `Num RefCount Protocol Flags Type St Inode Path` */
function unixSocket(content: string, owners: Map<string, number>): Found[] {
  const [, , , flags = '', , , inode = '', ...path] = content.split(/\s+/);
  if ((Number.parseInt(flags, 16) & LISTENS) === 0) return [];
  return [{ protocol: 'unix', local: path.join(' '), remote: null, state: 'LISTEN', pid: owners.get(inode) ?? null }];
}

/** `0100007F:1F90` → `127.0.0.1:8080`: words of four bytes, each with its last byte first. */
function addressOf(text: string): string {
  const [hex = '', port = ''] = text.split(':');
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  const number = Number.parseInt(port, 16);
  if (bytes.length === 4) return `${bytes.map((byte) => Number.parseInt(byte, 16)).join('.')}:${number}`;
  const groups = Array.from({ length: 8 }, (_, at) => `${bytes[at * 2] ?? ''}${bytes[at * 2 + 1] ?? ''}`);
  return `[${shortened(groups.map((group) => Number.parseInt(group, 16).toString(16)))}]:${number}`;
}

/** The longest run of zeros of an IPv6 address as `::`. */
function shortened(groups: readonly string[]): string {
  const plain = groups.join(':');
  const runs = plain.match(/(?<![^:])0(?::0)+(?![^:])/g) ?? [];
  const longest = runs.toSorted((a, b) => b.length - a.length)[0];
  if (longest === undefined) return plain;
  const at = plain.indexOf(longest);
  return `${plain.slice(0, at).replace(/:$/, '')}::${plain.slice(at + longest.length).replace(/^:/, '')}`;
}
