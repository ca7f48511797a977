/** Asks the api role for the ticket of a file manager. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { DeskpodError } from '#domain/errors.ts';
import { DAV_TICKETS_PATH, type DavLogin, DavTicket } from '#protocol/access-token.ts';
import { ErrorBody } from '#protocol/errors.ts';
import { GATEWAY_HEADER } from '#protocol/forwarding.ts';
import { ReplicaAgent } from './agent.ts';
import type { ApiReplicas } from './replicas.ts';

/** The api role waits for a desktop to start. */
const ANSWER_MS = 150_000;

export interface DavTicketsOptions {
  readonly replicas: ApiReplicas;
  /** Of gateways themselves. */
  readonly token: string;
  /** Marks a request as one from a gateway, which may call the api by any name. */
  readonly forwardToken: string;
}

export function davTicketsOfApi({
  replicas,
  token,
  forwardToken,
}: DavTicketsOptions): (login: DavLogin) => Promise<string> {
  return async (login) => {
    const body = JSON.stringify(login);
    // The same replica as for the user's pages.
    const agent = new ReplicaAgent(replicas, await replicas.ranked(`user ${login.userId}`));
    const signal = AbortSignal.timeout(ANSWER_MS);
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const headers = {
      authorization: `Bearer ${token}`,
      [GATEWAY_HEADER]: forwardToken,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const asked = httpRequest(
      { host: replicas.name, port: replicas.port, path: DAV_TICKETS_PATH, method: 'POST', headers, agent, signal },
      resolve,
    );
    asked.on('error', reject);
    asked.end(body);
    try {
      const answer = await promise;
      const reply: unknown = JSON.parse(await text(answer));
      if (answer.statusCode === 200) return DavTicket.parse(reply).ticket;
      const { error } = ErrorBody.parse(reply);
      throw new DeskpodError(error.code, error.message, error.remedy === undefined ? {} : { remedy: error.remedy });
    } catch (cause) {
      if (cause instanceof DeskpodError) throw cause;
      throw new DeskpodError('engine_unavailable', 'The server behind this gateway doesn’t respond.', {
        remedy: 'Try again in a moment.',
        cause,
      });
    } finally {
      agent.destroy();
    }
  };
}
