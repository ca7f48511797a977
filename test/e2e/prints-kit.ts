/** The print dialogs of a browser without any. */
import { eventually } from './faults-kit.ts';
import type { Person } from './person.ts';

/** A headless browser shows no dialog: instead, the page notes for which loaded documents one was asked, and when. */
const NOTE_DIALOGS = `
  window.printed = [];
  const { get } = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, 'contentWindow');
  Object.defineProperty(HTMLIFrameElement.prototype, 'contentWindow', {
    get() {
      if (this.dataset.test !== 'print-frame') return get.call(this);
      const name = decodeURIComponent(this.src.split('/').at(-1));
      return { print: () => window.printed.push({ name, type: this.contentDocument.contentType, at: Date.now() }) };
    },
  });
`;

export interface Dialog {
  /** Of the document, such as `A letter.pdf`. */
  readonly name: string;
  readonly type: string;
  /** In milliseconds since the epoch. */
  readonly at: number;
}

/** Loads the page again, which then notes its dialogs. */
export async function noteDialogs({ page }: Person): Promise<void> {
  await page.addInitScript(NOTE_DIALOGS);
  await page.reload();
}

export function dialogs({ page }: Person): Promise<Dialog[]> {
  return page.evaluate(() => Reflect.get(window, 'printed'));
}

export function dialogFor(person: Person, name: string): Promise<Dialog> {
  return eventually(
    `a dialog for ${name}`,
    async () => (await dialogs(person)).find((one) => one.name === name) ?? null,
  );
}
