/** Stands in for `Engine.debug` until an engine has its own: everything is refused. */
import type { EngineDebug } from '#domain/debug/engine.ts';
import { DeskpodError } from '#domain/errors.ts';

const refuse = (): Promise<never> =>
  Promise.reject(new DeskpodError('engine_unavailable', 'This engine cannot look into what runs.'));

export const NO_DEBUG: EngineDebug = {
  profiles: refuse,
  addToolbox: refuse,
  toolboxes: async () => [],
  attach: refuse,
  stopToolbox: refuse,
  copy: refuse,
  inside: refuse,
  namespaces: refuse,
  processes: refuse,
  sockets: refuse,
  happenings: refuse,
  describe: refuse,
  yaml: refuse,
};
