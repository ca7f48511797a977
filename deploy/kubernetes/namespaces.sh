# Part of install.sh: the namespace of the installation, and with --pods-namespace that of users' pods. Uses its functions and
# variables.
# shellcheck shell=bash disable=SC2016,SC2153,SC2154

# An installation keeps its namespace of users' pods; pods and homes don't move to another one.
check_pods_namespace() {
  local before
  before=$(kn get deployment api -o go-template='{{range .spec.template.spec.containers}}{{range .env}}{{if eq .name "DESKPOD_PODS_NAMESPACE"}}{{.value}}{{end}}{{end}}{{end}}' 2>/dev/null || true)
  [ -n "$before" ] || before=$NAMESPACE
  PODS_NAMESPACE=${PODS_NAMESPACE:-$before}
  if [ "$PODS_NAMESPACE" != "$before" ]; then
    local left
    left=$({ k --namespace "$before" get pods -l deskpod/desktop -o name; k --namespace "$before" get pvc -l app.kubernetes.io/managed-by=deskpod -o name; } 2>/dev/null | head -1 || true)
    [ -z "$left" ] || stop "--pods-namespace $PODS_NAMESPACE: the namespace $before has users' pods or homes, which don't move: $left" \
      "See docs/install-kubernetes.md, Users' pods in a namespace of their own."
  fi
  is_separate || return 0
  [ "$(k auth can-i create roles --namespace "$PODS_NAMESPACE" 2>/dev/null)" = yes ] ||
    stop "You don't have permission to create roles in the namespace $PODS_NAMESPACE." "Request it, or leave out --pods-namespace."
}

is_separate() { [ "$PODS_NAMESPACE" != "$NAMESPACE" ]; }

# $2: its Pod Security level; empty: the one that it has, or restricted.
make_namespace() {
  local now level=$2
  if ! k get namespace "$1" >/dev/null 2>&1; then
    k create namespace "$1"
    k label namespace "$1" "$OURS" >/dev/null
  fi
  now=$(k get namespace "$1" -o go-template='{{index .metadata.labels "pod-security.kubernetes.io/enforce"}}')
  case $now in
    '' | '<no value>') level=${level:-restricted} ;;
    *) [ -n "$level" ] || return 0 ;;
  esac
  k label --overwrite namespace "$1" "pod-security.kubernetes.io/enforce=$level" "pod-security.kubernetes.io/warn=$level" >/dev/null
}

# Every pod refers to it; if it is missing, Kubernetes warns about it at each of them.
make_registry_login() {
  [ -z "$(k --namespace "$1" get secret abcdesktopregistrysecret --ignore-not-found -o name 2>/dev/null)" ] || return 0
  printf '{"auths":{}}' >"$WORK/no-login"
  k --namespace "$1" create secret generic abcdesktopregistrysecret --type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson="$WORK/no-login"
  k --namespace "$1" label secret abcdesktopregistrysecret "$OURS" >/dev/null
}

make_namespaces() {
  if ! is_separate; then
    make_namespace "$NAMESPACE" "$LEVEL"
    make_registry_login "$NAMESPACE"
    return
  fi
  # Only users' pods may need another level.
  make_namespace "$NAMESPACE" ''
  make_namespace "$PODS_NAMESPACE" "$LEVEL"
  # uninstall.sh finds it by this label.
  k label --overwrite namespace "$PODS_NAMESPACE" "deskpod/installation=$NAMESPACE" >/dev/null
  make_registry_login "$NAMESPACE"
  make_registry_login "$PODS_NAMESPACE"
}

# What an installation in one namespace had for users' pods there, permissions of the api among them.
remove_moved() {
  ! is_separate || kn delete --ignore-not-found role/pyos-role role/pyos-role-homes rolebinding/pyos-rbac rolebinding/pyos-rbac-homes \
    networkpolicy/desktops service/desktop limitrange/deskpod resourcequota/deskpod
}

# Patches of the manifests: where the api creates pods, and where our parts connect to desktops (their first rule).
pods_namespace_patches() {
  is_separate || return 0
  local name
  cat <<TEXT
  - target: { kind: Deployment, name: api }
    patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: api }
      spec: { template: { spec: { containers: [{ name: api, env: [{ name: DESKPOD_PODS_NAMESPACE, value: "$PODS_NAMESPACE" }] }] } } }
TEXT
  for name in api gateway; do
    [ "$SMALL$name" != yesgateway ] || continue
    printf '  - target: { kind: NetworkPolicy, name: %s }\n' $name
    printf '    patch: '\''[{ "op": "add", "path": "/spec/egress/0/to/0/namespaceSelector", "value": { "matchLabels": { "kubernetes.io/metadata.name": "%s" } } }]'\''\n' "$PODS_NAMESPACE"
  done
}

# Moves what the manifests label as of desktops into their namespace. Both have the policy that closes them.
into_namespaces() {
  is_separate || { cat && return; }
  awk -v from="$NAMESPACE" -v to="$PODS_NAMESPACE" '
    function flush(moved) {
      if (doc == "") return
      moved = doc
      sub("\n  namespace: " from "\n", "\n  namespace: " to "\n", moved)
      if (doc ~ /\n  name: default-deny\n/) printf "%s---\n%s---\n", doc, moved
      else printf "%s---\n", doc ~ /\n    app.kubernetes.io\/name: desktops\n/ ? moved : doc
      doc = ""
    }
    /^---$/ { flush(); next }
    { doc = doc $0 "\n" }
    END { flush() }'
}
