/** The configuration: read once by `loadConfig`, then passed on. Without secrets, so that it can be logged. */
import type { FontSet } from '../domain/desktops/fonts.ts';
import type { Limits, PodSettings, Toleration } from '../protocol/app.ts';
import type { ClipboardPolicy } from '../domain/desktops/clipboard-policy.ts';
import type { InstallPolicy } from '../domain/catalogue/install-policy.ts';
import type { LinkPolicy } from '../domain/catalogue/open-with.ts';
import type { DebugPolicy } from '../domain/debug/policy.ts';
import type { SharedFolder } from '../domain/desktops/shared-folders.ts';
import type { FileRules } from '../domain/desktops/file-rules.ts';
import type { ServerRole } from '../protocol/system.ts';

export interface Config {
  readonly roles: readonly ServerRole[];
  /** Distinguishes this process from its replicas. */
  readonly name: string;
  /** Folder of the RSA keys. */
  readonly keysDir: string;
  /** URL of the API for a gateway without the role api; null if this process has both roles. */
  readonly apiUrl: string | null;
  /** Load-balanced URL of its replicas, if there is one. */
  readonly apiServiceUrl: string | null;
  readonly listen: {
    readonly host: string;
    /** With 0, the system picks a free one. */
    readonly port: number;
    /** Path prefix of everything, with a slash at both ends. */
    readonly path: string;
    readonly tls: TlsConfig;
    readonly maxConnections: number;
    readonly maxConnectionsPerNetwork: number;
    /** Networks whose `X-Forwarded-*` headers are trusted. */
    readonly trustedProxies: readonly string[];
    /** Browsers reach the server over the TLS of something in front of it. */
    readonly proxyTls: boolean;
    /** Host names by which the server can be called, in addition to its own; null for every name. */
    readonly allowedHosts: readonly string[] | null;
    /** Origins that may open WebSockets, in addition to the server's own. */
    readonly allowedOrigins: readonly string[];
  };
  /** Database, keys and home folders. */
  readonly dataDir: string;
  /** Sockets; lost on reboot. */
  readonly runDir: string;
  /** The system user of the server process; `root` separates no processes. */
  readonly user: string;
  readonly engine: ContainersConfig | KubernetesConfig;
  readonly store:
    | { readonly kind: 'sqlite'; readonly file: string }
    /** Without its password, which is in `Secrets`. */
    | { readonly kind: 'postgres'; readonly url: string };
  readonly auth: {
    readonly demoDirectory: boolean;
    readonly anonymous: boolean;
    /** In the order in which they are checked. */
    readonly ldap: readonly LdapSource[];
    /** How often users of directories who are logged in are checked; 0: never. */
    readonly ldapCheckSeconds: number;
    /** How long an idle session lasts. */
    readonly sessionSeconds: number;
    /** How long an active session lasts; never less than `sessionSeconds`. */
    readonly sessionLongestSeconds: number;
    /** Lifetime of user tokens of the compatible API. Not used: they last as long as the session. */
    readonly tokenSeconds: number;
    /** Lifetime of a ticket, at most 420. */
    readonly ticketSeconds: number;
    readonly lockout: {
      /** Failed logins with one name before attempts are refused for a time. */
      readonly failures: number;
      /** Longest refusal. */
      readonly seconds: number;
      readonly protectedNetworks: readonly string[];
    };
  };
  readonly desktop: {
    readonly image: string;
    readonly env: Readonly<Record<string, string>>;
    /** Whether apps in separate pods can connect to the display. */
    readonly x11Tcp: boolean;
    readonly limits: Limits;
    readonly shmBytes: number;
    /** How long a desktop must be unattended before a scheduled rebuild runs. */
    readonly rebuildAfterSeconds: number;
    /** How long a desktop may be unattended before it ends; 0: forever. */
    readonly idleSeconds: number;
    /** The same for guests. */
    readonly guestIdleSeconds: number;
    /** Languages that the programs in Deskpod's images are translated into, for example `de`. */
    readonly languages: readonly string[];
    /** Fonts in Deskpod's images, besides the usual ones. */
    readonly fonts: readonly FontSet[];
    /** Folder of the administrator's pictures; may not exist. */
    readonly wallpapers: string;
  };
  /** What users can copy and paste between desktop and browser. */
  readonly clipboard: ClipboardPolicy;
  readonly sound: {
    /** Whether users hear what their desktops play. */
    readonly output: boolean;
    /** Whether the programs of desktops can record the browser's microphone. */
    readonly microphone: boolean;
  };
  /** Whether what moves on the screen is sent as video. */
  readonly video: boolean;
  /** Always has `default`. */
  readonly executeClasses: Readonly<Record<string, ExecuteClass>>;
  /** Names or ids of the apps that are pinned for users without pins of their own. */
  readonly dock: readonly string[];
  /** Who opens the links that programs in a desktop want to open. */
  readonly links: { readonly open: LinkPolicy };
  /** Who can install apps, and how many. */
  readonly apps: InstallPolicy;
  readonly launches: { readonly perUser: number; readonly keepDays: number; readonly stopGraceMs: number };
  /** Of one user at the same time. */
  readonly limits: {
    /** Of all containers of a desktop together; what is left out depends on the machine. */
    readonly desktop: Limits;
    /** Of a home, in bytes. */
    readonly home: number;
    /** Of `/tmp` in each container, in bytes. */
    readonly tmp: number;
    readonly terminals: number;
    readonly streams: number;
    readonly screens: number;
    /** Terminals and screens together. */
    readonly upgradesPerMinute: number;
    /** All guests together. */
    readonly guests: number;
    readonly guestsPerAddress: number;
  };
  /** Between users' computers and their home folders. */
  readonly files: FileRules & { readonly shared: readonly SharedFolderConfig[] };
  /** Who may start debug sessions, how and for how long. */
  readonly debug: DebugPolicy & { readonly keepDays: number };
  readonly log: {
    readonly level: string;
    /** `text` for people, `json` for machines. */ readonly format: 'text' | 'json';
  };
  readonly manager: {
    readonly enabled: boolean;
    /** Networks that need no key. */
    readonly permitNetworks: readonly string[];
    /** Nothing is configured: on loopback, only root and the owner of the installation need no key. */
    readonly ownersOnly: boolean;
    /** Networks that may call, with or without a key; null means any. */
    readonly onlyNetworks: readonly string[] | null;
  };
}

