/** The options of `start`, `serve` and `uninstall`; what they mean is the configuration's business (docs/config.md). */
import type { Command } from 'commander';

/** As commander gives them: what was not said is undefined, so that files and variables count. */
export interface ServeOptions {
  readonly config?: string;
  readonly host?: string;
  readonly port?: string;
  readonly path?: string;
  readonly roles?: string;
  readonly data?: string;
  readonly run?: string;
  readonly engineSocket?: string;
  readonly baseImage?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly demo?: boolean;
  readonly anonymous?: boolean;
}

export function withServeOptions(command: Command): Command {
  return withPlaces(command)
    .option(
      '--host <address>',
      'address to listen on (default: 127.0.0.1); any other opens it to the network, with TLS and without demo people',
    )
    .option('--port <number>', 'port to listen on (default: 30443)')
    .option('--path <path>', 'path below which everything is published (default: /)')
    .option('--roles <list>', 'what this process does: api, gateway, speedtest (default: api,gateway)')
    .option('--tls-cert <file>', 'certificate, PEM with its chain')
    .option('--tls-key <file>', 'private key of the certificate, PEM')
    .option('--demo', 'let the seven demo people log in (default: on loopback only)')
    .option('--no-demo', 'do not')
    .option('--anonymous', 'let guests in without a name (default: on loopback only)')
    .option('--no-anonymous', 'do not');
}

/** Where things are: enough to find what was set up. */
export function withPlaces(command: Command): Command {
  return command
    .option(
      '--config <file>',
      'configuration file, YAML or od.config (default: /etc/deskpod/config.yaml if it is there)',
    )
    .option('--data <folder>', 'database, keys, homes and images (default: /var/lib/deskpod)')
    .option('--run <folder>', 'sockets of running desktops (default: /run/deskpod)')
    .option('--engine-socket <file>', 'socket of a Docker-compatible engine (default: a Podman of our own)')
    .option('--base-image <image>', 'image to build the others from (default: made from Debian packages)');
}
