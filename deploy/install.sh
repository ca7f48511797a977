#!/usr/bin/env bash
# Installs Deskpod in a Kubernetes cluster. Run it again to upgrade; keys, configuration and data are kept.
# Works on bash 3.2, also as `curl -sL …/install.sh | bash -s -- OPTIONS`: everything is a function until the last line.
# shellcheck disable=SC2016
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: install.sh [OPTIONS]

  --namespace NAME       namespace to install into, created if it doesn't exist (abcdesktop)
  --pods-namespace NAME  another namespace for users' pods and homes, created if it doesn't exist (--namespace)
  --node-port NUMBER     port on every node for users' browsers (30443)
  --registry REGISTRY    registry of the images (localhost/deskpod: imported on the nodes)
  --tag TAG              tag of the images (1)
  --digests FILE         pin the images: the file that `npm run images -- --push REGISTRY --digests FILE` wrote
  --pull-policy POLICY   IfNotPresent, Always or Never (IfNotPresent)
  --small                one pod with SQLite instead of replicas with PostgreSQL
  --storage-class NAME   storage class for data and homes (the cluster's default)
  --node-path FOLDER     without a storage class: this folder on one node
  --node NAME            the node with that folder (the only one)
  --homes KIND           persistentVolumeClaim: a claim for each user (default with a default storage class);
                         hostPath: folders on a node; none: files are deleted when a desktop ends
  --homes-path FOLDER    without a storage class: homes in this folder on one node (--node), with --level privileged
  --config FILE          your own od.config
  --production           TLS at an Ingress instead of a node port, no guests, no demo users, a ResourceQuota;
                         requires --allowed-hosts and --tls-secret
  --allowed-hosts LIST   host names under which browsers reach Deskpod, separated by commas (any)
  --tls-secret NAME      Secret with the certificate of the Ingress
  --ingress-class NAME   class of the Ingress (the cluster's default)
  --with-openldap        a directory with demo users, whose passwords are public (default)
  --without-openldap     no directory with demo users
  --level LEVEL          Pod Security level that the namespace enforces (restricted)
  --path PATH            path under which a reverse proxy publishes Deskpod, for example /desk
  --trusted-proxies LIST addresses and networks of reverse proxies, separated by commas
  --timeout SECONDS      how long to wait for images and pods (900)
  --dry-run              show what would be created, without creating it
  --help                 show this help

Environment: KUBECTL          the kubectl command (kubectl), for example KUBECTL='microk8s kubectl'
             DESKPOD_RELEASE  address of a release's deploy folder, if this script isn't beside its manifests
TEXT
}

defaults() {
  NAMESPACE=abcdesktop PODS_NAMESPACE='' NODE_PORT=30443 REGISTRY='' TAG='' DIGESTS='' PULL=IfNotPresent SMALL=no STORAGE_CLASS='' NODE_PATH='' NODE=''
  HOMES='' HOMES_PATH='' HOMES_CLASS='' HOMES_NODE='' CONFIG='' CONFIG_APPLIED='' OPENLDAP='' LEVEL='' URL_PATH='' PROXIES='' TIMEOUT=900 DRY_RUN=no
  SETTINGS_APPLIED='' PRODUCTION=no ALLOWED_HOSTS='' TLS_SECRET='' INGRESS_CLASS=''
  KUBECTL=${KUBECTL:-kubectl}
  PREPULL=anonymous-74bea267-8197-4b1d-acff-019b24e778c5
  OURS=app.kubernetes.io/part-of=deskpod
}

options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --small) SMALL=yes ;;
      --production) PRODUCTION=yes ;;
      --with-openldap) OPENLDAP=yes ;;
      --without-openldap) OPENLDAP=no ;;
      --dry-run) DRY_RUN=yes ;;
      -h | --help) usage && exit 0 ;;
      --namespace | --pods-namespace | --node-port | --registry | --tag | --digests | --pull-policy | --storage-class | --node-path | --node | --homes | --homes-path | --config | --level | --path | --trusted-proxies | --allowed-hosts | --tls-secret | --ingress-class | --timeout)
        [ $# -gt 1 ] || wrong "$1 needs a value."
        option "$1" "$2"
        shift
        ;;
      *) wrong "Unknown option: $1." ;;
    esac
    shift
  done
  case $NODE_PORT in *[!0-9]* | '') wrong "--node-port $NODE_PORT isn't a number." ;; esac
  case $TIMEOUT in *[!0-9]* | '') wrong "--timeout $TIMEOUT isn't a number of seconds." ;; esac
  case $PULL in IfNotPresent | Always | Never) ;; *) wrong "--pull-policy $PULL must be IfNotPresent, Always or Never." ;; esac
  case $HOMES in '' | none | hostPath | persistentVolumeClaim) ;; *) wrong "--homes $HOMES must be none, hostPath or persistentVolumeClaim." ;; esac
  case $HOMES_PATH in '' | /*) ;; *) wrong "--homes-path $HOMES_PATH must start with /." ;; esac
  case $HOMES in '' | hostPath) ;; *) [ -z "$HOMES_PATH" ] || wrong "--homes-path requires --homes hostPath, not $HOMES." ;; esac
  HOMES_CLASS=$STORAGE_CLASS
  case $LEVEL in '' | restricted | baseline | privileged) ;; *) wrong "--level $LEVEL must be restricted, baseline or privileged." ;; esac
  case $URL_PATH in '' | /*) URL_PATH=${URL_PATH%/} ;; *) wrong "--path $URL_PATH must start with /." ;; esac
  case $NODE_PATH in '' | /*) ;; *) wrong "--node-path $NODE_PATH must start with /." ;; esac
  [ -z "$CONFIG" ] || [ -r "$CONFIG" ] || wrong "--config $CONFIG can't be read."
  REGISTRY=${REGISTRY%/}
}

option() {
  case $1 in
    --namespace) NAMESPACE=$2 ;;
    --pods-namespace) PODS_NAMESPACE=$2 ;;
    --node-port) NODE_PORT=$2 ;;
    --registry) REGISTRY=$2 ;;
    --tag) TAG=$2 ;;
    --digests) DIGESTS=$2 ;;
    --pull-policy) PULL=$2 ;;
    --storage-class) STORAGE_CLASS=$2 ;;
    --node-path) NODE_PATH=${2%/} ;;
    --node) NODE=$2 ;;
    --homes) HOMES=$2 ;;
    --homes-path) HOMES_PATH=${2%/} ;;
    --config) CONFIG=$2 ;;
    --level) LEVEL=$2 ;;
    --path) URL_PATH=$2 ;;
    --trusted-proxies) PROXIES=$2 ;;
    --allowed-hosts) ALLOWED_HOSTS=$2 ;;
    --tls-secret) TLS_SECRET=$2 ;;
    --ingress-class) INGRESS_CLASS=$2 ;;
    --timeout) TIMEOUT=$2 ;;
  esac
}

say() { printf '%s\n' "$*"; }
wrong() {
  printf 'install.sh: %s\n' "$1" 'Run install.sh --help.' >&2
  exit 2
}
# The problem, then lines with the solution.
stop() {
  printf '\ninstall.sh: %s\n' "$1" >&2
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

# $KUBECTL may be several words.
# shellcheck disable=SC2086
k() { $KUBECTL "$@"; }
kn() { k --namespace "$NAMESPACE" "$@"; }
there() { [ -n "$(kn get "$@" --ignore-not-found -o name 2>/dev/null)" ]; }

check_tools() {
  local tool
  for tool in ${KUBECTL%% *} openssl curl; do
    command -v "$tool" >/dev/null || stop "$tool is not installed." \
      "Install it, or use another kubectl: KUBECTL='microk8s kubectl' install.sh"
  done
  local version
  version=$(k version -o json --request-timeout=15s 2>&1) || stop "The API server cannot be reached: $version" \
    "Choose the cluster with KUBECONFIG or $KUBECTL config use-context."
  local minor
  minor=$(printf '%s' "$version" | tr -d ' \n"' | sed 's/.*serverVersion:{//; s/.*minor:\([0-9]*\).*/\1/')
  say "Kubernetes 1.$minor answers."
  [ "$minor" -ge 29 ] || say "  Deskpod requires 1.29 or later: continue at your own risk."
  [ "$(k auth can-i create deployments --namespace "$NAMESPACE" 2>/dev/null)" = yes ] ||
    stop "You don't have permission to create deployments in the namespace $NAMESPACE." "Request it, or choose another namespace: --namespace NAME"
  CLUSTER_WIDE=yes
  [ "$(k auth can-i create clusterroles 2>/dev/null)" = yes ] || CLUSTER_WIDE=no
}