/** Which of path and claim there is depends on the engine. */
export interface SharedFolderConfig extends SharedFolder {
  readonly path: string | null;
  readonly claim: string | null;
  /** A group that its users get; null for none. */
  readonly gid: number | null;
}

export interface ContainersConfig {
  readonly kind: 'containers';
  /** Null: Deskpod's own Podman service. */
  readonly socket: string | null;
  /** Unix socket of the engine process; null: there is none, or this is it. */
  readonly process: string | null;
  /** Null: created from Debian packages. */
  readonly baseImage: string | null;
  readonly services: readonly ('files' | 'sound' | 'printer' | 'video')[];
  readonly egress: EgressConfig;
}

/** What programs in desktops, app pods and copies can connect to, besides their own desktop and DNS servers. */
export interface EgressConfig {
  /** Without it, everything. */
  readonly enabled: boolean;
  /** Everything that is neither this machine nor in `except`. */
  readonly internet: boolean;
  readonly except: readonly string[];
  /** Opens more, this machine included. */
  readonly allow: readonly Destination[];
  /** Opens more for app pods and copies, by their execute class. */
  readonly classes: Readonly<Record<string, readonly Destination[]>>;
}

export interface Destination {
  /** An address, or a network such as 10.0.0.0/8. */
  readonly network: string;
  /** Of TCP and UDP; null for all. */
  readonly port: number | null;
}

