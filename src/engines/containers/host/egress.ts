/** Restricts what programs of users can connect to on this machine, by a table of nftables that only this installation has. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { EgressConfig } from '#config/config.ts';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import type { EngineEvents } from '#domain/ports/engine.ts';
import { ignore } from '#protocol/ignore.ts';
import type { SystemWarning } from '#protocol/system.ts';
import { egressRules, nameserversIn, withoutEgressRules } from './egress-rules.ts';

/** The second one has the servers behind systemd-resolved. Engines read both. */
const RESOLV_CONF = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'];
const NFT_TIMEOUT_MS = 10_000;

export interface EgressOptions {
  readonly table: string;
  readonly bridges: readonly string[];
  readonly policy: EgressConfig;
  readonly events: EngineEvents;
  /** Runs `nft -f -` with this input; rejects with its reason. */
  readonly nft?: (input: string) => Promise<void>;
}

export class Egress {
  readonly #options: EgressOptions;
  readonly #nft: (input: string) => Promise<void>;
  /** Before that, the caller of `open` logs `warnings()`. */
  #opened = false;
  #applying: Promise<void> | null = null;
  /** Why the rules have no effect. */
  readonly #failures = new Map<'rules' | 'bridge', SystemWarning>();

  /** Applies the rules, or removes them if they are disabled. */
  static async open(options: EgressOptions): Promise<Egress> {
    const egress = new Egress(options);
    if (options.policy.enabled) await egress.apply();
    else await removeEgress(options.table, egress.#nft);
    egress.#opened = true;
    return egress;
  }

  private constructor(options: EgressOptions) {
    this.#options = options;
    this.#nft = options.nft ?? nft;
  }

  /** For administrators, if the rules have no effect. */
  warnings(): readonly SystemWarning[] {
    return [...this.#failures.values()];
  }

  /**
   * Before each desktop, because the machine's DNS servers change and other programs flush all tables. Never rejects: a
   * failure is a warning.
   */
  async apply(): Promise<void> {
    if (!this.#options.policy.enabled) return;
    this.#applying ??= this.#apply().finally(() => {
      this.#applying = null;
    });
    await this.#applying;
  }

  /** Checks that a bridge of a running desktop is on this machine, where the rules apply. */
  check(bridge: string): void {
    if (!this.#options.policy.enabled || existsSync(`/sys/class/net/${bridge}`)) return;
    const reason = new Error("the engine's networks aren't in the server's network namespace");
    this.#failed('bridge', reason, 'Restrict them where the engine runs, and set network.egress.enabled to false.');
  }

  async #apply(): Promise<void> {
    const { table, bridges, policy } = this.#options;
    const files = await Promise.all(
      RESOLV_CONF.map((path) => readFile(path, 'utf8').catch(ignore('the file is optional', ''))),
    );
    const nameservers = [...new Set(files.flatMap(nameserversIn))];
    try {
      await this.#nft(egressRules({ table, bridges, nameservers, policy }));
      this.#failures.delete('rules');
    } catch (error) {
      const commands = ['apt-get install nftables'];
      this.#failed('rules', error, 'Install the package nftables and run the server as root.', commands);
    }
  }

  #failed(kind: 'rules' | 'bridge', error: unknown, remedy: string, commands: string[] = []): void {
    const what =
      'Programs in desktops can connect to this machine and to private networks: network.egress has no effect';
    const text = `${what}, because ${messageOf(error)}. ${remedy}`;
    const known = this.#failures.get(kind)?.text === text;
    this.#failures.set(kind, { text, commands });
    if (!known && this.#opened)
      this.#options.events.failed('restricting connections of programs in desktops (network.egress)', error);
  }
}

/** Removes the rules of an installation. It is no error when there are none, or no nftables. */
export async function removeEgress(table: string, run: (input: string) => Promise<void> = nft): Promise<void> {
  await run(withoutEgressRules(table)).catch(ignore('without nftables there are no rules'));
}

async function nft(input: string): Promise<void> {
  const child = spawn('nft', ['-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'], timeout: NFT_TIMEOUT_MS });
  // It says itself why it reads no further.
  child.stdin.on('error', ignore('the exit code says why'));
  child.stdin.end(input);
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]).catch((cause: unknown) => {
    throw new DeskpodError('engine_unavailable', `nft can't be run (${messageOf(cause)})`, { cause });
  });
  if (code === 0) return;
  const [line = 'it said nothing'] = said.trim().split('\n');
  throw new DeskpodError('engine_unavailable', `nft refuses the rules (${line})`);
}