# The namespace or the port may already be in use.
check_others() {
  local other
  other=$(kn get deployments -o go-template='{{range .items}}{{$l := .metadata.labels}}{{if not (and $l (eq (index $l "app.kubernetes.io/part-of" | printf "%v") "deskpod"))}}{{.metadata.name}}{{"\n"}}{{end}}{{end}}' 2>/dev/null |
    grep -E '^(pyos-od|nginx-od|mongodb-od|memcached-od|openldap-od|speedtest-od|router-od|console-od|api|gateway|postgres|openldap|speedtest)$' | tr '\n' ' ' || true)
  [ -z "$other" ] || stop "The namespace $NAMESPACE has another installation: ${other% }." \
    "Choose another one: --namespace deskpod --node-port $(free_port)"
  other=$(kn get deployment api -o go-template='{{index .metadata.annotations "meta.helm.sh/release-name"}}' 2>/dev/null || true)
  case $other in '' | '<no value>') ;; *) stop "Deskpod in $NAMESPACE was installed by Helm, as $other." "Upgrade it with helm upgrade $other, or choose another namespace: --namespace NAME" ;; esac
  other=''
  [ $PRODUCTION = yes ] || other=$(used_ports | awk -v port="$NODE_PORT" -v own="$NAMESPACE/gateway" '$1 == port && $2 != own { print $2 }')
  [ -z "$other" ] || stop "The node port $NODE_PORT belongs to the service $other." \
    "Choose another one: --node-port $(free_port)"
  if [ $SMALL = yes ] && there deployment postgres; then other='--small was given, but it uses PostgreSQL'; fi
  if [ $SMALL = no ] && there deployment api && ! there deployment gateway; then other='it is a small installation'; fi
  [ -z "$other" ] || stop "The namespace $NAMESPACE has Deskpod in its other form: $other." \
    "Data can't be moved from one to the other. Remove it first with uninstall.sh, or choose another --namespace."
}