export interface KubernetesConfig {
  readonly kind: 'kubernetes';
  /** Of the installation. */
  readonly namespace: string;
  /** Null: the pod's service account, otherwise the usual files. */
  readonly kubeconfig: string | null;
  readonly images: {
    /** Registry and path of Deskpod's images. */
    readonly registry: string;
    readonly tag: string;
    /** By name, of images that are pinned. */
    readonly digests: Readonly<Record<string, string>>;
    readonly pullPolicy: 'Always' | 'IfNotPresent' | 'Never';
    readonly pullSecrets: readonly string[];
  };
  readonly services: readonly ('files' | 'sound' | 'printer' | 'video')[];
  /** Of the desktop container. */
  readonly requests: Limits;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  readonly pods: UserPodsConfig;
  readonly homes: HomesConfig;
  readonly shared: readonly (Pick<SharedFolderConfig, 'name' | 'readOnly' | 'gid'> & { readonly claim: string })[];
  /** Null: those that the nodes report. */
  readonly podNetworks: readonly string[] | null;
}

/** Desktops and app pods. Sizes are Kubernetes quantities. */
export interface UserPodsConfig {
  /** May be that of the installation. */
  readonly namespace: string;
  readonly userNamespaces: boolean;
  /** Null: the default of the nodes. */
  readonly runtimeClassName: string | null;
  /** Of Deskpod's profiles, in the kubelet's folder for them; null: the nodes don't have them. */
  readonly seccompProfiles: string | null;
  /** Of `ephemeral-storage`. */
  readonly storageRequest: string;
  readonly storageLimit: string;
  /** Of a home that isn't kept. */
  readonly homeSize: string;
  readonly tmpSize: string;
}

/** A Kubernetes object with placeholders in its strings. */
export type ObjectTemplate = Readonly<Record<string, unknown>>;

export type HomesConfig =
  | { readonly kind: 'none' }
  | { readonly kind: 'hostPath'; readonly root: string }
  | {
      readonly kind: 'persistentVolumeClaim';
      /** A template, the name of one shared claim, or null: created from size and storage class. */
      readonly claim: string | ObjectTemplate | null;
      readonly volume: ObjectTemplate | null;
      readonly storageClass: string | null;
      readonly size: string;
    };

export type TlsConfig =
  | { readonly kind: 'off' }
  | { readonly kind: 'self-signed' }
  /** Paths of PEM files. */
  | { readonly kind: 'files'; readonly cert: string; readonly key: string };

/** A directory for logging in; the password of its service account is in `Secrets`. */
export interface LdapSource {
  /** The `provider` of its users. */
  readonly name: string;
  /** For people. */
  readonly displayName: string;
  /** `ldap://host:port` or `ldaps://host:port`, tried in this order. */
  readonly servers: readonly string[];
  readonly baseDn: string;
  readonly scope: 'sub' | 'one' | 'base';
  /** The service account that searches; null: anonymous. */
  readonly bindDn: string | null;
  /** With `%s` for the name that the user enters. */
  readonly filter: string;
  readonly attributes: {
    readonly id: string;
    readonly name: string;
    readonly uidNumber: string;
    readonly gidNumber: string;
  };
  readonly startTls: boolean;
  /** Whether certificates must be valid and name the server. */
  readonly verify: boolean;
  /** PEM file of the certificates to trust instead of the system's. */
  readonly ca: string | null;
  /** For a whole login on one server. */
  readonly timeoutSeconds: number;
  /** For connecting. */
  readonly connectTimeoutSeconds: number;
}

export interface ExecuteClass {
  readonly description: string;
  readonly limits: Limits;
  /** Kubernetes only. */
  readonly pod?: PodSettings | undefined;
  /** What its app pods can also connect to; on one machine only. */
  readonly egress?: { readonly allow: readonly Destination[] } | undefined;
}

/** Never logged, never sent anywhere. */
export interface Secrets {
  readonly managerApiKeys: readonly string[];
  /** The whole PostgreSQL URL with its password; null with SQLite. */
  readonly storeUrl: string | null;
  /** Of the service accounts of directories, by the name of the directory. */
  readonly ldapPasswords: Readonly<Record<string, string>>;
}

/** Something the operator should know, but not an error. */
export interface ConfigNote {
  /** `unused`: accepted, but without effect. */
  readonly level: 'unused' | 'warning';
  /** `od.config:12`, `--host`, `DESKPOD_HOST`. */
  readonly where: string;
  readonly key: string;
  readonly text: string;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly notes: readonly ConfigNote[];
  /** The configuration file that was read, if any. */
  readonly file: string | null;
}
