#!/usr/bin/env bash
# Removes Deskpod from a Kubernetes cluster, after asking. Works on bash 3.2, also piped from curl.
# shellcheck disable=SC2016
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: uninstall.sh [OPTIONS]

  --namespace NAME   namespace of the installation (abcdesktop)
  --keep-data        keep what a new installation can use: volumes, homes, keys, passwords, od.config
  --yes              skip the questions
  --help             show this help

Environment: KUBECTL  the kubectl command (kubectl), for example KUBECTL='microk8s kubectl'
TEXT
}

say() { printf '%s\n' "$*"; }
stop() {
  printf 'uninstall.sh: %s\n' "$@" >&2
  exit 1
}

# $KUBECTL may be several words.
# shellcheck disable=SC2086
k() { $KUBECTL "$@"; }
kn() { k --namespace "$NAMESPACE" "$@"; }
# In the namespace of users' pods.
kp() { k --namespace "$PODS_NAMESPACE" "$@"; }
lines() { wc -l | tr -d ' '; }
count() { kn get "$@" -o name 2>/dev/null | lines; }

options() {
  NAMESPACE=abcdesktop YES=no KEEP='' KUBECTL=${KUBECTL:-kubectl}
  INSTALLED=app.kubernetes.io/part-of=deskpod
  MADE=app.kubernetes.io/managed-by=deskpod
  while [ $# -gt 0 ]; do
    case $1 in
      --namespace) [ $# -gt 1 ] || stop "--namespace needs a value." && NAMESPACE=$2 && shift ;;
      --keep-data) KEEP=yes ;;
      --yes) YES=yes ;;
      -h | --help) usage && exit 0 ;;
      *) printf 'uninstall.sh: Unknown option: %s. Run uninstall.sh --help.\n' "$1" >&2 && exit 2 ;;
    esac
    shift
  done
}

check() {
  local release
  command -v "${KUBECTL%% *}" >/dev/null || stop "$KUBECTL is not installed."
  k get namespace "$NAMESPACE" --request-timeout=15s >/dev/null || stop "There is nothing to remove in $NAMESPACE."
  release=$(kn get deployment api -o go-template='{{index .metadata.annotations "meta.helm.sh/release-name"}}' 2>/dev/null || true)
  find_pods_namespace
  case $release in
    '' | '<no value>') ;;
    *) stop "Deskpod was installed by Helm: helm uninstall $release -n $NAMESPACE" "Then run this script for the desktops and data that remain." ;;
  esac
}

# As the api has it, or by the label that install.sh and the chart set.
find_pods_namespace() {
  if [ "$(count deployment api)" = 1 ]; then
    PODS_NAMESPACE=$(kn get deployment api -o go-template='{{range .spec.template.spec.containers}}{{range .env}}{{if eq .name "DESKPOD_PODS_NAMESPACE"}}{{.value}}{{end}}{{end}}{{end}}')
  else
    PODS_NAMESPACE=$(k get namespaces -l "deskpod/installation=$NAMESPACE" -o go-template='{{range .items}}{{.metadata.name}}{{"\n"}}{{end}}' 2>/dev/null | head -1 || true)
  fi
  PODS_NAMESPACE=${PODS_NAMESPACE:-$NAMESPACE}
}

# Answers y or n from the terminal, whatever standard input is.
yes_to() {
  local answer
  printf '%s [y/N] ' "$1" >/dev/tty
  read -r answer </dev/tty
  case $answer in y | Y | yes) return 0 ;; *) return 1 ;; esac
}

