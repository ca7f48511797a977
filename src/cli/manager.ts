/** The manager part of the compatible API, for what `/api/v1` lacks: catalogue import and export. */
import { z } from 'zod';
import { ConnectionError } from '#client/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { AppDocument } from '#protocol/manager.ts';
import { CliError } from './failure.ts';
import type { Login } from './login.ts';

const TIMEOUT_MS = 60_000;
const Refusal = z.object({
  message: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});

export class Manager {
  readonly #login: Login;

  constructor(login: Login) {
    this.#login = login;
  }

  /** Stores the entries of a `docker inspect` document; with `pull`, the server starts to pull their images. */
  async addImages(json: string, { pull }: { pull: boolean }): Promise<AppDocument[]> {
    const answer = await this.#send(pull ? 'PUT' : 'POST', 'image', json);
    return z.union([z.array(AppDocument), AppDocument.transform((one) => [one])]).parse(answer);
  }

  /** Returns the removed ids. */
  async removeImage(id: string): Promise<string[]> {
    return z.array(z.string()).parse(await this.#send('DELETE', `image/${encodeURIComponent(id)}`));
  }

  /** The catalogue file of an installed app. */
  async exportImage(key: string, options: readonly (readonly [name: string, value: string])[]): Promise<unknown> {
    const query = new URLSearchParams();
    for (const [name, value] of options) query.append(name, value);
    return await this.#send(
      'GET',
      `export/${encodeURIComponent(key)}${query.size === 0 ? '' : `?${query.toString()}`}`,
    );
  }

  async #send(method: string, path: string, body?: string): Promise<unknown> {
    const { server, token } = this.#login;
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const request = {
      method,
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body }),
    };
    const response = await fetch(`${server}/API/manager/${path}`, request).catch((cause: unknown) => {
      throw new ConnectionError('The server does not answer.', { cause });
    });
    const answer: unknown = await response.json().catch(ignore('the reply has no JSON', null));
    if (response.ok) return answer;
    throw refusal(response.status, answer);
  }
}

/** The server has no app of that name. */
export class NoSuchApp extends CliError {
  constructor() {
    super('App not found.', { remedy: 'To list the apps: deskpod apps list' });
  }
}

function refusal(status: number, answer: unknown): CliError {
  if (answer === 'Not found') return new NoSuchApp();
  const parsed = Refusal.safeParse(answer);
  if (!parsed.success) return new CliError(`The server returned status ${status}.`);
  const { message, errors } = parsed.data;
  if (errors === undefined) return new CliError(message);
  const list = errors.map(({ field, message: what }) => `\n  ${field} ${what}`).join('');
  return new CliError(`The file is invalid; nothing was stored:${list}`);
}
