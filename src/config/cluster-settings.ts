/** The settings that only an installation on Kubernetes has; part of the table in `settings.ts`. */
import { z } from 'zod';
import { Toleration } from '../protocol/app.ts';
import { FACTS } from './facts.ts';
import { GivenLimits, Network, text } from './kinds.ts';

/** A Kubernetes object with `{{ userid }}`, `{{ provider }}` and the like in its texts. */
const Template = z.record(z.string(), z.json());
/** An amount as Kubernetes writes it: passed on, not computed with. */
const Quantity = text().regex(/^\d+(\.\d+)?([EPTGMk]i?)?$/, 'is not an amount such as 5Gi');

export const CLUSTER_SETTINGS = {
  'kubernetes.namespace': text().default('abcdesktop').register(FACTS, {
    text: 'Namespace of the installation and of everything that it makes.',
    read: 'text',
    type: 'name of a namespace',
    variable: 'POD_NAMESPACE',
  }),
  'kubernetes.kubeconfig': text().nullable().default(null).register(FACTS, {
    text: 'File that says how to reach the cluster. Without one the service account of the pod is used, else `KUBECONFIG` or `~/.kube/config`.',
    read: 'path',
    type: 'path or null',
    variable: 'DESKPOD_KUBECONFIG',
  }),
  'kubernetes.registry': text().default('localhost/deskpod').register(FACTS, {
    text: 'Registry and folder of our own images (desktop, files, sound, printer, toolbox).',
    read: 'text',
    type: 'for example `registry.example.org/deskpod`',
    variable: 'DESKPOD_REGISTRY',
  }),
  'kubernetes.tag': text().default('1').register(FACTS, {
    text: 'Tag of our own images.',
    read: 'text',
    type: 'tag',
    variable: 'DESKPOD_TAG',
  }),
  'kubernetes.pullPolicy': z.enum(['Always', 'IfNotPresent', 'Never']).default('IfNotPresent').register(FACTS, {
    text: 'When nodes pull the images of desktops and apps.',
    read: 'text',
    type: '`Always`, `IfNotPresent` or `Never`',
    variable: 'DESKPOD_PULL_POLICY',
  }),
  'kubernetes.pullSecrets': z.array(text()).default([]).register(FACTS, {
    text: 'Secrets in the namespace with which private registries are pulled from, such as `abcdesktopregistrysecret`.',
    read: 'list',
    type: 'list of names',
    variable: 'DESKPOD_PULL_SECRETS',
  }),
  'kubernetes.services': z
    .array(z.enum(['files', 'sound', 'printer']))
    .default(['files', 'sound', 'printer'])
    .register(FACTS, {
      text: 'Services beside the screen in each desktop pod.',
      read: 'list',
      type: 'list of `files`, `sound`, `printer`',
      variable: 'DESKPOD_SERVICES',
    }),
  'kubernetes.requests': GivenLimits.prefault({ memory: '256Mi', cpus: 0.1 }).register(FACTS, {
    text: 'What is set aside on the node for the graphical container of a desktop.',
    read: 'json',
    type: 'limits',
  }),
  'kubernetes.nodeSelector': z.record(z.string(), z.string()).default({}).register(FACTS, {
    text: 'Labels of the nodes that desktops run on.',
    read: 'json',
    type: 'map of label to value',
  }),
  'kubernetes.tolerations': z.array(Toleration).default([]).register(FACTS, {
    text: 'Taints that desktops and app pods tolerate.',
    read: 'json',
    type: 'list of tolerations',
  }),
  'kubernetes.homes.kind': z.enum(['none', 'hostPath', 'persistentVolumeClaim']).default('none').register(FACTS, {
    text: 'Where homes are kept. `none`: they go with the desktop. `hostPath` binds a user to a node and needs a namespace whose Pod Security level admits it.',
    read: 'text',
    type: '`none`, `hostPath` or `persistentVolumeClaim`',
    variable: 'DESKPOD_HOMES',
  }),
  'kubernetes.homes.hostPathRoot': text().default('/var/lib/deskpod/homes').register(FACTS, {
    text: 'Folder on the nodes that homes of kind `hostPath` are made in.',
    read: 'text',
    type: 'absolute path',
  }),
  'kubernetes.homes.claim': z.union([text(), Template]).nullable().default(null).register(FACTS, {
    text: 'A template of each user’s claim (`{{ userid }}` and the like are filled in), or the name of one claim that all share. Without it claims are made from `size` and `storageClass`.',
    read: 'json',
    type: 'name, claim or null',
  }),
  'kubernetes.homes.volume': Template.nullable().default(null).register(FACTS, {
    text: 'A template of each user’s persistent volume, for clusters that make none by themselves.',
    read: 'json',
    type: 'volume or null',
  }),
  'kubernetes.homes.storageClass': text().nullable().default(null).register(FACTS, {
    text: 'Storage class of homes; null takes the cluster’s default.',
    read: 'text',
    type: 'name or null',
    variable: 'DESKPOD_STORAGE_CLASS',
  }),
  'kubernetes.homes.size': Quantity.default('5Gi').register(FACTS, {
    text: 'Size of a home.',
    read: 'text',
    type: 'amount of memory',
    variable: 'DESKPOD_HOME_SIZE',
  }),
  'kubernetes.podNetworks': z.array(Network).nullable().default(null).register(FACTS, {
    text: 'Networks of pods. Whoever calls `/API/manager` from one needs a key even where `manager.permitNetworks` says otherwise.',
    read: 'list',
    type: 'list of networks',
    fallback: 'those of the cluster’s nodes',
    variable: 'DESKPOD_POD_NETWORKS',
  }),
};
