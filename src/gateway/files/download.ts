/** `GET` and `HEAD` of a file: all of it, one range, or nothing if the browser has it already. */
import { DeskpodError } from '#domain/errors.ts';
import { emptyAnswer, errorAnswer, type FilesAnswer } from './answer.ts';
import { type Exchange, pick, requireRight } from './exchange.ts';
import { failureOf, tooLarge } from './failures.ts';
import { fileHeaders } from './media.ts';
import { encodedPath, shownPath } from './paths.ts';

const ANSWER_MS = 60_000;
const CONDITIONS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'];
/** Whitelisted: what else the service says stays here. */
const PASSED = ['content-length', 'content-range', 'accept-ranges', 'etag', 'last-modified'];

export async function download(exchange: Exchange): Promise<FilesAnswer> {
  const { request, path, query, service, signal, pace, events, claims } = exchange;
  const isHead = request.method === 'HEAD';
  const maxBytes = isHead ? Number.POSITIVE_INFINITY : requireRight(exchange, 'download');
  const shown = shownPath(path);
  if (path.length === 0) throw isFolder(shown);
  const answer = await service.request(
    {
      method: isHead ? 'HEAD' : 'GET',
      path: encodedPath(path, 'file'),
      headers: { ...pick(request, CONDITIONS), ...rangeOf(exchange) },
      answerMs: ANSWER_MS,
    },
    signal,
  );
  const { statusCode: status = 0, headers: said } = answer;
  const headers = {
    ...fileHeaders(path.at(-1) ?? '', said['content-type'], query.has('inline')),
    ...pick(answer, PASSED),
  };
  if (status !== 200 && status !== 206) {
    answer.destroy();
    if (status === 304) return emptyAnswer(304, pick(answer, ['etag', 'last-modified']));
    if (status === 416) return errorAnswer(416, new DeskpodError('invalid_request', 'The file has no such range.'));
    if (status === 301 || status === 308) throw isFolder(shown);
    if (status === 412) throw new DeskpodError('conflict', `${shown} has changed.`);
    throw failureOf(status, shown);
  }
  if (isHead) {
    answer.destroy();
    return { status, headers, body: null };
  }
  const total = Number(/\/(\d+)$/.exec(said['content-range'] ?? '')?.[1] ?? said['content-length']);
  if (Number.isNaN(total) || total > maxBytes) {
    answer.destroy();
    throw Number.isNaN(total) ? failureOf(status, shown) : tooLarge(shown, maxBytes);
  }
  const moving = pace();
  const body: FilesAnswer['body'] = async (sink) => {
    try {
      await moving.move(answer, sink, true);
    } finally {
      answer.destroy();
      events.fileDownloaded(claims.userId, claims.desktopId, shown, moving.bytes);
    }
  };
  return { status, headers, body };
}

/** One range only: the service's answer to several would have a type of its own. */
function rangeOf({ request }: Exchange): Record<string, string> {
  const { range } = request.headers;
  if (range === undefined || !/^bytes=(\d{0,15}-\d{0,15})$/.test(range)) return {};
  return pick(request, ['range', 'if-range']);
}

function isFolder(shown: string): DeskpodError {
  return new DeskpodError('invalid_request', `${shown} is a folder.`, { remedy: 'Download it with ?zip=.' });
}
