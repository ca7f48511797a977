/**
 * The seccomp profiles that apps can ask for by name (`oc.seccomp`), in the form of the OCI runtime specification, which
 * Docker, Podman, containerd and CRI-O read alike: without conditions on capabilities or architectures, which only some
 * of them know. So a profile is for containers without capabilities, and for programs of the machine's own architecture,
 * not for 32-bit ones on a 64-bit machine.
 * https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp
 */
import type { SeccompProfile } from '#protocol/app.ts';

interface Condition {
  /** Of the argument. */
  readonly index: number;
  /** The mask, for `SCMP_CMP_MASKED_EQ`. */
  readonly value: number;
  /** What the masked argument must be. */
  readonly valueTwo?: number;
  readonly op: 'SCMP_CMP_EQ' | 'SCMP_CMP_MASKED_EQ';
}

interface Rule {
  readonly names: readonly string[];
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  readonly errnoRet?: number;
  /** All must be met. */
  readonly args?: readonly Condition[];
  readonly comment?: string;
}

export interface Profile {
  readonly defaultAction: 'SCMP_ACT_ERRNO';
  readonly defaultErrnoRet: number;
  readonly syscalls: readonly Rule[];
}

const EPERM = 1;
/** For what the kernel may not have: programs then use something older. */
const ENOSYS = 38;

/** `CLONE_NEW…` of linux/sched.h */
const NEW = {
  mount: 0x0002_0000,
  cgroup: 0x0200_0000,
  uts: 0x0400_0000,
  ipc: 0x0800_0000,
  user: 0x1000_0000,
  pid: 0x2000_0000,
  net: 0x4000_0000,
} as const;

/** linux/socket.h, linux/net.h, linux/netlink.h */
const FAMILY = { unix: 1, inet: 2, inet6: 10, netlink: 16 } as const;
const TYPE = { mask: 0xf, stream: 1, datagram: 2 } as const;
const NETLINK = { route: 0, uevent: 15 } as const;

/**
 * What Docker's and Podman's default profiles allow to 64-bit programs of a container without capabilities, except
 * `modify_ldt`, and what the rules below allow under conditions.
 */
const ORDINARY = `
  read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek
  open openat openat2 creat close close_range dup dup2 dup3 fcntl flock ioctl
  access faccessat faccessat2 stat fstat lstat newfstatat statx statfs fstatfs statmount listmount
  truncate ftruncate fallocate fadvise64 readahead sync syncfs fsync fdatasync sync_file_range
  sendfile splice tee vmsplice copy_file_range
  getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir mknod mknodat
  link linkat symlink symlinkat readlink readlinkat unlink unlinkat rename renameat renameat2
  chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat umask utime utimes utimensat futimesat name_to_handle_at
  getxattr lgetxattr fgetxattr getxattrat setxattr lsetxattr fsetxattr setxattrat
  listxattr llistxattr flistxattr listxattrat removexattr lremovexattr fremovexattr removexattrat
  inotify_init inotify_init1 inotify_add_watch inotify_rm_watch fanotify_mark
  poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
  eventfd eventfd2 signalfd signalfd4 pipe pipe2
  io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents
  mmap munmap mremap mprotect madvise mincore msync mlock mlock2 mlockall munlock munlockall mseal brk
  membarrier memfd_create memfd_secret remap_file_pages map_shadow_stack cachestat
  pkey_alloc pkey_free pkey_mprotect
  fork vfork execve execveat exit exit_group wait4 waitid
  getpid getppid gettid getpgid getpgrp getsid setpgid setsid
  getuid geteuid getgid getegid getgroups getresuid getresgid
  setuid setgid setgroups setreuid setregid setresuid setresgid setfsuid setfsgid capget capset
  prctl arch_prctl seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self
  getrlimit setrlimit prlimit64 getrusage getpriority setpriority ioprio_get ioprio_set
  sched_yield sched_getaffinity sched_setaffinity sched_getattr sched_setattr sched_getparam sched_setparam
  sched_getscheduler sched_setscheduler sched_get_priority_max sched_get_priority_min sched_rr_get_interval
  set_tid_address set_robust_list get_robust_list rseq
  futex futex_wait futex_wake futex_waitv futex_requeue restart_syscall
  kill tkill tgkill pidfd_open pidfd_send_signal process_mrelease
  pause alarm sigaltstack rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend
  rt_sigtimedwait rt_tgsigqueueinfo
  time times gettimeofday nanosleep clock_gettime clock_getres clock_nanosleep adjtimex clock_adjtime getitimer setitimer
  timer_create timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime
  socketpair bind listen accept accept4 connect shutdown getsockname getpeername getsockopt setsockopt
  sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg
  msgget msgsnd msgrcv msgctl semget semop semtimedop semctl shmget shmat shmdt shmctl
  mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
  uname sysinfo getcpu getrandom uretprobe
  ptrace process_vm_readv process_vm_writev
`;

