#!/usr/bin/env bash
# Installs Deskpod into a Kubernetes cluster; run again, it upgrades and keeps keys, configuration and data.
# Works on bash 3.2, also as `curl -sL …/install.sh | bash -s -- OPTIONS`: everything is a function until the last line.
# shellcheck disable=SC2016
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: install.sh [OPTIONS]

  --namespace NAME       namespace to install into, made if it is not there (abcdesktop)
  --node-port NUMBER     port of every node at which people come in (30443)
  --registry REGISTRY    where the images are (localhost/deskpod: in the nodes' own stores)
  --tag TAG              their tag (1)
  --pull-policy POLICY   IfNotPresent, Always or Never (IfNotPresent)
  --small                one pod with SQLite instead of replicas with PostgreSQL
  --storage-class NAME   storage class of the data (the cluster's default)
  --node-path FOLDER     no storage class: this folder on one node
  --node NAME            that node (the only one)
  --homes KIND           none: homes go with the desktop; persistentVolumeClaim: a claim per user (none)
  --config FILE          your own od.config
  --with-openldap        a directory with demo people, whose passwords everybody knows (the default)
  --without-openldap     none
  --level LEVEL          Pod Security level that the namespace enforces (restricted)
  --path PATH            path under which a reverse proxy shows it, for example /desk
  --trusted-proxies LIST addresses and networks of reverse proxies, with commas between
  --timeout SECONDS      how long to wait for images and pods (900)
  --dry-run              show what would be made, make nothing
  --help                 this text

Environment: KUBECTL        the kubectl command (kubectl), for example KUBECTL='microk8s kubectl'
             DESKPOD_RELEASE address of a release's deploy folder, when this script is not beside its manifests
TEXT
}

defaults() {
  NAMESPACE=abcdesktop NODE_PORT=30443 REGISTRY=localhost/deskpod TAG=1 PULL=IfNotPresent SMALL=no STORAGE_CLASS='' NODE_PATH='' NODE=''
  HOMES=none CONFIG='' OPENLDAP=yes LEVEL='' URL_PATH='' PROXIES='' TIMEOUT=900 DRY_RUN=no
  KUBECTL=${KUBECTL:-kubectl}
  PREPULL=anonymous-74bea267-8197-4b1d-acff-019b24e778c5
  OURS=app.kubernetes.io/part-of=deskpod
}

options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --small) SMALL=yes ;;
      --with-openldap) OPENLDAP=yes ;;
      --without-openldap) OPENLDAP=no ;;
      --dry-run) DRY_RUN=yes ;;
      -h | --help) usage && exit 0 ;;
      --namespace | --node-port | --registry | --tag | --pull-policy | --storage-class | --node-path | --node | --homes | --config | --level | --path | --trusted-proxies | --timeout)
        [ $# -gt 1 ] || wrong "$1 needs a value."
        option "$1" "$2"
        shift
        ;;
      *) wrong "There is no option $1." ;;
    esac
    shift
  done
  case $NODE_PORT in *[!0-9]* | '') wrong "--node-port $NODE_PORT is not a number." ;; esac
  case $TIMEOUT in *[!0-9]* | '') wrong "--timeout $TIMEOUT is not a number of seconds." ;; esac
  case $PULL in IfNotPresent | Always | Never) ;; *) wrong "--pull-policy $PULL is not IfNotPresent, Always or Never." ;; esac
  case $HOMES in none | persistentVolumeClaim) ;; *) wrong "--homes $HOMES is neither none nor persistentVolumeClaim." ;; esac
  case $LEVEL in '' | restricted | baseline | privileged) ;; *) wrong "--level $LEVEL is not restricted, baseline or privileged." ;; esac
  case $NODE_PATH in '' | /*) ;; *) wrong "--node-path $NODE_PATH does not begin with /." ;; esac
  [ -z "$CONFIG" ] || [ -r "$CONFIG" ] || wrong "--config $CONFIG cannot be read."
  REGISTRY=${REGISTRY%/}
}

option() {
  case $1 in
    --namespace) NAMESPACE=$2 ;;
    --node-port) NODE_PORT=$2 ;;
    --registry) REGISTRY=$2 ;;
    --tag) TAG=$2 ;;
    --pull-policy) PULL=$2 ;;
    --storage-class) STORAGE_CLASS=$2 ;;
    --node-path) NODE_PATH=${2%/} ;;
    --node) NODE=$2 ;;
    --homes) HOMES=$2 ;;
    --config) CONFIG=$2 ;;
    --level) LEVEL=$2 ;;
    --path) URL_PATH=$2 ;;
    --trusted-proxies) PROXIES=$2 ;;
    --timeout) TIMEOUT=$2 ;;
  esac
}

say() { printf '%s\n' "$*"; }
wrong() {
  printf 'install.sh: %s\n' "$1" 'Say install.sh --help.' >&2
  exit 2
}
# What is wrong, then lines on how to mend it.
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
      "Install it, or name another kubectl: KUBECTL='microk8s kubectl' install.sh"
  done
  local version
  version=$(k version -o json --request-timeout=15s 2>&1) || stop "The API server cannot be reached: $version" \
    "Choose the cluster with KUBECONFIG or $KUBECTL config use-context."
  local minor
  minor=$(printf '%s' "$version" | tr -d ' \n"' | sed 's/.*serverVersion:{//; s/.*minor:\([0-9]*\).*/\1/')
  say "Kubernetes 1.$minor answers."
  [ "$minor" -ge 29 ] || say "  Deskpod is made for 1.29 and later: go on at your own risk."
  [ "$(k auth can-i create deployments --namespace "$NAMESPACE" 2>/dev/null)" = yes ] ||
    stop "You may not create deployments in the namespace $NAMESPACE." "Ask for rights there, or choose another: --namespace NAME"
  CLUSTER_WIDE=yes
  [ "$(k auth can-i create clusterroles 2>/dev/null)" = yes ] || CLUSTER_WIDE=no
}

