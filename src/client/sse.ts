/** Server-sent events over fetch, so that the same reader works in browsers and in Node and may carry a token. */
import { ignore } from '#protocol/ignore.ts';

export interface SseMessage {
  /** `message` unless the server named it. */
  readonly event: string;
  readonly data: string;
}

/** Feed it text in any pieces; it returns the messages that each piece completes. */
export function createSseParser(): (chunk: string) => SseMessage[] {
  let rest = '';
  let event = '';
  let data: string[] = [];
  let first = true;

  const takeLine = (line: string): SseMessage | null => {
    if (line === '') {
      const message = data.length > 0 || event !== '' ? { event: event || 'message', data: data.join('\n') } : null;
      event = '';
      data = [];
      return message;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const raw = colon < 0 ? '' : line.slice(colon + 1);
    const value = raw.startsWith(' ') ? raw.slice(1) : raw;
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
    return null;
  };

  return (chunk) => {
    let text = rest + chunk;
    if (first && text.length > 0) {
      text = text.replace(/^\uFEFF/, '');
      first = false;
    }
    // A carriage return at the very end may be the first half of CRLF: it waits for the next piece.
    const held = text.endsWith('\r') ? 1 : 0;
    const lines = text.slice(0, text.length - held).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + text.slice(text.length - held);
    return lines.map(takeLine).filter((message) => message !== null);
  };
}

/**
 * Reads a body until it ends. With `idleMs` the stream is given up when nothing, not even a comment, arrives for that
 * long: a network that went away silently is noticed although the socket still looks open.
 */
export async function* readSse(
  body: ReadableStream<Uint8Array>,
  { idleMs }: { idleMs?: number } = {},
): AsyncGenerator<SseMessage> {
  const parse = createSseParser();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await withDeadline(reader.read(), idleMs, () => reader.cancel());
      if (done) return;
      yield* parse(decoder.decode(value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(ignore('the stream has ended'));
  }
}

async function withDeadline<T>(reading: Promise<T>, ms: number | undefined, giveUp: () => Promise<void>): Promise<T> {
  if (ms === undefined) return reading;
  const timer = setTimeout(() => void giveUp().catch(ignore('the stream has ended')), ms);
  try {
    return await reading;
  } finally {
    clearTimeout(timer);
  }
}