/** What only administrators of a machine do: the answer is as without their capabilities. */
const PRIVILEGED = `
  mount umount2 pivot_root move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr setns
  bpf perf_event_open syslog quotactl quotactl_fd lookup_dcookie fanotify_init open_by_handle_at
  sethostname setdomainname settimeofday clock_settime reboot acct swapon swapoff vhangup iopl ioperm
  init_module finit_module delete_module kexec_load kexec_file_load
  keyctl add_key request_key userfaultfd kcmp pidfd_getfd process_madvise
  mbind set_mempolicy get_mempolicy migrate_pages move_pages
`;

/**
 * For Chromium and what is built on it (Electron). Chromium makes one process in a user, a PID and a network namespace
 * of its own, changes that process's root to an empty folder, and forks everything that handles pages from it
 * (sandbox/linux/services in its sources); before that, it tries whether a process without capabilities can make a user
 * namespace. A process in a user namespace has all capabilities in it, and so reaches more of the kernel. Therefore
 * mounts, other namespaces and `setns` stay refused, and so do sockets that a network namespace's administrator could
 * make and Chromium doesn't: packet and raw ones, and netlink to the packet filter.
 */
const BROWSER_SANDBOX: Profile = profile([
  {
    ...allow('clone', [unset(0, NEW.mount | NEW.cgroup | NEW.uts | NEW.ipc)]),
    comment: 'with user, PID and network namespaces, never with others',
  },
  { ...allow('unshare', [is(0, NEW.user)]), comment: 'a user namespace and nothing else' },
  { ...allow('chroot'), comment: 'the kernel demands the capability, which only a user namespace gives' },
  allow('socket', [is(0, FAMILY.unix)]),
  ...[FAMILY.inet, FAMILY.inet6].flatMap((family) =>
    [TYPE.stream, TYPE.datagram].map((type) => allow('socket', [is(0, family), masked(1, TYPE.mask, type)])),
  ),
  ...[NETLINK.route, NETLINK.uevent].map((protocol) => allow('socket', [is(0, FAMILY.netlink), is(2, protocol)])),
]);

export const SECCOMP_PROFILES: Readonly<Record<SeccompProfile, Profile>> = { 'browser-sandbox': BROWSER_SANDBOX };

/** The name of a profile's file, in a folder of profiles. */
export function profileFile(name: SeccompProfile): string {
  return `${name}.json`;
}

/** The content of that file. */
export function profileText(name: SeccompProfile): string {
  return `${JSON.stringify(SECCOMP_PROFILES[name], null, 2)}\n`;
}

function profile(own: readonly Rule[]): Profile {
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: ENOSYS,
    syscalls: [
      allow(ORDINARY),
      { names: words(PRIVILEGED), action: 'SCMP_ACT_ERRNO', errnoRet: EPERM },
      // Its flags are in memory, where a filter can't read them: the C library then uses clone.
      { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
      // PER_LINUX, PER_LINUX32, UNAME26, and the question for the current one.
      ...[0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff].map((persona) => allow('personality', [is(0, persona)])),
      ...own,
    ],
  };
}

function allow(names: string, args: readonly Condition[] = []): Rule {
  return { names: words(names), action: 'SCMP_ACT_ALLOW', ...(args.length > 0 ? { args } : {}) };
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

function is(index: number, value: number): Condition {
  return { index, value, op: 'SCMP_CMP_EQ' };
}

function masked(index: number, mask: number, valueTwo: number): Condition {
  return { index, value: mask, valueTwo, op: 'SCMP_CMP_MASKED_EQ' };
}

function unset(index: number, mask: number): Condition {
  return masked(index, mask, 0);
}
