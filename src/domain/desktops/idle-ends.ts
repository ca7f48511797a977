/** Ends desktops that nobody has had open for a long time, and tells their users when they are back. */
import type { Notice } from '#protocol/events.ts';
import { isGuestDesktop } from '../names.ts';
import type { Engine, EngineDesktop } from '../ports/engine.ts';
import type { Attendance } from './attendance.ts';
import { HOME_DELETED, HOME_KEPT } from './slot.ts';

export interface IdleTimes {
  /** 0: never. */
  readonly idleSeconds: number;
  /** The same for guests. */
  readonly guestIdleSeconds: number;
}

export interface IdleEndsOptions extends IdleTimes {
  readonly engine: Pick<Engine, 'desktops'>;
  readonly attendance: Pick<Attendance, 'last' | 'mark' | 'keepOnly'>;
  readonly debug: { hasOpenSession(desktopId: string): Promise<boolean> };
  /** A clause that says which files would be deleted with the desktop; null if none. */
  readonly losses: (desktop: EngineDesktop) => Promise<string | null>;
  readonly endDesktop: (desktopId: string) => Promise<void>;
  readonly notify: (userId: string, level: Notice['level'], text: string) => Promise<void>;
  readonly failed: (what: string, error: unknown) => void;
}

export class IdleEnds {
  readonly #options: IdleEndsOptions;

  constructor(options: IdleEndsOptions) {
    this.#options = options;
  }

  /** Runs periodically, in one server at a time. */
  async sweep(): Promise<void> {
    const { engine, attendance, failed } = this.#options;
    const desktops = (await engine.desktops()).filter(({ state }) => state === 'running');
    const last = await attendance.last();
    for (const desktop of desktops) {
      if (!this.#isIdle(desktop, last)) continue;
      await this.#end(desktop).catch((error: unknown) => failed(`ending the idle desktop ${desktop.id}`, error));
    }
    const owners = new Set(desktops.map(({ userId }) => userId));
    // A desktop that this server sees for the first time counts as attended until now.
    const unknown = [...owners].filter((userId) => !last.has(userId));
    if (unknown.length > 0) await attendance.mark(unknown);
    await attendance.keepOnly(owners);
  }

  #secondsOf(desktop: EngineDesktop): number {
    const { idleSeconds, guestIdleSeconds } = this.#options;
    return isGuestDesktop(desktop) ? guestIdleSeconds : idleSeconds;
  }

  #isIdle(desktop: EngineDesktop, last: ReadonlyMap<string, Date>): boolean {
    const at = last.get(desktop.userId);
    const seconds = this.#secondsOf(desktop);
    return seconds > 0 && at !== undefined && Date.now() - at.getTime() >= seconds * 1000;
  }

  async #end(desktop: EngineDesktop): Promise<void> {
    const { attendance, debug, endDesktop, losses, notify } = this.#options;
    if (await debug.hasOpenSession(desktop.id)) return;
    // Guests know that their files are deleted.
    if (!isGuestDesktop(desktop) && (await losses(desktop)) !== null) return;
    // The user may have come back meanwhile.
    if (!this.#isIdle(desktop, await attendance.last())) return;
    await endDesktop(desktop.id);
    const home = desktop.home === 'kept' ? HOME_KEPT : HOME_DELETED.replace('are deleted', 'were deleted');
    await notify(
      desktop.userId,
      'info',
      `Your desktop was ended because nobody had it open for ${duration(this.#secondsOf(desktop))}. ${home}`,
    );
  }
}

/** `2 hours`, `45 minutes`, `90 seconds`. */
function duration(seconds: number): string {
  const [size, unit] = [[3600, 'hour'] as const, [60, 'minute'] as const].find(([each]) => seconds % each === 0) ?? [
    1,
    'second',
  ];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
