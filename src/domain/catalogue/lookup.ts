/** Finding an entry by what people, clients and command lines call it. */
import type { AppDocument } from '../../protocol/manager.ts';
import { lastTwoParts } from './reference.ts';

/** By exact id, then full `sha256:…`, bare hash (12 digits or more), and last the id's last two path parts. */
export function findDocument(documents: readonly AppDocument[], key: string): AppDocument | null {
  return (
    documents.find(({ id }) => id === key) ??
    documents.find(({ sha_id }) => sha_id !== '' && sha_id === key) ??
    (/^[0-9a-f]{12,64}$/.test(key) ? documents.find(({ sha_id }) => sha_id.startsWith(`sha256:${key}`)) : undefined) ??
    documents.find(({ id }) => lastTwoParts(id) === lastTwoParts(key)) ??
    null
  );
}

/** The same, and then as a program would be called: name, launch, path, executable, media type; in that order. */
export function findApp(documents: readonly AppDocument[], key: string): AppDocument | null {
  const tests: ((document: AppDocument) => boolean)[] = [
    ({ name }) => name === key,
    ({ launch }) => launch === key,
    ({ path }) => path === key,
    ({ executablefilename }) => executablefilename === key,
    ({ mimetype, usedefaultapplication }) => usedefaultapplication && mimetype.includes(key),
    ({ mimetype }) => mimetype.includes(key),
  ];
  const byId = findDocument(documents, key);
  if (byId !== null) return byId;
  for (const test of tests) {
    const found = documents.find(test);
    if (found !== undefined) return found;
  }
  return null;
}
