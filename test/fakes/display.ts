/** A display without windows, whose clipboard has what a test puts there. */
import type { Display, DisplayClipboard } from '#domain/ports/display.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { ClipboardForm, ClipboardOffer, ClipboardType } from '#protocol/clipboard.ts';

export class FakeClipboard implements DisplayClipboard {
  offer: ClipboardOffer | null = null;
  forms: readonly ClipboardForm<Buffer>[] = [];
  readonly #listeners = new Set<(offer: ClipboardOffer | null) => void>();

  /** A program in the desktop copies something. */
  copy(id: string, forms: readonly ClipboardForm<Buffer>[]): void {
    this.#become({ id, types: forms.map(({ type }) => type), from: null, fresh: true }, forms);
  }

  onChange(listener: (offer: ClipboardOffer | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async read(id: string, type: ClipboardType, maxBytes: number): Promise<Buffer> {
    const form = this.offer?.id === id ? this.forms.find((one) => one.type === type) : undefined;
    if (form === undefined) throw new DeskpodError('not_found', 'It is gone.');
    if (form.data.length > maxBytes) throw new DeskpodError('payload_too_large', 'It is too large.');
    return form.data;
  }

  async write(forms: readonly ClipboardForm<Buffer>[], from: string | null): Promise<ClipboardOffer> {
    const offer = { id: 'written', types: forms.map(({ type }) => type), from, fresh: true };
    this.#become(offer, forms);
    return offer;
  }

  #become(offer: ClipboardOffer, forms: readonly ClipboardForm<Buffer>[]): void {
    this.offer = offer;
    this.forms = forms;
    for (const listener of this.#listeners) listener(offer);
  }
}

export function fakeDisplay(more: Partial<Display> = {}): Display {
  return {
    windows: [],
    clipboard: new FakeClipboard(),
    onChange: () => () => {},
    onMapped: () => () => {},
    moving: [],
    onMoving: () => () => {},
    onOpenRequest: () => () => {},
    onClose: () => () => {},
    icon: () => null,
    act: async () => {},
    [Symbol.asyncDispose]: async () => {},
    ...more,
  };
}
