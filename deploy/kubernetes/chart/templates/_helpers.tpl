{{/* Of every object; `name` is the part's. */}}
{{- define "deskpod.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/part-of: deskpod
{{- end }}

{{/* Where users' pods are, with all objects of the name `desktops`: install.sh moves those by this label. */}}
{{- define "deskpod.podsNamespace" -}}
{{ .Values.userPods.namespace | default .Release.Namespace }}
{{- end }}
{{/* True or empty. */}}
{{- define "deskpod.separate" -}}
{{- if ne (include "deskpod.podsNamespace" .) .Release.Namespace }}true{{ end -}}
{{- end }}
{{- define "deskpod.desktopsMetadata" -}}
namespace: {{ include "deskpod.podsNamespace" . }}
labels: {{- include "deskpod.labels" (dict "name" "desktops") | nindent 2 }}
{{- end }}
{{/* A desktop, as a peer in the policies of our own parts. */}}
{{- define "deskpod.desktopPeer" -}}
{{- if include "deskpod.separate" . -}}
namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ include "deskpod.podsNamespace" . }} } }
{{ end -}}
podSelector: { matchLabels: { type: x11server } }
{{- end }}

{{/* Of the pods, besides: the label that the documentation finds the part by. */}}
{{- define "deskpod.podLabels" -}}
{{ include "deskpod.labels" . }}
run: {{ .run }}
{{- end }}

{{/* By digest if there is one for the name. */}}
{{- define "deskpod.image" -}}
{{- $image := .root.Values.image -}}
{{ $image.registry }}/{{ .name }}{{ with get $image.digests .name }}@{{ . }}{{ else }}:{{ $image.tag }}{{ end }}
{{- end }}

{{/* The same for the api: name@digest, separated by commas. */}}
{{- define "deskpod.pinned" -}}
{{- $pinned := list }}
{{- range $name, $digest := . }}{{ $pinned = append $pinned (printf "%s@%s" $name $digest) }}{{ end }}
{{- join "," $pinned }}
{{- end }}

