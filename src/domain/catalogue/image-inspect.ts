/** From `docker inspect` or `crictl inspecti` output to catalogue entries: pure, complete in its complaints. */
import type { AppDocument } from '#protocol/manager.ts';
import { type Limits, type PodSettings, Runtime, type SeccompProfile } from '#protocol/app.ts';
import { CrictlInspect, DockerInspect } from '#protocol/image-inspect.ts';
import { LabelReader } from './labels.ts';
import { isReference } from './reference.ts';

/** What was wrong with one part of the input; `field` is a path in it, for example `Config.Labels."oc.icon"`. */
export interface InspectProblem {
  /** Position in the array; 0 for a single object. */
  readonly index: number;
  readonly field: string;
  readonly message: string;
}

export interface ParsedInspect {
  /** Whether the input was one object rather than an array: the answer then is one too. */
  readonly single: boolean;
  readonly documents: readonly AppDocument[];
  /** Entries that cannot be used, each with every reason. */
  readonly skipped: readonly InspectProblem[];
  /** What was replaced by a default in entries that can. */
  readonly warnings: readonly InspectProblem[];
}

export const APP_ENTRYPOINT = '/composer/appli-docker-entrypoint.sh';

/** One image, whichever tool described it. The paths are for complaints. */
interface RawImage {
  readonly id: string;
  readonly idField: string;
  readonly tags: readonly string[];
  readonly digests: readonly string[];
  readonly tagsField: string;
  readonly architecture: string | null;
  readonly os: string | null;
  readonly created: string | null;
  readonly command: readonly string[];
  readonly ports: readonly number[];
  readonly labels: Readonly<Record<string, unknown>>;
  readonly labelsField: string;
}

/**
 * Never throws. `namespace` goes in front of required secrets, as the stored form has it. Null for input that is neither
 * an array nor an object.
 */
export function parseInspect(body: unknown, { namespace = 'abcdesktop' } = {}): ParsedInspect | null {
  if (typeof body !== 'object' || body === null) return null;
  const documents: AppDocument[] = [];
  const skipped: InspectProblem[] = [];
  const warnings: InspectProblem[] = [];
  for (const [index, entry] of (Array.isArray(body) ? body : [body]).entries()) {
    const result = parseOne(entry, namespace);
    skipped.push(...result.errors.map((problem) => ({ index, ...problem })));
    if (result.document === null) continue;
    documents.push(result.document);
    warnings.push(...result.warnings.map((problem) => ({ index, ...problem })));
  }
  return { single: !Array.isArray(body), documents, skipped, warnings };
}