used_ports() {
  k get services --all-namespaces -o go-template='{{range .items}}{{$n := .metadata}}{{range .spec.ports}}{{if .nodePort}}{{.nodePort}} {{$n.namespace}}/{{$n.name}}{{"\n"}}{{end}}{{end}}{{end}}' 2>/dev/null || true
}

free_port() {
  local port=30444 used
  used=$(used_ports | awk '{ print $1 }')
  while printf '%s\n' "$used" | grep -x $port >/dev/null; do port=$((port + 1)); done
  printf '%s' $port
}

check_storage() {
  CLAIM=postgres CLAIMED=no
  [ $SMALL = no ] || CLAIM=deskpod
  # An existing claim is kept, with its data.
  if there pvc $CLAIM; then
    CLAIMED=yes NODE_PATH='' STORAGE_CLASS=''
    return
  fi
  if [ -n "$STORAGE_CLASS" ]; then
    k get storageclass "$STORAGE_CLASS" >/dev/null 2>&1 || stop "There is no storage class $STORAGE_CLASS." \
      "Available: $(k get storageclass -o name 2>/dev/null | sed 's/.*\///' | tr '\n' ' ')"
    return
  fi
  if [ -z "$NODE_PATH" ]; then
    ! default_class && ! waiting_volume || return 0
    if can_ask; then
      say "This cluster has no default storage class, and the database needs storage."
      NODE_PATH=$(ask "Folder on a node, for example /srv/deskpod (empty: stop): ")
    fi
    [ -n "$NODE_PATH" ] || stop "This cluster has no default storage class, and the database needs storage. One of:" \
      "--node-path /srv/deskpod [--node NAME]   a folder on one node" \
      "--storage-class NAME                     a storage class" \
      "--small --node-path /srv/deskpod         everything in one pod, with a database file"
  fi
  node_of_path
}

default_class() {
  k get storageclass -o go-template='{{range .items}}{{if .metadata.annotations}}{{index .metadata.annotations "storageclass.kubernetes.io/is-default-class"}}{{"\n"}}{{end}}{{end}}' 2>/dev/null | grep -x true >/dev/null
}
# A volume that exists for this claim.
waiting_volume() {
  k get pv -o go-template='{{range .items}}{{if .spec.claimRef}}{{.spec.claimRef.namespace}}/{{.spec.claimRef.name}}{{"\n"}}{{end}}{{end}}' 2>/dev/null | grep -x "$NAMESPACE/$CLAIM" >/dev/null
}

