/** What the program is told before it starts: read once by `loadConfig`, then passed on. Free of secrets, so that it can be logged. */
import type { Limits, PodWishes, Toleration } from '../protocol/app.ts';
import type { DebugPolicy } from '../domain/debug/policy.ts';
import type { ServerRole } from '../protocol/system.ts';

export interface Config {
  readonly roles: readonly ServerRole[];
  /** What tells this process from its replicas. */
  readonly name: string;
  /** Of the RSA keys. */
  readonly keysDir: string;
  /** Of the api role, for a gateway in a process of its own; null when this process is both. */
  readonly apiUrl: string | null;
  /** One address for all its replicas; null where there is none. */
  readonly apiServiceUrl: string | null;
  readonly listen: {
    readonly host: string;
    /** 0 takes any free one. */
    readonly port: number;
    /** Below which everything is published, with a slash at both ends. */
    readonly path: string;
    readonly tls: TlsConfig;
    /** Networks whose `X-Forwarded-*` headers are believed. */
    readonly trustedProxies: readonly string[];
    /** Origins that may open WebSockets besides the page's own. */
    readonly allowedOrigins: readonly string[];
  };
  /** Database, keys and homes. */
  readonly dataDir: string;
  /** Sockets, gone after a reboot. */
  readonly runDir: string;
  readonly engine: ContainersConfig | KubernetesConfig;
  readonly store:
    | { readonly kind: 'sqlite'; readonly file: string }
    /** Without its password, which is in `Secrets`. */
    | { readonly kind: 'postgres'; readonly url: string };
  readonly auth: {
    readonly demoDirectory: boolean;
    readonly anonymous: boolean;
    /** In the order in which they are asked. */
    readonly ldap: readonly LdapSource[];
    /** How long a login lasts. */
    readonly sessionSeconds: number;
    /** Life of a user token of the compatible API, renewed by its clients. */
    readonly tokenSeconds: number;
    /** Life of a ticket, at most 420. */
    readonly ticketSeconds: number;
    readonly lockout: {
      /** Failed logins of one name before attempts are refused for a time. */
      readonly failures: number;
      /** Longest refusal. */
      readonly seconds: number;
      readonly protectedNetworks: readonly string[];
    };
  };
  readonly desktop: {
    readonly image: string;
    readonly env: Readonly<Record<string, string>>;
    /** Whether apps in pods of their own can connect to the display. */
    readonly x11Tcp: boolean;
    readonly limits: Limits;
    readonly shmBytes: number;
    /** So long nobody looks before one that shall be made anew is. */
    readonly compactAfterSeconds: number;
  };
  /** Always has `default`. */
  readonly executeClasses: Readonly<Record<string, ExecuteClass>>;
  /** App names or ids in the dock of a new user. */
  readonly dock: readonly string[];
  readonly launches: { readonly keepDays: number; readonly stopGraceMs: number };
  /** Who may look into what runs, how and for how long. */
  readonly debug: DebugPolicy & { readonly keepDays: number };
  readonly log: {
    readonly level: string;
    /** `text` for people, `json` for machines. */ readonly format: 'text' | 'json';
  };
  readonly manager: {
    readonly enabled: boolean;
    /** Networks whose callers need no key. */
    readonly permitNetworks: readonly string[];
    /** Networks that may call at all, with or without a key; null means anywhere. */
    readonly onlyNetworks: readonly string[] | null;
  };
}

export interface ContainersConfig {
  readonly kind: 'containers';
  /** Null: our own Podman service. */
  readonly socket: string | null;
  /** Null: made from Debian packages. */
  readonly baseImage: string | null;
}

export interface KubernetesConfig {
  readonly kind: 'kubernetes';
  readonly namespace: string;
  /** Null: the pod's service account, else the usual files. */
  readonly kubeconfig: string | null;
  readonly images: {
    /** Registry and folder of ours. */
    readonly registry: string;
    readonly tag: string;
    readonly pullPolicy: 'Always' | 'IfNotPresent' | 'Never';
    readonly pullSecrets: readonly string[];
  };
  readonly services: readonly ('files' | 'sound' | 'printer')[];
  /** Of the graphical container. */
  readonly requests: Limits;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  readonly homes: HomesConfig;
  /** Null: those of the nodes. */
  readonly podNetworks: readonly string[] | null;
}

/** A Kubernetes object with placeholders in its texts. */
export type ObjectTemplate = Readonly<Record<string, unknown>>;

export type HomesConfig =
  | { readonly kind: 'none' }
  | { readonly kind: 'hostPath'; readonly root: string }
  | {
      readonly kind: 'persistentVolumeClaim';
      /** A template, the name of one claim that all share, or null: made from size and class. */
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

/** A directory that people log in from; the password of its service account is in `Secrets`. */
export interface LdapSource {
  /** The `provider` of its users. */
  readonly name: string;
  /** For people. */
  readonly displayName: string;
  /** `ldap://host:port` or `ldaps://host:port`, tried in this order. */
  readonly servers: readonly string[];
  readonly baseDn: string;
  readonly scope: 'sub' | 'one' | 'base';
  /** The service account that searches; null: anonymously. */
  readonly bindDn: string | null;
  /** With `%s` wherever the typed name goes. */
  readonly filter: string;
  readonly attributes: {
    readonly id: string;
    readonly name: string;
    readonly uidNumber: string;
    readonly gidNumber: string;
  };
  readonly startTls: boolean;
  /** Whether certificates must be valid and of the named server. */
  readonly verify: boolean;
  /** PEM file of the certificates to trust in place of the usual ones. */
  readonly ca: string | null;
  /** For everything that is asked of one server. */
  readonly timeoutSeconds: number;
  /** Until a connection stands. */
  readonly connectTimeoutSeconds: number;
}

export interface ExecuteClass {
  readonly description: string;
  readonly limits: Limits;
  /** Only a cluster takes notice of it. */
  readonly pod?: PodWishes | undefined;
}

/** Never logged, never sent anywhere. */
export interface Secrets {
  readonly managerApiKeys: readonly string[];
  /** The whole PostgreSQL URL with its password; null with SQLite. */
  readonly storeUrl: string | null;
  /** Of the service accounts of directories, by the name of the directory. */
  readonly ldapPasswords: Readonly<Record<string, string>>;
}

/** Something the operator should know that does not stop the program. */
export interface ConfigNote {
  /** `unused`: accepted and not acted on yet. */
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
