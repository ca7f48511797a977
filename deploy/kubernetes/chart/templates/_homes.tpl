{{/*
Where homes are stored: homes.kind; otherwise claims if the cluster has a default storage class; nothing if od.config decides.
Only install and upgrade can query the cluster: `helm template` leaves it to od.config.
*/}}
{{- define "deskpod.homesKind" -}}
{{- $homes := .Values.homes -}}
{{- $ownConfig := not (or .Values.odConfig.existing .Values.odConfig.text) -}}
{{- $asks := and .Values.rbac.clusterRole $ownConfig (lookup "v1" "Namespace" "" "default") -}}
{{- $ways := "One of: homes.kind=persistentVolumeClaim with homes.storageClass, a claim for each user; homes.kind=hostPath with homes.hostPathRoot and podSecurity.level=privileged, folders on the nodes; homes.kind=none, no storage: files are deleted when a desktop ends, and users see a warning." -}}
{{- $class := $homes.storageClass | default (and $asks (include "deskpod.defaultClass" .)) -}}
{{- if and $asks $homes.storageClass (not (lookup "storage.k8s.io/v1" "StorageClass" "" $homes.storageClass)) -}}
{{- fail (printf "There is no storage class %s (homes.storageClass)." $homes.storageClass) -}}
{{- end -}}
{{- if and $asks (not $class) (eq ($homes.kind | default "") "persistentVolumeClaim") (not $homes.makeVolumes) -}}
{{- fail (printf "Homes are claims (homes.kind), but this cluster has no default storage class: no claim would get a volume. %s" $ways) -}}
{{- end -}}
{{- if $homes.kind -}}
{{- $homes.kind -}}
{{- else if and $asks $class -}}
persistentVolumeClaim
{{- else if and $asks .Release.IsInstall -}}
{{- fail (printf "This cluster has no default storage class, and homes need storage. %s" $ways) -}}
{{- end -}}
{{- end -}}

{{/* Its name; empty without one. */}}
{{- define "deskpod.defaultClass" -}}
{{- range (lookup "storage.k8s.io/v1" "StorageClass" "" "").items -}}
{{- if eq (dig "annotations" "storageclass.kubernetes.io/is-default-class" "" .metadata) "true" }}{{ .metadata.name }} {{ end -}}
{{- end -}}
{{- end -}}