node_of_path() {
  local nodes
  nodes=$(k get nodes -o go-template='{{range .items}}{{.metadata.name}}{{"\n"}}{{end}}')
  if [ -z "$NODE" ]; then
    [ "$(printf '%s\n' "$nodes" | wc -l)" -eq 1 ] || stop "The cluster has several nodes, so --node-path needs --node." \
      "--node NAME, one of: $(printf '%s' "$nodes" | tr '\n' ' ')"
    NODE=$nodes
  fi
  printf '%s\n' "$nodes" | grep -x "$NODE" >/dev/null || stop "There is no node $NODE." "Available: $(printf '%s' "$nodes" | tr '\n' ' ')"
  [ $DRY_RUN = no ] || return 0
  local here
  here=$(hostname 2>/dev/null || true)
  if [ "$here" = "$NODE" ] && mkdir -p "$NODE_PATH" 2>/dev/null; then return; fi
  [ -d "$NODE_PATH" ] || say "The folder must exist on the node $NODE: mkdir -p $NODE_PATH"
}

can_ask() { [ -t 1 ] && [ $DRY_RUN = no ] && (: </dev/tty) 2>/dev/null; }
ask() {
  local answer
  printf '%s' "$1" >/dev/tty
  read -r answer </dev/tty
  printf '%s' "$answer"
}

# The manifests are beside this script, or in a release.
fetch() {
  local here=''
  [ -z "${BASH_SOURCE[0]:-}" ] || here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
  if [ -n "$here" ] && [ -r "$here/kubernetes/$1" ]; then
    cp "$here/kubernetes/$1" "$WORK/$1"
  elif [ -n "${DESKPOD_RELEASE:-}" ]; then
    curl -fsSL --retry 2 -o "$WORK/$1" "${DESKPOD_RELEASE%/}/kubernetes/$1" ||
      stop "${DESKPOD_RELEASE%/}/kubernetes/$1 can't be downloaded." "DESKPOD_RELEASE is the address of a release's deploy folder."
  else
    stop "kubernetes/$1 isn't beside this script." \
      "Run it from a checkout, deploy/install.sh, or set the address of a release: DESKPOD_RELEASE=https://… bash install.sh"
  fi
}

# The documented commands, with keys that are long enough. Existing keys are kept.
make_keys() {
  local name file
  for name in desktop_payload desktop_signing user_signing; do
    file=abcdesktop_jwt_$name
    ! there secret "$(printf '%s' "$file" | tr -d _)" || continue
    openssl genrsa -out "$WORK/${file}_private_key.pem" 2048 2>/dev/null
    if [ $name = desktop_payload ]; then
      openssl rsa -in "$WORK/${file}_private_key.pem" -outform PEM -pubout -out "$WORK/_$file.pem" 2>/dev/null
      openssl rsa -pubin -in "$WORK/_$file.pem" -RSAPublicKey_out -out "$WORK/${file}_public_key.pem" 2>/dev/null
    else
      openssl rsa -in "$WORK/${file}_private_key.pem" -outform PEM -pubout -out "$WORK/${file}_public_key.pem" 2>/dev/null
    fi
    kn create secret generic "$(printf '%s' "$file" | tr -d _)" \
      --from-file="$WORK/${file}_private_key.pem" --from-file="$WORK/${file}_public_key.pem"
  done
}

make_config() {
  if there configmap abcdesktop-config && [ -z "$CONFIG" ] && [ $HOMES_CHANGED = no ]; then
    say "configmap/abcdesktop-config unchanged"
  else
    mkdir "$WORK/config"
    if [ -z "$CONFIG" ] && there configmap abcdesktop-config; then
      homes_config >"$WORK/config/od.config"
    else
      [ -n "$CONFIG" ] || own_config
      cp "${CONFIG:-$WORK/od.config}" "$WORK/config/od.config"
    fi
    [ $HOMES_CHANGED = no ] || set_homes "$WORK/config/od.config"
    CONFIG_APPLIED=$(kn create configmap abcdesktop-config --from-file="$WORK/config/od.config" --dry-run=client -o yaml | kn apply -f - 2>/dev/null)
    say "$CONFIG_APPLIED"
  fi
  local settings=''
  [ -z "$URL_PATH" ] || settings="$settings --from-literal=DESKPOD_PATH=$URL_PATH"
  [ -z "$PROXIES" ] || settings="$settings --from-literal=DESKPOD_TRUSTED_PROXIES=$PROXIES"
  [ -z "$ALLOWED_HOSTS" ] || settings="$settings --from-literal=DESKPOD_ALLOWED_HOSTS=$ALLOWED_HOSTS"
  [ $PRODUCTION = no ] || settings="$settings --from-literal=DESKPOD_ANONYMOUS=false --from-literal=DESKPOD_PROXY_TLS=true"
  [ -n "$settings" ] || return 0
  # shellcheck disable=SC2086
  SETTINGS_APPLIED=$(kn create configmap deskpod-settings $settings --dry-run=client -o yaml | kn apply -f - 2>/dev/null)
  say "$SETTINGS_APPLIED"
}

