/** The stored catalogue entry, as `/API/manager/image` answers it: the compatible system's field names, kept exactly. */
import { z } from 'zod';
import { Limits, PodSettings, SeccompProfile } from './app.ts';

export const Acl = z.object({ permit: z.array(z.string()).default([]), deny: z.array(z.string()).optional() });
export type Acl = z.infer<typeof Acl>;

export const AppDocument = z.object({
  cmd: z.array(z.string()),
  path: z.string().nullable(),
  sha_id: z.string(),
  id: z.string(),
  architecture: z.string().nullable(),
  os: z.string().nullable(),
  rules: z.record(z.string(), z.unknown()),
  acl: Acl,
  launch: z.string(),
  wm_class: z.string().nullable(),
  name: z.string(),
  icon: z.string(),
  icondata: z.string().nullable(),
  keyword: z.string().nullable(),
  uniquerunkey: z.string().nullable(),
  cat: z.string().nullable(),
  args: z.string().nullable(),
  execmode: z.string().nullable(),
  showinview: z.string().nullable(),
  displayname: z.string(),
  comment: z.string().nullable(),
  desktopfile: z.string().nullable(),
  executeclassname: z.string().nullable(),
  executablefilename: z.string().nullable(),
  usedefaultapplication: z.boolean(),
  mimetype: z.array(z.string()),
  fileextensions: z.array(z.string()),
  legacyfileextensions: z.array(z.string()),
  secrets_requirement: z.array(z.string()).nullable(),
  containerengine: z.enum(['ephemeral_container', 'pod_application']),
  securitycontext: z.record(z.string(), z.unknown()),
  created: z.string().nullable(),
  /** A Deskpod extension: pod settings beyond limits; omitted if empty. */
  pod: PodSettings.optional(),
  /** A Deskpod extension: what the app may use where its execute class says nothing; omitted if empty. */
  limits: Limits.optional(),
  /** A Deskpod extension: the seccomp profile that the app needs; omitted for the engine's default. */
  seccomp: SeccompProfile.optional(),
});
export type AppDocument = z.infer<typeof AppDocument>;