confirm() {
  say "In the namespace $NAMESPACE:"
  say "  $(count deployments -l $INSTALLED) deployments of Deskpod"
  say "  $(count pvc -l $INSTALLED) volumes with the database: catalogue, users, history"
  say "  $(count secrets) secrets, among them the keys of sessions"
  [ "$PODS_NAMESPACE" = "$NAMESPACE" ] || say "In the namespace $PODS_NAMESPACE:"
  say "  $(kp get pods -l $MADE -o name 2>/dev/null | lines) pods of users: desktops and apps, with unsaved work"
  say "  $(kp get pvc -l $MADE -o name 2>/dev/null | lines) homes of users"
  [ $YES = no ] || return 0
  (: </dev/tty) 2>/dev/null || stop "There is no terminal to ask on. Use --yes, with or without --keep-data."
  yes_to "Remove Deskpod from $NAMESPACE?" || stop "Nothing was removed."
  [ -z "$KEEP" ] || return 0
  if yes_to "Remove database, homes, keys and od.config, too? This can't be undone."; then KEEP=no; else KEEP=yes; fi
}

remove() { kn delete "$@" --ignore-not-found --wait=false 2>/dev/null || true; }
remove_of_pods() { kp delete "$@" --ignore-not-found --wait=false 2>/dev/null || true; }

remove_parts() {
  remove deployments,services,networkpolicies,poddisruptionbudgets,ingresses,serviceaccounts,roles,rolebindings -l $INSTALLED
  remove_of_pods services,networkpolicies,roles,rolebindings,limitranges,resourcequotas -l $INSTALLED
  remove_of_pods pods,networkpolicies -l $MADE --grace-period=5
  remove pods -l $INSTALLED --grace-period=5
  remove_of_pods secrets -l $MADE
  k delete clusterrolebinding "$(cluster_name pyos-rbac)" --ignore-not-found 2>/dev/null || true
  k delete clusterrole "$(cluster_name pyos-role)" --ignore-not-found 2>/dev/null || true
  kn wait --for=delete pods -l $INSTALLED --timeout=120s >/dev/null 2>&1 || true
}

remove_data() {
  remove pvc -l $INSTALLED
  remove_of_pods pvc -l $MADE
  kn wait --for=delete pvc -l $INSTALLED --timeout=60s >/dev/null 2>&1 || true
  remove configmap abcdesktop-config deskpod-settings
  remove secret abcdesktopjwtdesktoppayload abcdesktopjwtdesktopsigning abcdesktopjwtusersigning deskpod-keys deskpod-store-key deskpod-manager-key deskpod-admin postgres
  # The empty registry login; one that an administrator created has no such label.
  remove secrets -l $INSTALLED
  remove_of_pods secrets -l $INSTALLED
  k delete pv "$NAMESPACE-postgres" "$NAMESPACE-deskpod" --ignore-not-found --wait=false 2>/dev/null || true
  if [ "$PODS_NAMESPACE" != "$NAMESPACE" ]; then
    kp wait --for=delete pods,pvc -l $MADE --timeout=60s >/dev/null 2>&1 || true
    remove_namespace "$PODS_NAMESPACE"
  fi
  remove_namespace "$NAMESPACE"
}

# Only one that we created and nothing else uses.
remove_namespace() {
  local ours used
  ours=$(k get namespace "$1" -o go-template='{{index .metadata.labels "app.kubernetes.io/part-of"}}')
  used=$(k --namespace "$1" get deployments,statefulsets,daemonsets,services,pvc -o name 2>/dev/null | lines)
  if [ "$ours" = deskpod ] && [ "$used" = 0 ]; then k delete namespace "$1" --wait=false; fi
}

cluster_name() { if [ "$NAMESPACE" = abcdesktop ]; then printf '%s' "$1"; else printf '%s' "$1-$NAMESPACE"; fi; }

main() {
  options "$@"
  check
  confirm
  remove_parts
  if [ "$KEEP" = yes ]; then
    say "Database, homes, keys and od.config are kept: install.sh --namespace $NAMESPACE uses them again."
  else
    remove_data
    say "A folder on a node (--node-path) keeps its files: delete them there."
  fi
  say "Deskpod was removed from $NAMESPACE."
}

main "$@"
