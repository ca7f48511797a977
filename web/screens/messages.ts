/** What the main page and the windows of its other screens tell each other; other pages of the origin can write there, too. */
import { z } from 'zod';
import { parseJson } from '#protocol/json.ts';
import { ScreenArea, ScreenId } from '#protocol/screens.ts';

const Size = z.int().min(1).max(0xffff);
const Position = z.number().min(-1e6).max(1e6);
/** A random name of a main page. */
const Main = z.string().max(64);

/** From a window: `main` is the page that it belongs to. */
export const FromWindow = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('here'),
    main: Main,
    id: ScreenId,
    width: Size,
    height: Size,
    room: z.object({ width: Size, height: Size }),
    /** Of the browser window on the user's monitors. */
    left: Position,
    top: Position,
    /** The X window that it shows alone; null for a screen. */
    app: z.int().positive().nullable(),
  }),
  z.object({ kind: z.literal('gone'), main: Main, id: ScreenId }),
  /** It is used. */
  z.object({ kind: z.literal('used'), main: Main }),
]);
export type FromWindow = z.infer<typeof FromWindow>;

export const FromMain = z.discriminatedUnion('kind', [
  /** It is there: every window answers `here`. */
  z.object({ kind: z.literal('main'), main: Main }),
  z.object({ kind: z.literal('main_gone'), main: Main }),
  /** The screens that the desktop has. */
  z.object({ kind: z.literal('screens'), main: Main, screens: z.array(ScreenArea) }),
  z.object({ kind: z.literal('close'), main: Main, id: ScreenId }),
]);
export type FromMain = z.infer<typeof FromMain>;

/** `of` is the id of the desktop. */
export class ScreensChannel<In, Out> implements Disposable {
  readonly #channel: BroadcastChannel;
  readonly #send: (text: string) => void;

  constructor(of: string, schema: z.ZodType<In>, listener: (message: In) => void) {
    this.#channel = new BroadcastChannel(`deskpod-screens-${of}`);
    this.#send = this.#channel.postMessage.bind(this.#channel);
    this.#channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const message = schema.safeParse(typeof data === 'string' ? parseJson(data) : null);
      if (message.success) listener(message.data);
    });
  }

  post(message: Out): void {
    this.#send(JSON.stringify(message));
  }

  [Symbol.dispose](): void {
    this.#channel.close();
  }
}
