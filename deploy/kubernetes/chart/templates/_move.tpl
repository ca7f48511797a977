{{/* Users' pods don't move to another namespace, and homes on claims can't: with either, another userPods.namespace is refused. */}}
{{- define "deskpod.checkMove" -}}
{{- if .Release.IsUpgrade -}}
{{- $ns := .Release.Namespace -}}
{{- $before := $ns -}}
{{- range dig "spec" "template" "spec" "containers" list (lookup "apps/v1" "Deployment" $ns "api") -}}
{{- range .env -}}
{{- if eq .name "DESKPOD_PODS_NAMESPACE" -}}{{- $before = .value -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- $after := include "deskpod.podsNamespace" . -}}
{{- if ne $before $after -}}
{{- $left := list -}}
{{- range (lookup "v1" "Pod" $before "").items -}}
{{- if hasKey (.metadata.labels | default dict) "deskpod/desktop" -}}{{- $left = append $left (printf "pod/%s" .metadata.name) -}}{{- end -}}
{{- end -}}
{{- range (lookup "v1" "PersistentVolumeClaim" $before "").items -}}
{{- if eq (dig "labels" "app.kubernetes.io/managed-by" "" .metadata) "deskpod" -}}{{- $left = append $left (printf "pvc/%s" .metadata.name) -}}{{- end -}}
{{- end -}}
{{- with $left -}}
{{- fail (printf "userPods.namespace=%s: the namespace %s has users' pods or homes, which don't move: %s. See docs/install-kubernetes.md, Users' pods in a namespace of their own." $after $before (first .)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
