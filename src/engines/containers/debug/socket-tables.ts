/** Parses the kernel's tables of sockets, `/proc/<pid>/net/*`. Pure. */
import type { InspectedSocket } from '#protocol/inspect.ts';

/** A socket and its inode, which leads to its owner. */
export type Row = Pick<InspectedSocket, 'protocol' | 'local' | 'remote' | 'state'> & { readonly inode: string };

const STATES: Readonly<Record<string, string>> = {
  '01': 'ESTABLISHED',
  '02': 'SYN_SENT',
  '03': 'SYN_RECV',
  '04': 'FIN_WAIT1',
  '05': 'FIN_WAIT2',
  '06': 'TIME_WAIT',
  '07': 'CLOSE',
  '08': 'CLOSE_WAIT',
  '09': 'LAST_ACK',
  '0A': 'LISTEN',
  '0B': 'CLOSING',
};
/** `SO_ACCEPTCON` of a unix socket: listening. */
const ACCEPTS = 0x10000;

export function inetRows(protocol: 'tcp' | 'tcp6' | 'udp' | 'udp6', table: string): Row[] {
  const udp = protocol.startsWith('udp');
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local, remote, state = '', , , , , , inode] = line.trim().split(/\s+/);
      if (local === undefined || remote === undefined || inode === undefined) return [];
      const far = endpoint(remote);
      // The kernel calls a UDP socket without a peer closed, users call it open.
      const word = udp && state === '07' ? 'UNCONN' : (STATES[state] ?? state);
      return [{ protocol, local: endpoint(local), remote: far.endsWith(':0') ? null : far, state: word, inode }];
    });
}

/** Listening sockets only: connections to them have no names. */
export function unixRows(table: string): Row[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, , , flags, , , inode, ...path] = line.trim().split(/\s+/);
      if (flags === undefined || inode === undefined || path.length === 0) return [];
      if ((Number.parseInt(flags, 16) & ACCEPTS) === 0) return [];
      return [{ protocol: 'unix', local: path.join(' '), remote: null, state: 'LISTEN', inode }];
    });
}

/** `0100007F:1770` is `127.0.0.1:6000`: words of 32 bits, each with its bytes reversed. */
function endpoint(text: string): string {
  const [address = '', port = ''] = text.split(':');
  const bytes = (address.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  const number = Number.parseInt(port, 16);
  if (bytes.length === 4) return `${bytes.map((byte) => Number.parseInt(byte, 16)).join('.')}:${number}`;
  const groups = (bytes.join('').match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16));
  return `[${shortened(groups)}]:${number}`;
}

/** The longest run of zeros as `::`. */
function shortened(groups: readonly string[]): string {
  const runs = groups.map((_group, start) => {
    const end = groups.findIndex((group, index) => index >= start && group !== '0');
    return (end < 0 ? groups.length : end) - start;
  });
  const most = Math.max(0, ...runs);
  if (most < 2) return groups.join(':');
  const start = runs.indexOf(most);
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + most).join(':')}`;
}
