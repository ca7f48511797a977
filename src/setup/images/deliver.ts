/** Getting images away from this machine: to a registry, or into a file. Over the Docker-compatible API, one at a time. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import { isStatus, jsonLines, type EngineApi } from '#engines/containers/api.ts';
import type { PlannedImage } from '#engines/containers/images/plan.ts';
import type { Detail } from '../progress.ts';

export interface Destination {
  /** Host, perhaps with a port and a path: `registry.example:5000/deskpod`. */
  readonly registry: string;
  readonly tag: string;
  /** The registry speaks plain HTTP or has a certificate that nobody vouches for. */
  readonly insecure: boolean;
  /** The header that says who pushes; empty where nobody logged in. */
  readonly login: Readonly<Record<string, string>>;
}

type Api = Pick<EngineApi, 'json' | 'text' | 'stream'>;

const PUSH_TIMEOUT_MS = 20 * 60_000;
const Inspected = z.looseObject({ Id: z.string() });
const Progress = z.looseObject({
  id: z.string().nullish(),
  status: z.string().nullish(),
  progress: z.string().nullish(),
  error: z.string().nullish(),
  errorDetail: z.looseObject({ message: z.string().optional() }).nullish(),
});

/** Rejects with a `DeskpodError` that names the image, where it was to go, and why it did not. */
export async function pushImage(
  api: Api,
  image: PlannedImage,
  to: Destination,
  detail: Detail,
  signal: AbortSignal,
): Promise<void> {
  const name = `${to.registry}/${image.name}`;
  const either = AbortSignal.any([signal, AbortSignal.timeout(PUSH_TIMEOUT_MS)]);
  try {
    await nameImage(api, image.reference, name, to.tag);
    const query = { tag: to.tag, ...(to.insecure ? { tlsVerify: false } : {}) };
    const path = `/images/${encodeURIComponent(name)}/push`;
    // Docker wants a body where there is no login.
    const reply = await api.stream('POST', path, { query, headers: to.login, body: {}, signal: either });
    for await (const { id, status, progress, error, errorDetail } of jsonLines(Progress, reply)) {
      if (error || errorDetail) throw new Error(error ?? errorDetail?.message ?? 'the engine gave no reason');
      detail([image.name, id, status, progress].filter(Boolean).join(' '));
    }
  } catch (cause) {
    signal.throwIfAborted();
    const reason = cause instanceof Error ? cause.message.trim() : String(cause);
    throw new DeskpodError(
      'app_unavailable',
      `The image ${image.name} could not be pushed to ${name}: ${sentence(reason)}`,
      {
        remedy: remedyFor(reason, to),
        cause,
      },
    );
  }
}

function remedyFor(reason: string, { registry }: Destination): string {
  if (/unauthori[sz]ed|denied|authentication|403|401/i.test(reason)) {
    return `Log in with podman login ${registry} or docker login ${registry}, then push again.`;
  }
  if (/HTTP response to HTTPS|certificate|x509/i.test(reason)) {
    return 'If that registry speaks plain HTTP or has a certificate of its own making, say --insecure.';
  }
  return 'Check the name of the registry and that it is reached from here, then push again: what is there already is not sent twice.';
}

/** One archive of all, as `docker save` writes it; it comes under its name only when it is whole. Returns its size in bytes. */
export async function saveImages(
  api: Api,
  images: readonly PlannedImage[],
  tag: string,
  file: string,
  detail: Detail,
  signal: AbortSignal,
): Promise<number> {
  const names = new URLSearchParams();
  for (const { reference } of images) {
    const name = reference.slice(0, reference.lastIndexOf(':'));
    await nameImage(api, reference, name, tag);
    names.append('names', `${name}:${tag}`);
  }
  const unfinished = `${file}.unfinished`;
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      detail(`${Math.round(bytes / 1e6)} MB`);
      done(null, chunk);
    },
  });
  try {
    const archive = await api.stream('GET', `/images/get?${names.toString()}`, { signal });
    await pipeline(archive, count, createWriteStream(unfinished), { signal });
    await rename(unfinished, file);
    return bytes;
  } catch (cause) {
    await rm(unfinished, { force: true });
    signal.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    const which = images.map((image) => image.name).join(', ');
    throw new DeskpodError('internal_error', `The images ${which} could not be saved to ${file}: ${sentence(reason)}`, {
      remedy: 'Check that the folder is there and has room for all of them (about 2 GB).',
      cause,
    });
  }
}

/** Gives the image another name. Whatever had that name and has no other is deleted, so that old versions do not pile up. */
async function nameImage(api: Api, reference: string, name: string, tag: string): Promise<void> {
  const image = await find(api, reference);
  const former = await find(api, `${name}:${tag}`);
  if (former === image && former !== null) return;
  await api.text('POST', `/images/${encodeURIComponent(reference)}/tag`, { query: { repo: name, tag } });
  if (former === null) return;
  try {
    await api.text('DELETE', `/images/${encodeURIComponent(former)}`);
  } catch (error) {
    // It still has a name, or a container runs it.
    if (!isStatus(error, 404, 409, 500)) throw error;
  }
}

async function find(api: Api, reference: string): Promise<string | null> {
  try {
    return (await api.json(Inspected, 'GET', `/images/${encodeURIComponent(reference)}/json`)).Id;
  } catch (error) {
    if (isStatus(error, 404)) return null;
    throw error;
  }
}

function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
