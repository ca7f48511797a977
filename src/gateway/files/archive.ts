/**
 * Files and folders as one zip, made while it is sent: `GET /files/?zip=…`, or `POST /files/` with the same as a form, for
 * selections that a URL has no room for.
 */
import type { IncomingMessage } from 'node:http';
import { addAbortSignal, Readable } from 'node:stream';
import { makeZip, predictLength } from 'client-zip';
import { DeskpodError } from '#domain/errors.ts';
import { MOST_ARCHIVED } from '#protocol/files.ts';
import { ignore } from '#protocol/ignore.ts';
import { type FilesAnswer, PROTECTION } from './answer.ts';
import { type Exchange, requireRight } from './exchange.ts';
import { tooLarge } from './failures.ts';
import { disposition } from './media.ts';
import { type FilePath, pathOfText, shownPath } from './paths.ts';
import { commonFolder, type Member, membersOf } from './tree.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded';
const MOST_FORM_BYTES = 2 * 1024 * 1024;
const FORM_MS = 30_000;
/** Looking at a large home takes a while. */
const WALK_MS = 120_000;
const ANSWER_MS = 60_000;
/** Up to here, each file is asked for its size, so that the browser knows that of the archive. */
const MOST_MEASURED = 1000;
const MEASURED_AT_ONCE = 8;
/** What a zip can express (APPNOTE 4.4.6). */
const OLDEST = new Date(1980, 0, 2);
const MOST_LOGGED = 20;

export async function archiveOfForm(exchange: Exchange): Promise<FilesAnswer> {
  requireRight(exchange, 'download');
  const { request, path, signal } = exchange;
  if (path.length > 0) throw new DeskpodError('not_found', 'Forms go to the home folder.');
  if (request.headers['content-type']?.split(';')[0] !== FORM_TYPE)
    throw new DeskpodError('unsupported_media_type', `A selection is a form of the type ${FORM_TYPE}.`);
  const form = await formOf(request, AbortSignal.any([signal, AbortSignal.timeout(FORM_MS)]));
  return archive({ ...exchange, query: form });
}

async function formOf(request: IncomingMessage, signal: AbortSignal): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let size = 0;
  const reading = addAbortSignal(signal, Readable.from(request.iterator({ destroyOnReturn: false })));
  for await (const chunk of reading) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MOST_FORM_BYTES)
      throw new DeskpodError('payload_too_large', `A selection has at most ${MOST_FORM_BYTES} bytes.`);
    chunks.push(bytes);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

export async function archive(exchange: Exchange): Promise<FilesAnswer> {
  const maxBytes = requireRight(exchange, 'download');
  const { query, events, claims, pace } = exchange;
  const paths = query.getAll('zip').map(pathOfText);
  if (paths.length > MOST_ARCHIVED)
    throw new DeskpodError('invalid_request', `An archive is of at most ${MOST_ARCHIVED} files and folders.`);
  const within = { ...exchange, signal: AbortSignal.any([exchange.signal, AbortSignal.timeout(WALK_MS)]) };
  const listed = await membersOf(within, paths);
  const isMeasured = listed.length <= MOST_MEASURED;
  const members = isMeasured ? await measured(within, listed) : listed;
  const total = members.reduce((sum, { bytes, isFolder }) => sum + (isFolder ? 0 : bytes), 0);
  if (total > maxBytes) throw tooLarge('This archive', maxBytes);
  const moving = pace();
  const shown = shownPaths(paths);
  const body: FilesAnswer['body'] = async (sink) => {
    const zip = Readable.fromWeb(
      makeZip(isMeasured ? exactly(exchange, members) : asFound(exchange, members, maxBytes)),
    );
    try {
      await moving.move(zip, sink);
    } finally {
      zip.on('error', ignore('the transfer has ended already')).destroy();
      events.fileDownloaded(claims.userId, claims.desktopId, shown, moving.bytes);
    }
  };
  return {
    status: 200,
    headers: {
      ...PROTECTION,
      'content-type': 'application/zip',
      'content-disposition': disposition('attachment', `${nameOf(paths)}.zip`),
      'cache-control': 'no-store',
      ...(isMeasured
        ? {
            'content-length': String(
              predictLength(members.map((member) => (member.isFolder ? folderOf(member) : fileOf(member)))),
            ),
          }
        : {}),
    },
    body,
  };
}

/** With the sizes of what links lead to, and without what can't be read: sockets, pipes, links to nothing. */
async function measured({ service, signal }: Exchange, members: readonly Member[]): Promise<Member[]> {
  const sizes = new Map<Member, number>();
  const queue = members.filter(({ isFolder }) => !isFolder).values();
  const measure = async (): Promise<void> => {
    for (const member of queue) {
      const answer = await service.request({ method: 'HEAD', path: member.href, answerMs: ANSWER_MS }, signal);
      answer.destroy();
      if (answer.statusCode === 200) sizes.set(member, Number(answer.headers['content-length'] ?? 0));
    }
  };
  await Promise.all(Array.from({ length: MEASURED_AT_ONCE }, measure));
  return members.flatMap((member) => {
    if (member.isFolder) return [member];
    const bytes = sizes.get(member);
    return bytes === undefined ? [] : [{ ...member, bytes }];
  });
}

/** Fails if a file has become shorter; of one that grows, what it had. */
async function* exactly(exchange: Exchange, members: readonly Member[]) {
  for (const member of members) {
    if (member.isFolder) yield folderOf(member);
    else if (member.bytes === 0) yield { ...fileOf(member), input: '' };
    else {
      const file = await open(exchange, member, { range: `bytes=0-${member.bytes - 1}` });
      if (file === null || file.bytes !== member.bytes)
        throw new DeskpodError('conflict', `${member.name} changed while the archive was made.`);
      yield { ...fileOf(member), input: file.stream };
    }
  }
}

/** Leaves out what has gone meanwhile or can't be read. */
async function* asFound(exchange: Exchange, members: readonly Member[], maxBytes: number) {
  let left = maxBytes;
  for (const member of members) {
    const file = member.isFolder ? null : await open(exchange, member, {});
    if (member.isFolder) yield folderOf(member);
    if (file === null) continue;
    left -= file.bytes;
    if (left < 0) throw tooLarge('This archive', maxBytes);
    yield { ...fileOf(member), size: file.bytes, input: file.stream };
  }
}

async function open({ service, signal }: Exchange, { href }: Member, headers: Readonly<Record<string, string>>) {
  const stream = await service.request({ method: 'GET', path: href, headers, answerMs: ANSWER_MS }, signal);
  const { statusCode } = stream;
  if (statusCode === 200 || statusCode === 206) return { stream, bytes: Number(stream.headers['content-length']) };
  stream.destroy();
  return null;
}

function folderOf({ name, changedAt }: Member) {
  return { name, lastModified: changedAt < OLDEST ? OLDEST : changedAt };
}

function fileOf(member: Member) {
  return { ...folderOf(member), size: member.bytes };
}

function nameOf(paths: readonly FilePath[]): string {
  const [first = [], ...others] = paths;
  return (others.length === 0 ? first : commonFolder(paths)).at(-1) ?? 'home';
}

function shownPaths(paths: readonly FilePath[]): string {
  const shown = paths.slice(0, MOST_LOGGED).map(shownPath).join(' ');
  return paths.length > MOST_LOGGED ? `${shown} and ${paths.length - MOST_LOGGED} more` : shown;
}