# The namespace or the port may belong to somebody else.
check_others() {
  local other
  other=$(kn get deployments -o go-template='{{range .items}}{{$l := .metadata.labels}}{{if not (and $l (eq (index $l "app.kubernetes.io/part-of" | printf "%v") "deskpod"))}}{{.metadata.name}}{{"\n"}}{{end}}{{end}}' 2>/dev/null |
    grep -E '^(pyos-od|nginx-od|mongodb-od|memcached-od|openldap-od|speedtest-od|router-od|console-od|api|gateway|postgres|openldap|speedtest)$' | tr '\n' ' ' || true)
  [ -z "$other" ] || stop "The namespace $NAMESPACE has another installation: ${other% }." \
    "Choose another one: --namespace deskpod --node-port $(free_port)"
  other=$(kn get deployment api -o go-template='{{index .metadata.annotations "meta.helm.sh/release-name"}}' 2>/dev/null || true)
  case $other in '' | '<no value>') ;; *) stop "Helm has installed Deskpod in $NAMESPACE as $other." "Upgrade it with helm upgrade $other, or choose another namespace: --namespace NAME" ;; esac
  other=$(used_ports | awk -v port="$NODE_PORT" -v own="$NAMESPACE/gateway" '$1 == port && $2 != own { print $2 }')
  [ -z "$other" ] || stop "The node port $NODE_PORT belongs to the service $other." \
    "Choose another one: --node-port $(free_port)"
  if [ $SMALL = yes ] && there deployment postgres; then other='--small is wanted, PostgreSQL is there'; fi
  if [ $SMALL = no ] && there deployment api && ! there deployment gateway; then other='a small installation is there'; fi
  [ -z "$other" ] || stop "The namespace $NAMESPACE has Deskpod in its other form: $other." \
    "Data does not move from one to the other. Remove it first with uninstall.sh, or choose --namespace."
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
  # A claim that is there stays as it is, with its data.
  if there pvc $CLAIM; then
    CLAIMED=yes NODE_PATH='' STORAGE_CLASS=''
    return
  fi
  if [ -n "$STORAGE_CLASS" ]; then
    k get storageclass "$STORAGE_CLASS" >/dev/null 2>&1 || stop "There is no storage class $STORAGE_CLASS." \
      "These are there: $(k get storageclass -o name 2>/dev/null | sed 's/.*\///' | tr '\n' ' ')"
    return
  fi
  if [ -z "$NODE_PATH" ]; then
    ! default_class && ! waiting_volume || return 0
    if can_ask; then
      say "This cluster has no default storage class, and the database needs a place."
      NODE_PATH=$(ask "Folder on a node to keep it in, for example /srv/deskpod (empty: stop): ")
    fi
    [ -n "$NODE_PATH" ] || stop "This cluster has no default storage class, and the database needs a place. One of:" \
      "--node-path /srv/deskpod [--node NAME]   a folder on one node" \
      "--storage-class NAME                     a class, if there is one" \
      "--small --node-path /srv/deskpod         everything in one pod, with a file as database"
  fi
  node_of_path
}

