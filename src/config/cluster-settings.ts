/** Settings for Kubernetes only; part of the table in `settings.ts`. */
import { z } from 'zod';
import { Toleration } from '../protocol/app.ts';
import { FACTS } from './facts.ts';
import { GivenLimits, Network, text } from './kinds.ts';

/** A Kubernetes object whose strings can contain `{{ userid }}`, `{{ provider }}` and others. */
const Template = z.record(z.string(), z.json());
/** A Kubernetes quantity, passed on unparsed. */
const Quantity = text().regex(/^\d+(\.\d+)?([EPTGMk]i?)?$/, 'is not an amount such as 5Gi');

const Pinned = text().regex(/^[\w.-]+@sha256:[0-9a-f]{64}$/, 'is not a name with a digest, such as desktop@sha256:…');

/** As Kubernetes takes it: https://kubernetes.io/docs/tutorials/security/seccomp/ */
const SeccompFolder = text().regex(
  /^(?!.*(^|\/)\.\.?(\/|$))[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/,
  'is not a relative path such as deskpod',
);

export const CLUSTER_SETTINGS = {
  'kubernetes.namespace': text().default('abcdesktop').register(FACTS, {
    text: 'Namespace of the installation: server, database, keys. Users’ pods are there, too, unless `kubernetes.pods.namespace` is set.',
    read: 'text',
    type: 'name of a namespace',
    variable: 'POD_NAMESPACE',
  }),
  'kubernetes.kubeconfig': text().nullable().default(null).register(FACTS, {
    text: 'Kubeconfig file. If null, Deskpod uses the service account of its pod, otherwise `KUBECONFIG` or `~/.kube/config`.',
    read: 'path',
    type: 'path or null',
    variable: 'DESKPOD_KUBECONFIG',
  }),
  'kubernetes.registry': text().default('localhost/deskpod').register(FACTS, {
    text: 'Registry and path of Deskpod’s own images (desktop, files, sound, printer, video, toolbox).',
    read: 'text',
    type: 'for example `registry.example.org/deskpod`',
    variable: 'DESKPOD_REGISTRY',
  }),
  'kubernetes.tag': text().default('1').register(FACTS, {
    text: 'Tag of Deskpod’s own images.',
    read: 'text',
    type: 'tag',
    variable: 'DESKPOD_TAG',
  }),
  'kubernetes.digests': z.array(Pinned).default([]).register(FACTS, {
    text: 'Digests that pin Deskpod’s own images, whatever the tag names later. Images without one are pulled by their tag.',
    read: 'list',
    type: 'list of `NAME@sha256:…`',
    variable: 'DESKPOD_DIGESTS',
  }),
  'kubernetes.pullPolicy': z.enum(['Always', 'IfNotPresent', 'Never']).default('IfNotPresent').register(FACTS, {
    text: 'When nodes pull the images of desktops and apps.',
    read: 'text',
    type: '`Always`, `IfNotPresent` or `Never`',
    variable: 'DESKPOD_PULL_POLICY',
  }),
  'kubernetes.pullSecrets': z.array(text()).default([]).register(FACTS, {
    text: 'Secrets in the namespace of the pods for pulling from private registries, for example `abcdesktopregistrysecret`.',
    read: 'list',
    type: 'list of names',
    variable: 'DESKPOD_PULL_SECRETS',
  }),
  'kubernetes.services': z
    .array(z.enum(['files', 'sound', 'printer', 'video']))
    .default(['files', 'sound', 'printer'])
    .register(FACTS, {
      text: 'Services in each desktop pod, in addition to the screen. `video` encodes what moves on the screen.',
      read: 'list',
      type: 'list of `files`, `sound`, `printer`, `video`',
      variable: 'DESKPOD_SERVICES',
    }),
  'kubernetes.requests': GivenLimits.prefault({ memory: '256Mi', cpus: 0.1 }).register(FACTS, {
    text: 'Resource requests of the desktop container.',
    read: 'json',
    type: 'limits',
  }),
  'kubernetes.nodeSelector': z.record(z.string(), z.string()).default({}).register(FACTS, {
    text: 'Labels of the nodes to run desktops on.',
    read: 'json',
    type: 'map of label to value',
  }),
  'kubernetes.tolerations': z.array(Toleration).default([]).register(FACTS, {
    text: 'Taints that desktops and app pods tolerate.',
    read: 'json',
    type: 'list of tolerations',
  }),
  'kubernetes.pods.namespace': text().nullable().default(null).register(FACTS, {
    text: 'Namespace of desktops and app pods, with their Secrets, NetworkPolicies and homes. If null, that of the installation. `install.sh --pods-namespace` and the chart’s `userPods.namespace` set it and create what it needs.',
    read: 'text',
    type: 'name of a namespace or null',
    variable: 'DESKPOD_PODS_NAMESPACE',
  }),
  'kubernetes.pods.userNamespaces': z.boolean().default(false).register(FACTS, {
    text: 'Whether desktops and app pods run in user namespaces (`hostUsers: false`), where no user ID is one of the node. The nodes, their container runtime and the file systems of volumes must support it (Kubernetes 1.33 or later).',
    read: 'switch',
    type: '`true` or `false`',
    variable: 'DESKPOD_USER_NAMESPACES',
  }),
  'kubernetes.pods.runtimeClassName': text().nullable().default(null).register(FACTS, {
    text: 'RuntimeClass of desktops and app pods, for example of gVisor or Kata Containers. An execute class can set another one for an app. If null, the default of the nodes.',
    read: 'text',
    type: 'name or null',
    variable: 'DESKPOD_RUNTIME_CLASS',
  }),
  'kubernetes.pods.seccompProfiles': SeccompFolder.nullable().default(null).register(FACTS, {
    text: 'Folder with Deskpod’s seccomp profiles on every node, relative to that of the kubelet, usually `/var/lib/kubelet/seccomp`. Apps that need one (Chromium) start only with it ([how](install-kubernetes.md#chromium)). If null, the nodes have none.',
    read: 'text',
    type: 'relative path or null',
    variable: 'DESKPOD_SECCOMP_PROFILES',
  }),
  'kubernetes.pods.storageRequest': Quantity.default('0').register(FACTS, {
    text: 'Request for `ephemeral-storage` of a desktop or an app pod. With more than 0, nodes that report no such capacity run neither.',
    read: 'text',
    type: 'amount of memory',
    variable: 'DESKPOD_STORAGE_REQUEST',
  }),
  'kubernetes.pods.storageLimit': Quantity.default('32Gi').register(FACTS, {
    text: 'Limit for `ephemeral-storage` of a desktop or an app pod: home folders that aren’t kept, temporary files, logs, and what programs write elsewhere in their containers. Kubernetes ends a pod that exceeds it.',
    read: 'text',
    type: 'amount of memory',
    variable: 'DESKPOD_STORAGE_LIMIT',
  }),
  'kubernetes.pods.homeSize': Quantity.default('16Gi').register(FACTS, {
    text: 'Size of a home folder that isn’t kept (`kubernetes.homes.kind: none`, and guests). Kubernetes ends a pod that exceeds it.',
    read: 'text',
    type: 'amount of memory',
    variable: 'DESKPOD_TEMPORARY_HOME_SIZE',
  }),
  'kubernetes.pods.tmpSize': Quantity.default('4Gi').register(FACTS, {
    text: 'Size of `/tmp` in a desktop or an app pod. Kubernetes ends a pod that exceeds it.',
    read: 'text',
    type: 'amount of memory',
    variable: 'DESKPOD_TMP_SIZE',
  }),
  'kubernetes.homes.kind': z.enum(['none', 'hostPath', 'persistentVolumeClaim']).default('none').register(FACTS, {
    text: 'Where home folders are kept. `none`: their files are deleted when the desktop ends, and users see a warning. `hostPath`: in folders on the desktop’s node, so all desktops must run on one node (`kubernetes.nodeSelector`), and the namespace’s Pod Security level must allow it. The home folders of guests are never kept.',
    read: 'text',
    type: '`none`, `hostPath` or `persistentVolumeClaim`',
    variable: 'DESKPOD_HOMES',
  }),
  'kubernetes.homes.hostPathRoot': text().default('/var/lib/deskpod/homes').register(FACTS, {
    text: 'Folder on the nodes for home folders of kind `hostPath`.',
    read: 'text',
    type: 'absolute path',
    variable: 'DESKPOD_HOMES_PATH',
  }),
  'kubernetes.homes.claim': z.union([text(), Template]).nullable().default(null).register(FACTS, {
    text: 'Template of each user’s claim, with placeholders such as `{{ userid }}`, or the name of one claim that all users share. If null, claims are created from `size` and `storageClass`.',
    read: 'json',
    type: 'name, claim or null',
  }),
  'kubernetes.homes.volume': Template.nullable().default(null).register(FACTS, {
    text: 'Template of each user’s persistent volume, for clusters without dynamic provisioning.',
    read: 'json',
    type: 'volume or null',
  }),
  'kubernetes.homes.storageClass': text().nullable().default(null).register(FACTS, {
    text: 'Storage class of home folders. If null, the cluster’s default.',
    read: 'text',
    type: 'name or null',
    variable: 'DESKPOD_STORAGE_CLASS',
  }),
  'kubernetes.homes.size': Quantity.default('5Gi').register(FACTS, {
    text: 'Size of a home folder.',
    read: 'text',
    type: 'amount of memory',
    variable: 'DESKPOD_HOME_SIZE',
  }),
  'kubernetes.podNetworks': z.array(Network).nullable().default(null).register(FACTS, {
    text: 'Pod networks. Calls to `/API/manager` from these networks need a key even if `manager.permitNetworks` includes them.',
    read: 'list',
    type: 'list of networks',
    fallback: 'the pod networks of the cluster’s nodes',
    variable: 'DESKPOD_POD_NETWORKS',
  }),
};
