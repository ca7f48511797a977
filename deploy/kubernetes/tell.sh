# Part of install.sh: prints where Deskpod is and how to log in. Uses its functions and variables.
# shellcheck shell=bash disable=SC2016,SC2154

# Pods are ready a moment before every node forwards the port to them. Nodes may be unreachable from here.
answers() {
  local until=$((SECONDS + 20))
  while ! curl -gfs --max-time 2 --noproxy '*' -o /dev/null "$1/healthz"; do
    [ $SECONDS -lt $until ] || return 1
    sleep 1
  done
}

answers_or_tell() {
  answers "$1" ||
    say "                 It doesn't answer from here: this machine may not reach the nodes, or a firewall blocks the port."
}

# The address for browsers: the first node, the service's port, and the configured path, perhaps from an earlier run.
address() {
  local node port path
  path=$(kn get configmap deskpod-settings -o go-template='{{or .data.DESKPOD_PATH ""}}' 2>/dev/null || true)
  if [ "$PRODUCTION" = yes ]; then
    printf 'https://%s%s' "$(ingress_hosts | head -1)" "${path%/}"
    return
  fi
  node=$(k get nodes -o go-template='{{range .items}}{{range .status.addresses}}{{if eq .type "InternalIP"}}{{.address}}{{"\n"}}{{end}}{{end}}{{end}}' 2>/dev/null | head -1 || true)
  case $node in *:*) node="[$node]" ;; esac
  port=$(kn get service gateway -o go-template='{{(index .spec.ports 0).nodePort}}' 2>/dev/null || true)
  printf 'http://%s:%s%s' "${node:-localhost}" "${port:-$NODE_PORT}" "${path%/}"
}

# An own od.config, or that of an earlier version, can contain keys of the manager API.
key_in_config() {
  kn get configmap abcdesktop-config -o go-template='{{index .data "od.config"}}' 2>/dev/null | grep '^[^#]*apikey' >/dev/null
}

tell() {
  local address
  address=$(address)
  say
  say "Deskpod is at $address/"
  if [ "$PRODUCTION" = yes ]; then tell_production; else answers_or_tell "$address"; fi
  if [ "$OPENLDAP" = yes ]; then
    say "  Log in as      Hermes Conrad / hermes, Philip J. Fry / fry, Turanga Leela / leela, …"
    say "                 These passwords are public. Before you expose Deskpod to the Internet, use --production."
  fi
  if there secret deskpod-admin; then
    say "  Administrator  admin; this command prints the password:"
    say "                 $KUBECTL get secret deskpod-admin -n $NAMESPACE -o jsonpath='{.data.password}' | base64 -d"
  fi
  say "  New password   printf '%s\\n' PASSWORD | $KUBECTL exec -i -n $NAMESPACE deploy/api -- deskpod users passwd admin"
  if key_in_config; then
    say "  Manager key    $KUBECTL get configmap abcdesktop-config -n $NAMESPACE -o yaml | grep apikey"
    say "                 Everyone who can read config maps sees it. To move it to a Secret, remove the line controllers from od.config."
  else
    say "  Manager key    $KUBECTL get secret deskpod-manager-key -n $NAMESPACE -o jsonpath='{.data.key}' | base64 -d"
  fi
  say "  Apps           curl -X PUT -H 'Content-Type: text/javascript' -H 'X-API-Key: KEY' $address/API/manager/image -d @FILE.json"
  say "  Remove it      deploy/uninstall.sh --namespace $NAMESPACE"
}
