# Part of install.sh: the manifests for this installation. Uses its functions and variables.
# shellcheck shell=bash disable=SC2016,SC2154

# Everything with this installation's namespace, images and port; kubectl brings kustomize along.
render() {
  local name version main=deskpod.yaml
  read_digests
  [ "$SMALL" = no ] || main=deskpod-small.yaml
  fetch $main
  fetch poduser.yaml
  fetch od.config
  mkdir "$WORK/all" "$WORK/prepull"
  mv "$WORK/$main" "$WORK/all/"
  mv "$WORK/poduser.yaml" "$WORK/prepull/"
  IMAGES=$(cat "$WORK"/*/*.yaml | sed -n 's/^ *image: localhost\/deskpod\/\(.*\):1$/\1/p' | sort -u)
  {
    printf 'namespace: %s\nresources: [%s' "$NAMESPACE" "$main"
    if [ "$HOMES" = persistentVolumeClaim ]; then fetch homes.yaml && mv "$WORK/homes.yaml" "$WORK/all/" && printf ', homes.yaml'; fi
    if [ "$PRODUCTION" = yes ]; then ingress >"$WORK/all/ingress.yaml" && printf ', ingress.yaml'; fi
    if [ "$LIMITS" = yes ]; then fetch limits.yaml && mv "$WORK/limits.yaml" "$WORK/all/" && printf ', limits.yaml'; fi
    if [ -n "$NODE_PATH" ]; then volume >"$WORK/all/volume.yaml" && printf ', volume.yaml'; fi
    printf ']\nimages:\n'
    for name in $IMAGES; do
      version=$(digests "$name" 'digest: "\2"')
      printf '  - { name: localhost/deskpod/%s, newName: "%s/%s", %s }\n' "$name" "$REGISTRY" "$name" "${version:-newTag: \"$TAG\"}"
    done
    printf 'patches:\n'
    patches
  } >"$WORK/all/kustomization.yaml"
  sed -n '/^namespace/p; /^images/,/^patches/p' "$WORK/all/kustomization.yaml" | sed '/^patches/d' >"$WORK/prepull/kustomization.yaml"
  printf 'resources: [poduser.yaml]\n' >>"$WORK/prepull/kustomization.yaml"
  for name in all prepull; do
    k kustomize "$WORK/$name" | sed "s/^\( *imagePullPolicy:\) .*/\1 $PULL/" | into_namespaces >"$WORK/$name.yaml"
  done
}

# Of the file of `--digests`: its registry and tag, unless options say others.
read_digests() {
  if [ -n "$DIGESTS" ]; then
    [ -n "$(digests '.*' '\2')" ] || stop "--digests $DIGESTS has no digests." "Write it when you push: npm run images -- --push REGISTRY --digests FILE"
    REGISTRY=${REGISTRY:-$(sed -n 's/^  registry: //p' "$DIGESTS")}
    TAG=${TAG:-$(sed -n "s/^  tag: '\(.*\)'$/\1/p" "$DIGESTS")}
  fi
  REGISTRY=${REGISTRY:-localhost/deskpod} TAG=${TAG:-1}
}

# Lines of images whose name matches $1, printed as $2 with \1 for the name and \2 for the digest.
digests() { [ -z "$DIGESTS" ] || sed -n "s/^    \($1\): \(sha256:[0-9a-f]*\)$/$2/p" "$DIGESTS" 2>/dev/null || true; }

patches() {
  local service="{ \"op\": \"replace\", \"path\": \"/spec/ports/0/nodePort\", \"value\": $NODE_PORT }"
  [ "$PRODUCTION" = no ] ||
    service='{ "op": "replace", "path": "/spec/type", "value": "ClusterIP" }, { "op": "remove", "path": "/spec/ports/0/nodePort" }'
  cat <<TEXT
  - target: { kind: Service, name: gateway }
    patch: '[$service]'
  - target: { kind: Deployment, name: api }
    patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: api }
      spec:
        template:
          spec:
            containers:
              - name: api
                env:
                  - { name: DESKPOD_REGISTRY, value: "$REGISTRY" }
                  - { name: DESKPOD_TAG, value: "$TAG" }
                  - { name: DESKPOD_PULL_POLICY, value: "$PULL" }
TEXT
  if [ -n "$DIGESTS" ]; then
    printf '                  - { name: DESKPOD_DIGESTS, value: "%s" }\n' "$(digests '.*' '\1@\2' | paste -sd, -)"
  fi
  pods_namespace_patches
  if [ "$CLUSTER_WIDE" = no ]; then
    remove ClusterRole pyos-role
    remove ClusterRoleBinding pyos-rbac
  elif [ "$NAMESPACE" != abcdesktop ]; then
    cat <<TEXT
  - target: { kind: ClusterRole, name: pyos-role }
    options: { allowNameChange: true }
    patch: '[{ "op": "replace", "path": "/metadata/name", "value": "pyos-role-$NAMESPACE" }]'
  - target: { kind: ClusterRoleBinding, name: pyos-rbac }
    options: { allowNameChange: true }
    patch: '[{ "op": "replace", "path": "/metadata/name", "value": "pyos-rbac-$NAMESPACE" },
             { "op": "replace", "path": "/roleRef/name", "value": "pyos-role-$NAMESPACE" }]'
TEXT
  fi
  if [ "$OPENLDAP" = no ]; then
    remove Deployment openldap
    remove Service openldap
    remove NetworkPolicy openldap
  fi
  if [ "$CLAIMED" = yes ]; then
    remove PersistentVolumeClaim "$CLAIM"
  elif [ -n "$STORAGE_CLASS$NODE_PATH" ]; then
    cat <<TEXT
  - target: { kind: PersistentVolumeClaim, name: $CLAIM }
    patch: '[{ "op": "add", "path": "/spec/storageClassName", "value": "$STORAGE_CLASS" }]'
TEXT
  fi
}

remove() {
  printf '  - target: { kind: %s, name: %s }\n    patch: "{ kind: %s, metadata: { name: %s }, $patch: delete }"\n' "$1" "$2" "$1" "$2"
}

volume() {
  cat <<TEXT
apiVersion: v1
kind: PersistentVolume
metadata:
  name: $NAMESPACE-$CLAIM
  labels: { app.kubernetes.io/name: storage, app.kubernetes.io/part-of: deskpod }
spec:
  capacity: { storage: 8Gi }
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: ""
  claimRef: { namespace: $NAMESPACE, name: $CLAIM }
  local: { path: $NODE_PATH }
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions: [{ key: kubernetes.io/hostname, operator: In, values: [$NODE] }]
TEXT
}
