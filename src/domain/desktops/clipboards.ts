/** The clipboards of desktops for their users' pages, within what the installation allows; every transfer is recorded. */
import {
  type ClipboardForm,
  type ClipboardOffer,
  type ClipboardRights,
  type ClipboardType,
  formsBytes,
} from '#protocol/clipboard.ts';
import { DeskpodError } from '../errors.ts';
import type { DisplayClipboard } from '../ports/display.ts';
import { allowedOffer, type ClipboardPolicy, rightsOf } from './clipboard-policy.ts';

export interface Transfer {
  readonly user: string;
  readonly desktop: string;
  /** `in` is from the user's computer to the desktop. */
  readonly direction: 'in' | 'out';
  readonly types: readonly string[];
  readonly bytes: number;
}

interface ClipboardDeps {
  readonly displays: {
    clipboardOffer(desktopId: string): Promise<ClipboardOffer | null>;
    withClipboard<T>(desktopId: string, work: (clipboard: DisplayClipboard) => Promise<T>): Promise<T>;
  };
  readonly policy: ClipboardPolicy;
  readonly transferred: (transfer: Transfer) => void;
}

interface Caller {
  readonly userId: string;
  readonly desktopId: string;
}

export class Clipboards {
  readonly rights: ClipboardRights;
  readonly #deps: ClipboardDeps;

  constructor(deps: ClipboardDeps) {
    this.#deps = deps;
    this.rights = rightsOf(deps.policy);
  }

  /** What pages may know of an offer. */
  present(offer: ClipboardOffer | null): ClipboardOffer | null {
    return allowedOffer(this.rights, offer);
  }

  /** Null also if the display isn't open. */
  async offer(desktopId: string): Promise<ClipboardOffer | null> {
    return this.present(await this.#deps.displays.clipboardOffer(desktopId));
  }

  /** `forbidden` without the right to it; otherwise as `DisplayClipboard.read`. */
  async read({ userId, desktopId }: Caller, id: string, type: ClipboardType): Promise<Buffer> {
    if (!this.rights.out) throw forbidden('Copying from the desktop');
    this.#requireTypes([type]);
    const data = await this.#deps.displays.withClipboard(desktopId, (clipboard) =>
      clipboard.read(id, type, this.rights.maxBytes),
    );
    this.#deps.transferred({
      user: userId,
      desktop: desktopId,
      direction: 'out',
      types: [type],
      bytes: data.length,
    });
    return data;
  }

  /** Replaces what is in the desktop's clipboard. `forbidden` without the right to it; `payload_too_large`. */
  async write(
    { userId, desktopId }: Caller,
    forms: readonly ClipboardForm<Buffer>[],
    from: string | null,
  ): Promise<void> {
    if (!this.rights.in) throw forbidden('Pasting into the desktop');
    const types = forms.map(({ type }) => type);
    this.#requireTypes(types);
    const bytes = formsBytes(forms);
    const { maxBytes } = this.rights;
    if (bytes > maxBytes)
      throw new DeskpodError(
        'payload_too_large',
        `This is too large for the clipboard: ${bytes} of ${maxBytes} bytes.`,
      );
    await this.#deps.displays.withClipboard(desktopId, (clipboard) => clipboard.write(forms, from));
    this.#deps.transferred({ user: userId, desktop: desktopId, direction: 'in', types, bytes });
  }

  #requireTypes(types: readonly ClipboardType[]): void {
    const refused = types.find((type) => !this.rights.types.includes(type));
    if (refused !== undefined) throw forbidden(`Copying ${refused}`);
  }
}

function forbidden(what: string): DeskpodError {
  return new DeskpodError('forbidden', `${what} is switched off on this server.`, {
    remedy: 'An administrator can allow it (clipboard.direction, clipboard.types).',
  });
}
