# Part of install.sh: --production, checked before anything is created. Uses its functions and variables.
# shellcheck shell=bash disable=SC2016,SC2034,SC2154

# What the options need besides each other.
check_production_options() {
  case $ALLOWED_HOSTS in *[!A-Za-z0-9.*,-]*) wrong "--allowed-hosts $ALLOWED_HOSTS isn't a list of host names, separated by commas." ;; esac
  if [ "$PRODUCTION" = no ]; then
    [ -z "$TLS_SECRET$INGRESS_CLASS" ] || wrong "--tls-secret and --ingress-class require --production."
    return
  fi
  [ -n "$ALLOWED_HOSTS" ] || wrong "--production needs the host names under which browsers reach Deskpod: --allowed-hosts desk.example.org."
  [ -n "$TLS_SECRET" ] || wrong "--production needs the Secret with the certificate of the Ingress: --tls-secret NAME."
  case ,$ALLOWED_HOSTS, in *,'*',*) wrong "--production needs host names, but --allowed-hosts contains * for any." ;; esac
  [ "$OPENLDAP" != yes ] || wrong "--production has no demo users, so it can't be combined with --with-openldap."
  OPENLDAP=no
}

# An installation for production isn't opened again by accident.
check_production() {
  LIMITS=$PRODUCTION
  if [ "$PRODUCTION" = yes ]; then
    [ "$(k auth can-i create resourcequotas --namespace "$PODS_NAMESPACE" 2>/dev/null)" = yes ] && return
    LIMITS=no
    say "You don't have permission to create a ResourceQuota: ask your administrator to apply kubernetes/limits.yaml."
    return
  fi
  ! there ingress deskpod || stop "Deskpod in $NAMESPACE was installed with --production." \
    "Give --production, --allowed-hosts and --tls-secret again." \
    "To open it for a trial instead: $KUBECTL delete ingress deskpod -n $NAMESPACE; $KUBECTL delete limitrange,resourcequota deskpod -n $PODS_NAMESPACE; $KUBECTL delete configmap deskpod-settings -n $NAMESPACE"
}

# One per line.
ingress_hosts() { printf '%s\n' "$ALLOWED_HOSTS" | tr ',' '\n' | grep .; }

ingress() {
  local name
  cat <<TEXT
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: deskpod
  labels: { app.kubernetes.io/name: gateway, app.kubernetes.io/part-of: deskpod }
spec:
TEXT
  [ -z "$INGRESS_CLASS" ] || printf '  ingressClassName: %s\n' "$INGRESS_CLASS"
  printf '  tls:\n    - secretName: %s\n      hosts:\n' "$TLS_SECRET"
  ingress_hosts | sed 's/.*/        - "&"/'
  printf '  rules:\n'
  ingress_hosts | while read -r name; do
    printf '    - host: "%s"\n      http:\n        paths:\n          - path: %s\n            pathType: Prefix\n' "$name" "${URL_PATH:-/}"
    printf '            backend: { service: { name: gateway, port: { name: http } } }\n'
  done
}

tell_production() {
  there secret "$TLS_SECRET" ||
    say "  Certificate    create its Secret: $KUBECTL create secret tls $TLS_SECRET --cert=FILE --key=FILE -n $NAMESPACE"
  [ -n "$PROXIES" ] ||
    say "  Clients        all count as one for rate limits until --trusted-proxies names the pods of the Ingress controller."
}