own_config() {
  local edit="s/^namespace: .*/namespace: '$NAMESPACE'/"
  [ "$OPENLDAP" = yes ] || edit="$edit; s/'config_ref': 'ldapconfig', 'enabled': True/'config_ref': 'ldapconfig', 'enabled': False/"
  sed -e "$edit" "$WORK/od.config" >"$WORK/own" && mv "$WORK/own" "$WORK/od.config"
}

prepull() {
  say "Pulling the images of a desktop:"
  kn delete pod $PREPULL --ignore-not-found --now --timeout=120s >/dev/null 2>&1 ||
    stop "pod/$PREPULL of an earlier run isn't gone after 120 seconds." "$KUBECTL describe pod $PREPULL -n $NAMESPACE"
  kn apply -f "$WORK/prepull.yaml"
  wait_for app.kubernetes.io/name=prepull prepulled
  [ ! -t 1 ] || say
  kn delete pod $PREPULL --now --wait=false 2>/dev/null
}

# Without the namespace, the API server validates everything in the namespace default instead.
dry_run() {
  local name edit=''
  for name in "$NAMESPACE" "$PODS_NAMESPACE"; do
    ! k get namespace "$name" >/dev/null 2>&1 || continue
    [ -n "$edit" ] || say "Would create:"
    case $edit in *" $name\$"*) ;; *) k create namespace "$name" --dry-run=server ;; esac
    edit="$edit; s/^  namespace: $name\$/  namespace: default/"
  done
  for name in abcdesktopjwtdesktoppayload abcdesktopjwtdesktopsigning abcdesktopjwtusersigning; do
    there secret $name || say "secret/$name created (dry run, from openssl)"
  done
  there secret abcdesktopregistrysecret || say "secret/abcdesktopregistrysecret created (dry run)"
  there configmap abcdesktop-config || say "configmap/abcdesktop-config created (dry run)"
  { cat "$WORK/prepull.yaml" && printf -- '---\n' && cat "$WORK/all.yaml"; } | sed "${edit#; }" | k apply --dry-run=server -f -
  say "Nothing was created."
}

main() {
  defaults
  options "$@"
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/deskpod.XXXXXX")
  trap 'rm -rf "$WORK"' EXIT
  umask 077
  fetch production.sh
  # shellcheck source=deploy/kubernetes/production.sh
  . "$WORK/production.sh"
  check_production_options
  OPENLDAP=${OPENLDAP:-yes}
  check_tools
  check_others
  fetch namespaces.sh
  # shellcheck source=deploy/kubernetes/namespaces.sh
  . "$WORK/namespaces.sh"
  check_pods_namespace
  check_production
  check_storage
  fetch homes.sh
  # shellcheck source=deploy/kubernetes/homes.sh
  . "$WORK/homes.sh"
  check_homes
  fetch render.sh
  fetch watch.sh
  fetch tell.sh
  # shellcheck source=deploy/kubernetes/render.sh
  . "$WORK/render.sh"
  # shellcheck source=deploy/kubernetes/watch.sh
  . "$WORK/watch.sh"
  # shellcheck source=deploy/kubernetes/tell.sh
  . "$WORK/tell.sh"
  render
  if [ $DRY_RUN = yes ]; then
    dry_run
    return
  fi
  make_namespaces
  make_keys
  make_config
  prepull
  local upgrade=no
  ! there deployment api || upgrade=yes
  k apply -f "$WORK/all.yaml"
  remove_moved
  if [ "$OPENLDAP" = no ]; then kn delete deployment,service,networkpolicy openldap --ignore-not-found; fi
  restart_changed $upgrade
  begin_again
  say "Waiting for the pods:"
  wait_for "$OURS" running
  [ ! -t 1 ] || say
  tell
}

main "$@"
