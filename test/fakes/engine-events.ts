/** For engines in tests: failures are visible in their results, and nobody reads a log. */
import type { EngineEvents } from '#domain/ports/engine.ts';

export const engineEvents: EngineEvents = { failed() {} };
