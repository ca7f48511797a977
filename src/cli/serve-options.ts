/** The options of `start`, `serve` and `uninstall`; docs/config.md describes the settings. */
import type { Command } from 'commander';

/** As commander parses them: undefined lets files and variables apply. */
export interface ServeOptions {
  readonly config?: string;
  readonly host?: string;
  readonly port?: string;
  readonly path?: string;
  readonly roles?: string;
  readonly data?: string;
  readonly run?: string;
  readonly user?: string;
  readonly engineSocket?: string;
  readonly engineProcess?: string;
  readonly baseImage?: string;
  readonly languages?: string;
  readonly fonts?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly demo?: boolean;
  readonly anonymous?: boolean;
}

export function withServeOptions(command: Command): Command {
  return withFolders(command)
    .option(
      '--host <address>',
      'address to listen on (default: 127.0.0.1); other addresses need TLS and disable demo users',
    )
    .option('--port <number>', 'port to listen on (default: 30443)')
    .option('--path <path>', 'URL path prefix (default: /)')
    .option('--roles <list>', 'roles of this process: api, gateway, speedtest (default: api,gateway)')
    .option('--user <name>', 'system user of the server process; root: no user of its own (default: deskpod)')
    .option('--engine-process <file>', 'socket of an engine process (deskpod engine) (default: started if needed)')
    .option('--tls-cert <file>', 'TLS certificate with its chain (PEM)')
    .option('--tls-key <file>', 'private key of the certificate (PEM)')
    .option('--demo', 'enable the seven demo users (default: on loopback only)')
    .option('--no-demo', 'disable the demo users')
    .option('--anonymous', 'enable guest logins (default: on loopback only)')
    .option('--no-anonymous', 'disable guest logins');
}

/** The paths of an installation. */
export function withFolders(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file, YAML or od.config (default: /etc/deskpod/config.yaml if it exists)')
    .option('--data <folder>', 'folder for database, keys, homes and images (default: /var/lib/deskpod)')
    .option('--run <folder>', 'folder for sockets of running desktops (default: /run/deskpod)')
    .option('--engine-socket <file>', 'socket of a Docker-compatible engine (default: Podman, started by Deskpod)')
    .option('--base-image <image>', 'base image of all images (default: built from Debian packages)')
    .option('--languages <list>', 'languages of the programs in the images, such as de,fr (default: English only)')
    .option('--fonts <list>', 'more fonts in the images: cjk, arabic, emoji (default: none)');
}

/** The arguments that commander parses into these options. */
export function serveArguments(options: ServeOptions): string[] {
  return Object.entries(options).flatMap(([name, value]: [string, string | boolean | undefined]) => {
    const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (value === undefined) return [];
    if (typeof value === 'boolean') return [value ? `--${flag}` : `--no-${flag}`];
    return [`--${flag}=${value}`];
  });
}
