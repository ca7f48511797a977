/**
 * Scripts that read the kernel's files in a container, for any shell with `grep` and `ls`: lines `FILE:CONTENT`, and
 * lists of links below the name of their folder. `self:` names the shell itself, which the answer leaves out.
 */
const SELF = 'echo "self:$$"';
const STATES = `grep -sHE 'memory:|^0::' /proc/[0-9]*/cgroup; grep -sH '' /proc/[0-9]*/stat /proc/[0-9]*/statm /proc/uptime`;
/** Arguments end with a zero byte; one line per process. */
const COMMANDS = `grep -saHz '' /proc/[0-9]*/cmdline | tr '\\000\\012' '\\012 '`;
const LINKS = (folder: 'ns' | 'fd', what: string) =>
  `ls -l /proc/[0-9]*/${folder} 2>/dev/null | grep -E '^/proc/|-> ${what}'`;

export const SCRIPTS = {
  processes: `${SELF}; ${STATES}; grep -sH '^Uid:' /proc/[0-9]*/status; ${COMMANDS}`,
  namespaces: `${SELF}; ${STATES}; ${LINKS('ns', '')}`,
  sockets: `grep -sH '' /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 /proc/net/unix; ${LINKS('fd', 'socket:')}`,
} as const;
export type Question = keyof typeof SCRIPTS;

/** Of the container that it runs in only. */
export const OWN_NAMESPACES = ['ls', '-l', '/proc/self/ns'];