{{- define "deskpod.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{/* What Pod Security restricted asks of a pod. */}}
{{- define "deskpod.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .uid }}
  runAsGroup: {{ .uid }}
  fsGroup: {{ .uid }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- end }}

{{/* And of a container. */}}
{{- define "deskpod.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* Replicas on different nodes where there are some. */}}
{{- define "deskpod.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: { matchLabels: { run: {{ .run }} } }
{{- end }}

{{/* A request goes to another replica while this one ends: kube-proxy needs a moment to hear of it. */}}
{{- define "deskpod.lifecycle" -}}
lifecycle:
  preStop: { exec: { command: [/bin/sleep, "3"] } }
{{- end }}

{{/* `tls`: the Secret of a container with TLS of its own. */}}
{{- define "deskpod.probes" -}}
{{ include "deskpod.liveProbes" . }}
readinessProbe:
  httpGet: { path: /readyz, port: http{{ include "deskpod.scheme" . }} }
  periodSeconds: 5
  timeoutSeconds: 5
{{- end }}
{{- define "deskpod.scheme" -}}
{{- if .tls }}, scheme: HTTPS{{ end -}}
{{- end }}

{{- define "deskpod.liveProbes" -}}
startupProbe:
  httpGet: { path: /healthz, port: http{{ include "deskpod.scheme" . }} }
  periodSeconds: 2
  failureThreshold: 90
livenessProbe:
  httpGet: { path: /healthz, port: http{{ include "deskpod.scheme" . }} }
  periodSeconds: 10
  timeoutSeconds: 5
{{- end }}

{{/* Of every server container, whatever its role; `port` is a number. */}}
{{- define "deskpod.serverEnv" -}}
- { name: DESKPOD_HOST, value: 0.0.0.0 }
- { name: DESKPOD_PORT, value: "{{ .port }}" }
- { name: DESKPOD_TLS, value: "{{ if .tls }}files{{ else }}off{{ end }}" }
{{- if .tls }}
- { name: DESKPOD_TLS_CERT, value: /etc/deskpod/tls/tls.crt }
- { name: DESKPOD_TLS_KEY, value: /etc/deskpod/tls/tls.key }
{{- end }}
{{- if include "deskpod.secured" .root }}
- { name: DESKPOD_PROXY_TLS, value: "true" }
{{- end }}
- { name: DESKPOD_KEYS, value: /etc/deskpod/keys }
- { name: LOG_FORMAT, value: {{ .root.Values.logFormat }} }
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: POD_NAMESPACE
  valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
{{- with .root.Values.path }}
- { name: DESKPOD_PATH, value: {{ . | quote }} }
{{- end }}
{{- with .root.Values.trustedProxies }}
- { name: DESKPOD_TRUSTED_PROXIES, value: {{ join "," . | quote }} }
{{- end }}
{{- with .root.Values.allowedHosts }}
- { name: DESKPOD_ALLOWED_HOSTS, value: {{ join "," . | quote }} }
{{- end }}
{{- end }}

{{/* The config map deskpod-settings may hold any variable of docs/config.md; it need not exist. */}}
{{- define "deskpod.settings" -}}
envFrom:
  - configMapRef: { name: deskpod-settings, optional: true }
{{- end }}

{{- define "deskpod.moreEnv" -}}
{{- range $name, $value := . }}
- { name: {{ $name }}, value: {{ $value | toString | quote }} }
{{- end }}
{{- end }}

{{/* The three documented Secrets in one folder, and the longer keys that the api makes when those are short. */}}
{{- define "deskpod.keyMounts" -}}
- { name: keys, mountPath: /etc/deskpod/keys, readOnly: true }
- { name: keys-2048, mountPath: /etc/deskpod/keys-2048, readOnly: true }
{{- end }}
{{/* `publicOnly`, for gateways: of the signing keys only the public halves, with which nobody can forge sessions or tickets. */}}
{{- define "deskpod.keyVolumes" -}}
{{- if .publicOnly }}
- name: keys
  projected:
    sources:
      - secret: { name: abcdesktopjwtdesktoppayload }
      - secret:
          name: abcdesktopjwtdesktopsigning
          items: {{- include "deskpod.keyItem" "abcdesktop_jwt_desktop_signing_public_key.pem" | nindent 12 }}
      - secret:
          name: abcdesktopjwtusersigning
          items: {{- include "deskpod.keyItem" "abcdesktop_jwt_user_signing_public_key.pem" | nindent 12 }}
- name: keys-2048
  secret:
    secretName: deskpod-keys
    optional: true
    items:
      {{- range list "desktop_payload_2048_private" "desktop_signing_2048_public" "user_signing_2048_public" }}
      {{- include "deskpod.keyItem" (printf "abcdesktop_jwt_%s_key.pem" .) | nindent 6 }}
      {{- end }}
{{- else }}
- name: keys
  projected:
    sources:
      - secret: { name: abcdesktopjwtdesktoppayload }
      - secret: { name: abcdesktopjwtdesktopsigning }
      - secret: { name: abcdesktopjwtusersigning }
- name: keys-2048
  secret: { secretName: deskpod-keys, optional: true }
{{- end }}
{{- end }}
{{- define "deskpod.keyItem" -}}
- { key: {{ . }}, path: {{ . }} }
{{- end }}

{{/* Objects of the whole cluster bear the documented name in the documented namespace, another one elsewhere. */}}
{{- define "deskpod.clusterName" -}}
{{ .name }}{{ if ne .root.Release.Namespace "abcdesktop" }}-{{ .root.Release.Namespace }}{{ end }}
{{- end }}

{{- define "deskpod.claim" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "deskpod.labels" . | nindent 4 }}
  annotations:
    helm.sh/resource-policy: keep
spec:
  accessModes: [ReadWriteOnce]
  {{- if .root.Values.storage.nodePath }}
  storageClassName: ""
  {{- else if .root.Values.storage.storageClass }}
  storageClassName: {{ .root.Values.storage.storageClass }}
  {{- end }}
  resources: { requests: { storage: {{ .root.Values.storage.size }} } }
{{- end }}

{{- define "deskpod.policy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .name }}
  namespace: {{ .ns }}
  labels: {{- include "deskpod.labels" . | nindent 4 }}
{{- end }}
{{- define "deskpod.desktopsPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .name }}
  {{- include "deskpod.desktopsMetadata" .root | nindent 2 }}
{{- end }}
{{- define "deskpod.dns" -}}
- ports:
    - { protocol: UDP, port: 53 }
    - { protocol: TCP, port: 53 }
{{- end }}

{{/* True or empty. */}}
{{- define "deskpod.production" -}}
{{- if eq .Values.profile "production" }}true{{ end -}}
{{- end }}
{{- define "deskpod.openldap" -}}
{{- if and .Values.openldap.enabled (not (include "deskpod.production" .)) }}true{{ end -}}
{{- end }}
{{/* Whether browsers use TLS. */}}
{{- define "deskpod.secured" -}}
{{- if or .Values.tls.secret (and .Values.ingress.enabled .Values.ingress.tlsSecret) }}true{{ end -}}
{{- end }}
{{- define "deskpod.serviceType" -}}
{{- .Values.gateway.serviceType | default (ternary "ClusterIP" "NodePort" (eq .Values.profile "production")) -}}
{{- end }}
{{/* `enabled`, or by the profile. */}}
{{- define "deskpod.limits" -}}
{{- if kindIs "bool" .enabled }}{{ if .enabled }}true{{ end }}{{ else }}{{ include "deskpod.production" .root }}{{ end -}}
{{- end }}

{{- define "deskpod.levelLabels" -}}
pod-security.kubernetes.io/enforce: {{ . }}
pod-security.kubernetes.io/warn: {{ . }}
{{- end }}

{{- define "deskpod.tlsMounts" -}}
{{- with .secret }}
- { name: tls, mountPath: /etc/deskpod/tls, readOnly: true }
{{- end }}
{{- end }}
{{- define "deskpod.tlsVolumes" -}}
{{- with .secret }}
- name: tls
  secret: { secretName: {{ . }}, defaultMode: 0440 }
{{- end }}
{{- end }}

{{/* What the schema of the values cannot say in words. */}}
{{- define "deskpod.check" -}}
{{- if include "deskpod.production" . }}
{{- $type := include "deskpod.serviceType" . }}
{{- if or (not .Values.allowedHosts) (has "*" .Values.allowedHosts) }}
{{- fail "profile=production needs the host names under which browsers reach Deskpod: --set allowedHosts={desk.example.org}" }}
{{- end }}
{{- if not (include "deskpod.secured" .) }}
{{- fail "profile=production needs TLS: an Ingress with a certificate (ingress.enabled=true, ingress.host, ingress.tlsSecret), or a certificate for the gateway (tls.secret)" }}
{{- end }}
{{- if and (ne $type "ClusterIP") (not .Values.tls.secret) }}
{{- fail (printf "profile=production doesn't open plain HTTP: with gateway.serviceType=%s, set tls.secret; with an Ingress, use ClusterIP" $type) }}
{{- end }}
{{- end }}
{{- if and .Values.tls.secret .Values.ingress.enabled }}
{{- fail "tls.secret is for a gateway without an Ingress: with ingress.enabled=true, set ingress.tlsSecret instead" }}
{{- end }}
{{- include "deskpod.checkMove" . }}
{{- with .Values.path }}
{{- if not (hasPrefix "/" .) }}
{{- fail (printf "path=%s must begin with a slash: --set path=/%s" . (trimPrefix "/" .)) }}
{{- end }}
{{- end }}
{{- with .Values.storage.nodePath }}
{{- if not (hasPrefix "/" .) }}
{{- fail (printf "storage.nodePath=%s must be a whole path on the node, for example /srv/deskpod" .) }}
{{- end }}
{{- end }}
{{- if .Values.ingress.enabled }}
{{- $path := .Values.ingress.path }}
{{- if not (hasPrefix "/" $path) }}
{{- fail (printf "ingress.path=%s must begin with a slash: --set ingress.path=/%s" $path $path) }}
{{- end }}
{{- $below := trimSuffix "/" $path }}
{{- if not (hasPrefix (printf "%s/" $below) (printf "%s/" (trimSuffix "/" .Values.path))) }}
{{- fail (printf "ingress.path=%s lets nothing else through, so the pages must be published there, too: --set path=%s" $path $below) }}
{{- end }}
{{- end }}
{{- end }}

{{/* The path that people open, with a slash at both ends. */}}
{{- define "deskpod.path" -}}
{{ trimSuffix "/" .Values.path }}/
{{- end }}
