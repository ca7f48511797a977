/** Starts a desktop: its home and secrets, then its pod and network policy. */
import type { DesktopCredentials, DesktopReport, DesktopSpec, EngineDesktop } from '#domain/ports/engine.ts';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import type { Attempt, DesktopSteps } from '../../shared/start-desktop.ts';
import { hasStatus } from '../cluster/api-fault.ts';
import { screenAnswers } from '../cluster/connect.ts';
import { type Pod, statusOf } from '../cluster/pod.ts';
import { CONTAINERS, PORTS } from '../cluster/ports.ts';
import { type Context, findDesktop } from '../context.ts';
import { createPod } from '../pods/creation.ts';
import { toDesktop } from '../pods/describe.ts';
import { progressOf } from '../pods/progress.ts';
import { removePod } from '../pods/removal.ts';
import { reportSchedulingHint } from '../pods/scheduling-hint.ts';
import { desktopPod } from '../specs/desktop-pod.ts';
import { homesFor } from '../specs/home-volume.ts';
import { readZoneFile, type ZoneFile } from '../specs/zone-file.ts';
import { makeSecrets } from './desktop-secrets.ts';
import { connectDisplay } from './display.ts';
import { ensureHome } from './homes.ts';
import { makePolicy } from './network-policy.ts';
import { removeOwnedObjects } from './owned-objects.ts';

interface Prepared {
  readonly credentials: DesktopCredentials;
  readonly zone: ZoneFile | null;
}

interface Created {
  readonly pod: Pod;
  readonly credentials: DesktopCredentials;
}

export class DesktopStart implements DesktopSteps<Prepared, Created> {
  readonly timeoutMs = 300_000;
  readonly #context: Context;
  readonly #spec: DesktopSpec;

  constructor(context: Context, spec: DesktopSpec) {
    this.#context = context;
    this.#spec = spec;
  }

  async prepare({ undo, signal }: Attempt): Promise<Prepared> {
    const [context, spec] = [this.#context, this.#spec];
    const { api, namespace, settings } = context;
    await refuseTaken(context, spec.id, signal);
    await ensureHome(api, namespace, homesFor(spec.account, settings.config.homes), spec.account, signal);
    undo.defer(() => removeOwnedObjects(context, spec.id, spec.account));
    const zone = await readZoneFile(spec.env);
    return { credentials: await makeSecrets(context, spec, zone, signal), zone };
  }

  async create({ credentials, zone }: Prepared, { undo, report, signal }: Attempt): Promise<Created> {
    const [context, { id }] = [this.#context, this.#spec];
    const queue = credentials.printQueue;
    const body = desktopPod(this.#spec, context.settings, new Date(), zone?.name ?? null, queue);
    // The signal does not cut this short: the API server would finish it after the clean-up.
    const uid = await createPod(context, body);
    undo.defer(() => removePod(context, id, uid));
    await makePolicy(context, { id, uid }, signal);
    const pod = await this.#running(report, signal);
    context.credentials.set(uid, credentials);
    return { pod, credentials };
  }

  async usable({ pod, credentials }: Created, { report, signal }: Omit<Attempt, 'undo'>): Promise<void> {
    const host = pod.status.podIP ?? '';
    await screenAnswers({ host, port: PORTS.graphical }, signal);
    report('window_manager');
    signal.throwIfAborted();
    const connect = () => connectDisplay(this.#context, pod, signal);
    await this.#context.windowManagerReady(connect, credentials.xCookie, signal);
    signal.throwIfAborted();
  }

  async endsEarly(_created: Created, signal: AbortSignal): Promise<never> {
    const { id } = this.#spec;
    return this.#context.view.until<never>(
      id,
      (pod) => {
        const state = pod && statusOf(pod, CONTAINERS.graphical);
        if (pod === null) throw new DeskpodError('engine_unavailable', 'The desktop was removed while it started.');
        if (!state?.state?.terminated && (state?.restartCount ?? 0) === 0) return null;
        throw new DeskpodError(
          'engine_unavailable',
          `The desktop ended while it started. Its log: kubectl logs ${id} -c ${CONTAINERS.graphical}`,
        );
      },
      signal,
    );
  }

  async describe(): Promise<EngineDesktop> {
    return toDesktop(findDesktop(this.#context, this.#spec.id));
  }

  explain(error: unknown): DeskpodError | null {
    if (hasStatus(error, 409))
      return new DeskpodError('conflict', `The name ${this.#spec.id} is taken.`, { cause: error });
    const message = messageOf(error);
    if (!hasStatus(error, 403) || !/PodSecurity/.test(message)) return null;
    const folder = /hostPath/.test(message)
      ? ' Homes in folders of the node (hostPath) need a namespace that admits them.'
      : '';
    return new DeskpodError('engine_unavailable', `The namespace does not admit the desktop: ${message}`, {
      remedy: `Change the namespace's label pod-security.kubernetes.io/enforce, or the configuration.${folder}`,
      cause: error,
    });
  }

  /** The pod once all its containers run. Reports what it waits for. */
  async #running(report: DesktopReport, signal: AbortSignal): Promise<Pod> {
    const { id } = this.#spec;
    const names = ['graphical' as const, ...this.#context.settings.config.services];
    let reported: string | null = null;
    const stop = reportSchedulingHint(
      this.#context.view,
      id,
      () => reported !== null,
      (detail) => report('create', detail),
    );
    const up = this.#context.view.until(
      id,
      (pod) => {
        if (pod === null) return null;
        const all = names.map((name) =>
          progressOf(pod, CONTAINERS[name], name === 'graphical' ? 'The desktop' : `Its ${name} service`),
        );
        for (const progress of all) if (progress.state === 'failed') throw progress.error;
        const detail = all.find((one) => one.state === 'waiting' && one.detail !== null);
        if (detail?.state === 'waiting' && detail.detail !== null && detail.detail !== reported)
          report('create', (reported = detail.detail));
        return pod.status.podIP && all.every(({ state }) => state === 'started') ? pod : null;
      },
      signal,
    );
    return up.finally(stop);
  }
}

/** By a managed or a foreign pod. */
async function refuseTaken({ api, namespace }: Context, name: string, signal: AbortSignal): Promise<void> {
  try {
    await api.call((options) => api.core.readNamespacedPod({ name, namespace }, options), signal);
  } catch (error) {
    if (hasStatus(error, 404)) return;
    throw error;
  }
  throw new DeskpodError('conflict', `A pod named ${name} exists already.`);
}