default_class() {
  k get storageclass -o go-template='{{range .items}}{{if .metadata.annotations}}{{index .metadata.annotations "storageclass.kubernetes.io/is-default-class"}}{{"\n"}}{{end}}{{end}}' 2>/dev/null | grep -x true >/dev/null
}
# A volume that somebody has made for this claim.
waiting_volume() {
  k get pv -o go-template='{{range .items}}{{if .spec.claimRef}}{{.spec.claimRef.namespace}}/{{.spec.claimRef.name}}{{"\n"}}{{end}}{{end}}' 2>/dev/null | grep -x "$NAMESPACE/$CLAIM" >/dev/null
}

node_of_path() {
  local nodes
  nodes=$(k get nodes -o go-template='{{range .items}}{{.metadata.name}}{{"\n"}}{{end}}')
  if [ -z "$NODE" ]; then
    [ "$(printf '%s\n' "$nodes" | wc -l)" -eq 1 ] || stop "--node-path needs the name of the node, for there are several." \
      "--node NAME, one of: $(printf '%s' "$nodes" | tr '\n' ' ')"
    NODE=$nodes
  fi
  printf '%s\n' "$nodes" | grep -x "$NODE" >/dev/null || stop "There is no node $NODE." "These are there: $(printf '%s' "$nodes" | tr '\n' ' ')"
  [ $DRY_RUN = no ] || return 0
  local here
  here=$(hostname 2>/dev/null || true)
  if [ "$here" = "$NODE" ] && mkdir -p "$NODE_PATH" 2>/dev/null; then return; fi
  [ -d "$NODE_PATH" ] || say "On the node $NODE the folder must exist: mkdir -p $NODE_PATH"
}

can_ask() { [ -t 1 ] && [ $DRY_RUN = no ] && (: </dev/tty) 2>/dev/null; }
ask() {
  local answer
  printf '%s' "$1" >/dev/tty
  read -r answer </dev/tty
  printf '%s' "$answer"
}

# The manifests are beside this script, or where a release keeps them.
fetch() {
  local here=''
  [ -z "${BASH_SOURCE[0]:-}" ] || here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
  if [ -n "$here" ] && [ -r "$here/kubernetes/$1" ]; then
    cp "$here/kubernetes/$1" "$WORK/$1"
  elif [ -n "${DESKPOD_RELEASE:-}" ]; then
    curl -fsSL --retry 2 -o "$WORK/$1" "${DESKPOD_RELEASE%/}/kubernetes/$1" ||
      stop "${DESKPOD_RELEASE%/}/kubernetes/$1 cannot be downloaded." "DESKPOD_RELEASE is the address of a release's deploy folder."
  else
    stop "kubernetes/$1 is not beside this script." \
      "Run it from a checkout, deploy/install.sh, or say where a release is: DESKPOD_RELEASE=https://… bash install.sh"
  fi
}

make_namespace() {
  if ! k get namespace "$NAMESPACE" >/dev/null 2>&1; then
    k create namespace "$NAMESPACE"
    k label namespace "$NAMESPACE" $OURS >/dev/null
  fi
  local now
  now=$(k get namespace "$NAMESPACE" -o go-template='{{index .metadata.labels "pod-security.kubernetes.io/enforce"}}')
  case $now in
    '' | '<no value>') LEVEL=${LEVEL:-restricted} ;;
    *) [ -n "$LEVEL" ] || return 0 ;;
  esac
  k label --overwrite namespace "$NAMESPACE" "pod-security.kubernetes.io/enforce=$LEVEL" "pod-security.kubernetes.io/warn=$LEVEL" >/dev/null
}

# The documented commands, with keys that are long enough. What is there stays.
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
  if there configmap abcdesktop-config && [ -z "$CONFIG" ]; then
    say "configmap/abcdesktop-config is kept as it is"
  else
    [ -n "$CONFIG" ] || own_config
    mkdir "$WORK/config"
    cp "${CONFIG:-$WORK/od.config}" "$WORK/config/od.config"
    kn create configmap abcdesktop-config --from-file="$WORK/config/od.config" --dry-run=client -o yaml | kn apply -f - 2>/dev/null
  fi
  local settings=''
  [ -z "$URL_PATH" ] || settings="$settings --from-literal=DESKPOD_PATH=$URL_PATH"
  [ -z "$PROXIES" ] || settings="$settings --from-literal=DESKPOD_TRUSTED_PROXIES=$PROXIES"
  # shellcheck disable=SC2086
  [ -z "$settings" ] || kn create configmap deskpod-settings $settings --dry-run=client -o yaml | kn apply -f - 2>/dev/null
}

