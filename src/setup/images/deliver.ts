/** Delivers images to a registry or a file, over the Docker-compatible API, one at a time. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { DeskpodError, messageOf, withPeriod } from '#domain/errors.ts';
import { isStatus, jsonLines, type EngineApi } from '#containers-client/api.ts';
import type { PlannedImage } from '#containers-client/images/plan.ts';
import type { Detail } from '../progress.ts';

export interface Destination {
  /** Host, optionally with port and path: `registry.example:5000/deskpod`. */
  readonly registry: string;
  readonly tag: string;
  /** The registry uses plain HTTP or an untrusted certificate. */
  readonly insecure: boolean;
  /** The login as a header; empty without one. */
  readonly login: Readonly<Record<string, string>>;
}

type Api = Pick<EngineApi, 'json' | 'text' | 'stream'>;

const PUSH_TIMEOUT_MS = 20 * 60_000;
/** `1: digest: sha256:… size: 1234`: Podman says it in words. */
const DIGEST = /\bdigest: (sha256:[0-9a-f]{64})\b/;
const Inspected = z.looseObject({ Id: z.string() });
const Progress = z.looseObject({
  id: z.string().nullish(),
  status: z.string().nullish(),
  progress: z.string().nullish(),
  error: z.string().nullish(),
  aux: z.looseObject({ Digest: z.string().optional() }).nullish(),
  errorDetail: z.looseObject({ message: z.string().optional() }).nullish(),
});

/** Returns the digest in the registry. Rejects with a `DeskpodError` that names image, registry and reason. */
export async function pushImage(
  api: Api,
  image: PlannedImage,
  to: Destination,
  detail: Detail,
  signal: AbortSignal,
): Promise<string> {
  const name = `${to.registry}/${image.name}`;
  const either = AbortSignal.any([signal, AbortSignal.timeout(PUSH_TIMEOUT_MS)]);
  try {
    await nameImage(api, image.reference, name, to.tag);
    const query = { tag: to.tag, ...(to.insecure ? { tlsVerify: false } : {}) };
    const path = `/images/${encodeURIComponent(name)}/push`;
    // Without a login, Docker requires a body.
    const reply = await api.stream('POST', path, { query, headers: to.login, body: {}, signal: either });
    let digest: string | undefined;
    for await (const { id, status, progress, error, errorDetail, aux } of jsonLines(Progress, reply)) {
      if (error || errorDetail) throw new Error(error ?? errorDetail?.message ?? 'the engine gave no reason');
      detail([image.name, id, status, progress].filter(Boolean).join(' '));
      digest = aux?.Digest ?? DIGEST.exec(status ?? '')?.[1] ?? digest;
    }
    if (digest === undefined) throw new Error('the engine did not say its digest');
    return digest;
  } catch (cause) {
    signal.throwIfAborted();
    const reason = messageOf(cause);
    throw new DeskpodError(
      'app_unavailable',
      `The image ${image.name} couldn't be pushed to ${name}: ${withPeriod(reason)}`,
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
    return 'If the registry uses plain HTTP or a self-signed certificate, add --insecure.';
  }
  return 'Check the name of the registry and the connection to it, then push again. Layers that it already has are skipped.';
}

/** One archive of all images, as `docker save` writes it; it gets its name once it is complete. Returns its size in bytes. */
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
    const reason = messageOf(cause);
    const which = images.map((image) => image.name).join(', ');
    throw new DeskpodError(
      'internal_error',
      `The images ${which} couldn't be saved to ${file}: ${withPeriod(reason)}`,
      {
        remedy: 'Check that the folder exists and has enough space (about 2 GB).',
        cause,
      },
    );
  }
}

/** Tags the image. An image that loses its only name is deleted, so that old versions don't pile up. */
async function nameImage(api: Api, reference: string, name: string, tag: string): Promise<void> {
  const image = await find(api, reference);
  const former = await find(api, `${name}:${tag}`);
  if (former === image && former !== null) return;
  await api.text('POST', `/images/${encodeURIComponent(reference)}/tag`, { query: { repo: name, tag } });
  if (former === null) return;
  try {
    await api.text('DELETE', `/images/${encodeURIComponent(former)}`);
  } catch (error) {
    // It still has a name, or a container uses it.
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
