/** A terminal and the debug sessions that use it: each is warned before its end, and recorded where this server does that. */
import type { DebugSession } from '../../protocol/debug.ts';
import type { TerminalSize } from '../../protocol/terminal.ts';
import type { Seat, SharedTerminal } from './shared-terminal.ts';
import type { Transcript } from './transcript.ts';

export const WARN_MS = 120_000;

interface Guest {
  session: DebugSession;
  warning: NodeJS.Timeout | null;
  /** Ends the recording; null while another server records. */
  stop: (() => Promise<void>) | null;
}

export class Room {
  readonly terminal: SharedTerminal;
  readonly #guests = new Map<string, Guest>();

  constructor(terminal: SharedTerminal) {
    this.terminal = terminal;
  }

  has(sessionId: string): boolean {
    return this.#guests.has(sessionId);
  }

  sessions(): DebugSession[] {
    return [...this.#guests.values()].map(({ session }) => session);
  }

  /** `transcript` is null where another server records. */
  admit(session: DebugSession, transcript: Transcript | null): void {
    const guest = this.#guests.get(session.id) ?? { session, warning: null, stop: null };
    this.#guests.set(session.id, guest);
    if (transcript !== null) guest.stop ??= this.#record(transcript);
    this.renew(session);
  }

  #record(transcript: Transcript): () => Promise<void> {
    const stopListening = this.terminal.listen(transcript);
    return async () => {
      stopListening();
      await transcript.end();
    };
  }

  /** Its time began anew, perhaps. */
  renew(session: DebugSession): void {
    const guest = this.#guests.get(session.id);
    if (!guest || session.status.state !== 'running') return;
    guest.session = session;
    if (guest.warning) clearTimeout(guest.warning);
    const { endsAt } = session.status;
    const left = Date.parse(endsAt) - Date.now() - WARN_MS;
    this.terminal.warn(session.id, null);
    guest.warning = setTimeout(() => this.terminal.warn(session.id, endsAt), Math.max(left, 0)).unref();
  }

  seat(sessionId: string, size: TerminalSize, mayType = true): Seat {
    return this.terminal.join(size, sessionId, mayType);
  }

  /** The session is over for this reason. True when nobody uses the terminal any more. */
  async dismiss(sessionId: string, why: string | null): Promise<boolean> {
    const guest = this.#guests.get(sessionId);
    if (guest) {
      this.#guests.delete(sessionId);
      if (guest.warning) clearTimeout(guest.warning);
      this.terminal.warn(sessionId, null);
      this.terminal.dismiss(sessionId, why);
      await guest.stop?.();
    }
    return this.#guests.size === 0;
  }

  /** Leaves the terminal; what was recorded is kept. */
  async close(): Promise<void> {
    const guests = [...this.#guests.values()];
    this.#guests.clear();
    for (const { warning } of guests) if (warning) clearTimeout(warning);
    this.terminal.close();
    await Promise.all(guests.map(async ({ stop }) => stop?.()));
  }
}