own_config() {
  local key edit
  key=$(openssl rand -hex 24)
  edit="s/^#controllers:/controllers:/; s/MANAGER-KEY/$key/; s/^namespace: .*/namespace: '$NAMESPACE'/"
  [ $OPENLDAP = yes ] || edit="$edit; s/'config_ref': 'ldapconfig', 'enabled': True/'config_ref': 'ldapconfig', 'enabled': False/"
  [ "$HOMES" = none ] || edit="$edit; s/^desktop.homedirectorytype: .*/desktop.homedirectorytype: '$HOMES'/"
  sed -e "$edit" "$WORK/od.config" >"$WORK/own" && mv "$WORK/own" "$WORK/od.config"
}

prepull() {
  say "Fetching the images of a desktop:"
  kn delete pod $PREPULL --ignore-not-found --now >/dev/null 2>&1
  kn apply -f "$WORK/prepull.yaml"
  wait_for app.kubernetes.io/name=prepull prepulled
  [ ! -t 1 ] || say
  kn delete pod $PREPULL --now 2>/dev/null
}

# Pods are ready a moment before each node lets the port through to them. Where nodes cannot be reached from here, it only tells.
answers() {
  local until=$((SECONDS + 20))
  while ! curl -fs --max-time 2 --noproxy '*' -o /dev/null "http://$1:$NODE_PORT/healthz"; do
    [ $SECONDS -lt $until ] || return 1
    sleep 1
  done
}

tell() {
  local address
  address=$(k get nodes -o go-template='{{range .items}}{{range .status.addresses}}{{if eq .type "InternalIP"}}{{.address}}{{"\n"}}{{end}}{{end}}{{end}}' 2>/dev/null | head -1 || true)
  say
  say "Deskpod is at http://${address:-localhost}:$NODE_PORT$URL_PATH"
  answers "${address:-localhost}" ||
    say "                 It does not answer from here: nodes may not be reachable from this machine, or a firewall closes the port."
  if [ $OPENLDAP = yes ]; then
    say "  Log in as      Hermes Conrad / hermes, Philip J. Fry / fry, Turanga Leela / leela, …"
    say "                 Everybody knows these passwords: --without-openldap before strangers can reach it."
  fi
  say "  Administrator  $KUBECTL logs -l run=pyos-od -n $NAMESPACE --tail=-1 | grep Administrator   (in the log of the first start)"
  say "  Manager key    $KUBECTL get configmap abcdesktop-config -n $NAMESPACE -o yaml | grep apikey"
  say "                 or, if no key is there:"
  say "                 $KUBECTL get secret deskpod-manager-key -n $NAMESPACE -o jsonpath='{.data.key}' | base64 -d"
  say "  Apps           curl -X PUT -H 'Content-Type: text/javascript' -H 'X-API-Key: KEY' http://${address:-localhost}:$NODE_PORT$URL_PATH/API/manager/image -d @FILE.json"
  say "  Remove it      deploy/uninstall.sh --namespace $NAMESPACE"
}

# Where the namespace is not there yet, the API server judges everything in the namespace default instead.
dry_run() {
  local in=$NAMESPACE
  if ! k get namespace "$NAMESPACE" >/dev/null 2>&1; then
    say "Would make:"
    k create namespace "$NAMESPACE" --dry-run=server
    in=default
  fi
  for name in abcdesktopjwtdesktoppayload abcdesktopjwtdesktopsigning abcdesktopjwtusersigning; do
    there secret $name || say "secret/$name created (dry run, from openssl)"
  done
  there configmap abcdesktop-config || say "configmap/abcdesktop-config created (dry run)"
  { sed "s/^  namespace: $NAMESPACE\$/  namespace: $in/" "$WORK/prepull.yaml" && printf -- '---\n' && sed "s/^  namespace: $NAMESPACE\$/  namespace: $in/" "$WORK/all.yaml"; } |
    k apply --dry-run=server -f -
  say "Nothing was made."
}

main() {
  defaults
  options "$@"
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/deskpod.XXXXXX")
  trap 'rm -rf "$WORK"' EXIT
  umask 077
  check_tools
  check_others
  check_storage
  fetch render.sh
  fetch watch.sh
  # shellcheck source=deploy/kubernetes/render.sh
  . "$WORK/render.sh"
  # shellcheck source=deploy/kubernetes/watch.sh
  . "$WORK/watch.sh"
  render
  if [ $DRY_RUN = yes ]; then
    dry_run
    return
  fi
  make_namespace
  make_keys
  make_config
  prepull
  k apply -f "$WORK/all.yaml"
  if [ $OPENLDAP = no ]; then kn delete deployment,service,networkpolicy openldap --ignore-not-found; fi
  begin_again
  say "Waiting for the pods:"
  wait_for "$OURS" running
  [ ! -t 1 ] || say
  tell
}

main "$@"
