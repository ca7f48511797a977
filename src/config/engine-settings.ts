/** The settings of what runs containers, and of the processes on one machine. */
import { z } from 'zod';
import { FACTS } from './facts.ts';
import { text } from './kinds.ts';

export const ENGINE_SETTINGS = {
  'engine.kind': z.enum(['containers', 'kubernetes']).default('containers').register(FACTS, {
    text: 'Engine that runs the containers: `containers` is Podman or Docker on this machine, `kubernetes` is a cluster.',
    read: 'text',
    type: '`containers` or `kubernetes`',
    variable: 'DESKPOD_ENGINE',
  }),
  'engine.socket': text().nullable().default(null).register(FACTS, {
    text: 'Unix socket of a Docker-compatible engine, for example `/var/run/docker.sock`. If null, Deskpod starts its own Podman service with separate storage.',
    read: 'path',
    type: 'path or null',
    variable: 'DESKPOD_ENGINE_SOCKET',
    option: 'engine-socket',
  }),
  'engine.process': text().nullable().default(null).register(FACTS, {
    text: 'Unix socket of an engine process (`deskpod engine`), which runs the containers as root for this process. If null, root’s server starts its own.',
    read: 'path',
    type: 'path or null',
    variable: 'DESKPOD_ENGINE_PROCESS',
    option: 'engine-process',
  }),
  'engine.services': z
    .array(z.enum(['files', 'sound', 'printer', 'video']))
    .default(['files', 'sound', 'printer', 'video'])
    .register(FACTS, {
      text: 'Services of new desktops on one machine: WebDAV for the Files panel, PulseAudio, CUPS, an encoder for what moves on the screen. Each is a container that starts when it is first used and stops when it isn’t. In a cluster: `kubernetes.services`.',
      read: 'list',
      type: 'list of `files`, `sound`, `printer`, `video`',
      variable: 'DESKPOD_ENGINE_SERVICES',
    }),
  'engine.baseImage': text().nullable().default(null).register(FACTS, {
    text: 'Image that all other images are built from, for example `debian:trixie-slim`. If null, Deskpod creates it from Debian packages.',
    read: 'text',
    type: 'image reference or null',
    variable: 'DESKPOD_BASE_IMAGE',
    option: 'base-image',
  }),
  'server.user': text()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'is not a user name such as deskpod')
    .default('deskpod')
    .register(FACTS, {
      text: 'System user as whom the server process runs on one machine if root starts it: it handles browsers, screens and the database, and asks the engine process, which stays root, for containers. The user is added if it’s missing. `root` runs both in one process.',
      read: 'text',
      type: 'user name',
      variable: 'DESKPOD_USER',
      option: 'user',
    }),
};