type Problem = Omit<InspectProblem, 'index'>;
interface One {
  readonly document: AppDocument | null;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

function parseOne(entry: unknown, namespace: string): One {
  const raw = readImage(entry);
  if (Array.isArray(raw)) return { document: null, errors: raw, warnings: [] };
  const reader = new LabelReader(raw.labels);
  const errors: Problem[] = [];
  const id = raw.tags.find(named) ?? raw.digests.find(named) ?? null;
  if (raw.id === '') errors.push({ field: raw.idField, message: 'is empty' });
  if (id === null)
    errors.push({ field: `${raw.tagsField}[0]`, message: 'is missing: the image has neither tag nor digest' });
  else if (!isReference(id)) errors.push({ field: `${raw.tagsField}[0]`, message: 'is not an image reference' });
  const document = documentOf(raw, id ?? '', reader, namespace);
  const inLabels = ({ label, message }: { label: string; message: string }) => ({
    field: `${raw.labelsField}."${label}"`,
    message,
  });
  errors.push(...reader.errors.map(inLabels));
  return { document: errors.length > 0 ? null : document, errors, warnings: reader.warnings.map(inLabels) };
}

function named(reference: string): boolean {
  return reference !== '' && !reference.includes('<none>');
}

function documentOf(raw: RawImage, id: string, labels: LabelReader, namespace: string): AppDocument {
  const wmClass = labels.text('oc.wm_class');
  const name = labels.mandatory('oc.name');
  const path = labels.text('oc.path');
  return {
    cmd: commandOf(raw.command),
    path,
    sha_id: raw.id,
    id,
    architecture: raw.architecture,
    os: raw.os,
    rules: labels.object('oc.rules'),
    acl: labels.acl('oc.acl'),
    launch: labels.mandatory('oc.launch', wmClass),
    wm_class: wmClass,
    name,
    icon: labels.mandatory('oc.icon'),
    icondata: labels.base64('oc.icondata'),
    keyword: labels.text('oc.keyword'),
    uniquerunkey: labels.text('oc.uniquerunkey'),
    cat: labels.text('oc.cat'),
    args: labels.text('oc.args'),
    execmode: labels.text('oc.execmode'),
    showinview: labels.text('oc.showinview'),
    displayname: labels.text('oc.displayname') ?? name,
    comment: labels.text('oc.comment'),
    desktopfile: labels.text('oc.desktopfile'),
    executeclassname: labels.text('oc.executeclassname'),
    executablefilename: path?.split('/').at(-1) ?? null,
    usedefaultapplication: labels.boolean('oc.usedefaultapplication'),
    mimetype: labels.semicolons('oc.mimetype'),
    fileextensions: labels.semicolons('oc.fileextensions'),
    legacyfileextensions: labels.semicolons('oc.legacyfileextensions'),
    secrets_requirement: labels.secrets('oc.secrets_requirement', namespace),
    containerengine: runtimeOf(labels),
    securitycontext: labels.object('oc.securitycontext'),
    created: raw.created,
    ...podOf(labels, raw.ports),
    ...limitsOf(labels),
    ...seccompOf(labels),
  };
}

/** `oc.limits` is ours: for apps that need more than others, whatever the classes are. */
function limitsOf(labels: LabelReader): { limits?: Limits } {
  const limits = labels.limits('oc.limits');
  return Object.keys(limits).length > 0 ? { limits } : {};
}

/** `oc.seccomp` is ours: a name that this server knows, never a file or a profile. */
function seccompOf(labels: LabelReader): { seccomp?: SeccompProfile } {
  const seccomp = labels.seccomp('oc.seccomp');
  return seccomp === null ? {} : { seccomp };
}

/** `oc.pod` is ours: what the pod asks for, as JSON; ports that the image exposes are among them. */
function podOf(labels: LabelReader, exposed: readonly number[]): { pod?: PodSettings } {
  const wishes = labels.pod('oc.pod');
  const pod = { ...(exposed.length > 0 ? { ports: [...exposed] } : {}), ...wishes };
  return Object.keys(pod).length > 0 ? { pod } : {};
}

/** An image that says nothing, or only `bash`, is one of those whose entrypoint is where the contract has it. */
function commandOf(command: readonly string[]): string[] {
  if (command.length === 0) return [APP_ENTRYPOINT];
  return command.length === 1 && command[0] === 'bash' ? ['bash', APP_ENTRYPOINT] : [...command];
}

function runtimeOf(labels: LabelReader): Runtime {
  const parsed = Runtime.safeParse(labels.text('oc.containerengine') ?? 'ephemeral_container');
  if (parsed.success) return parsed.data;
  labels.errors.push({ label: 'oc.containerengine', message: 'must be ephemeral_container or pod_application' });
  return 'ephemeral_container';
}

/** `{"8080/tcp":{}}` → 8080. */
function portsOf(exposed: Readonly<Record<string, unknown>> | null | undefined): number[] {
  return Object.keys(exposed ?? {}).flatMap((port) => {
    const number = Number(/^(\d+)(?:\/tcp)?$/.exec(port)?.[1]);
    return number > 0 && number < 65_536 ? [number] : [];
  });
}

function readImage(entry: unknown): RawImage | Problem[] {
  return looksLikeCrictl(entry) ? readCrictl(entry) : readDocker(entry);
}

function looksLikeCrictl(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && 'status' in entry && !('Id' in entry);
}

function readDocker(entry: unknown): RawImage | Problem[] {
  const parsed = DockerInspect.safeParse(entry);
  if (!parsed.success) return problemsOf(parsed.error.issues);
  const { Config: config, ...image } = parsed.data;
  return {
    id: image.Id,
    idField: 'Id',
    tags: image.RepoTags ?? [],
    digests: image.RepoDigests ?? [],
    tagsField: 'RepoTags',
    architecture: image.Architecture ?? null,
    os: image.Os ?? null,
    created: image.Created ?? null,
    command: [...(config?.Entrypoint ?? []), ...(config?.Cmd ?? [])],
    ports: portsOf(config?.ExposedPorts),
    labels: config?.Labels ?? {},
    labelsField: 'Config.Labels',
  };
}

function readCrictl(entry: unknown): RawImage | Problem[] {
  const parsed = CrictlInspect.safeParse(entry);
  if (!parsed.success) return problemsOf(parsed.error.issues);
  const { status, info } = parsed.data;
  const { config, ...spec } = info.imageSpec;
  return {
    id: status.id,
    idField: 'status.id',
    tags: status.repoTags ?? [],
    digests: status.repoDigests ?? [],
    tagsField: 'status.repoTags',
    architecture: spec.architecture ?? null,
    os: spec.os ?? null,
    created: spec.created ?? null,
    command: [...(config?.Entrypoint ?? []), ...(config?.Cmd ?? [])],
    ports: portsOf(config?.ExposedPorts),
    labels: config?.Labels ?? {},
    labelsField: 'info.imageSpec.config.Labels',
  };
}

function problemsOf(issues: readonly { path: readonly PropertyKey[]; message: string }[]): Problem[] {
  return issues.map(({ path, message }) => ({
    field: fieldName(path),
    message: message.replace(/^Invalid input: /, '').replace(/^expected \w+, received undefined$/, 'is missing'),
  }));
}

/** `['Config', 'Cmd', 2]` → `Config.Cmd[2]`; keys with dots are quoted. The whole entry is called `body`. */
function fieldName(path: readonly PropertyKey[]): string {
  const parts = path.map((key) => {
    if (typeof key === 'number') return `[${key}]`;
    return /^\w+$/.test(String(key)) ? `.${String(key)}` : `."${String(key)}"`;
  });
  return parts.join('').replace(/^\./, '') || 'body';
}
