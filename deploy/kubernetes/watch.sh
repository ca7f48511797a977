# Part of install.sh: waits for pods, and explains why one doesn't become ready. Uses its functions and variables.
# shellcheck shell=bash disable=SC2016,SC2154

# One line per pod: name, state, and what it waits for: reason and image.
pods() {
  kn get pods -l "$1" -o go-template='{{range .items}}{{if not .metadata.deletionTimestamp}}{{.metadata.name}} {{range .status.initContainerStatuses}}{{if .state.waiting}}{{.state.waiting.reason}} {{.image}} {{end}}{{end}}{{range .status.containerStatuses}}{{if .state.waiting}}{{.state.waiting.reason}} {{.image}} {{end}}{{end}}{{range .status.conditions}}{{if and (eq .type "PodScheduled") (eq .status "False")}}{{.reason}} {{end}}{{if and (eq .type "Ready") (eq .status "True")}}Ready {{end}}{{end}}{{"\n"}}{{end}}{{end}}' 2>/dev/null || true
}

# The last warning of Kubernetes; the reason says more than the retry.
complaint() {
  local events
  events=$(kn get events --field-selector "involvedObject.name=$1,type=Warning" --sort-by=.metadata.creationTimestamp \
    -o go-template='{{range .items}}{{.reason}}: {{.message}}{{"\n"}}{{end}}' 2>/dev/null | grep -v FailedToRetrieveImagePullSecret || true)
  { printf '%s\n' "$events" | tail -1 && printf '%s\n' "$events" | grep -v -e '^Failed: Error:' -e '^BackOff:' -e '" not found$' | tail -1; } | grep . | tail -1
}

# The first of these pods whose volume can't be mounted, as a line of `pods`. A missing Secret or config map is created by
# another pod.
unmounted() {
  local failed pod rest
  failed=$(kn get events --field-selector reason=FailedMount,type=Warning \
    -o go-template='{{range .items}}{{.involvedObject.name}} {{.message}}{{"\n"}}{{end}}' 2>/dev/null | grep -v '" not found$' || true)
  printf '%s\n' "$1" | grep ' ContainerCreating ' | while read -r pod rest; do
    ! printf '%s\n' "$failed" | grep "^$pod " >/dev/null || printf '%s FailedMount %s\n' "$pod" "$rest"
  done | head -1 || true
}

# Configuration is read at the start. $1: whether the pods exist already.
restart_changed() {
  case $SETTINGS_APPLIED-$1 in
    *configured-yes | *created-yes) kn rollout restart deployment -l "$OURS" ;;
    *) case $CONFIG_APPLIED in *configured) kn rollout restart deployment api ;; esac ;;
  esac
}

# Pods that crashed in an earlier run restart at once: the cause may be fixed.
begin_again() {
  local pod
  for pod in $(pods "$OURS" | grep CrashLoopBackOff | sed 's/ .*//' || true); do kn delete pod "$pod" --wait=false; done
}

# Until `done_when` succeeds, or a pod has a problem that waiting doesn't solve. Deadlines are in seconds.
wait_for() {
  local selector=$1 done_when=$2 deadline=$((SECONDS + TIMEOUT)) shown='' now hung='' since=$SECONDS
  until $done_when; do
    now=$(pods "$selector")
    show "$now" "$shown"
    shown=$now
    local stuck
    stuck=$(unmounted "$now")
    [ -n "$stuck" ] || stuck=$(printf '%s\n' "$now" | grep -E 'ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|CrashLoopBackOff|CreateContainerError|Unschedulable' | head -1 || true)
    [ -n "$stuck" ] && [ "${stuck%% *}" = "$hung" ] || since=$SECONDS
    hung=${stuck%% *}
    # A missing image stays missing; a crash or a full node may pass.
    case $stuck in
      '') ;;
      *FailedMount*) [ $((SECONDS - since)) -lt 20 ] || hangs "$stuck" ;;
      *Image*) [ $((SECONDS - since)) -lt 4 ] || hangs "$stuck" ;;
      *) [ $((SECONDS - since)) -lt 60 ] || hangs "$stuck" ;;
    esac
    [ $SECONDS -lt $deadline ] || late "$selector"
    sleep 2
  done
  show "$(pods "$selector")" "$shown"
}

# On a terminal one line that is updated, in a log only what is new.
show() {
  [ "$1" != "$2" ] || return 0
  local line
  if [ -t 1 ]; then
    printf '\r\033[K  %s ready: %s' "$(printf '%s\n' "$1" | grep -c 'Ready $' || true)/$(printf '%s\n' "$1" | grep -c . || true)" \
      "$(printf '%s\n' "$1" | grep -v 'Ready $' | sed 's/ .*//' | tr '\n' ' ' | cut -c 1-60)"
  else
    printf '%s\n' "$1" | grep . | while IFS= read -r line; do
      printf '%s\n' "$2" | grep -Fx -- "$line" >/dev/null || say "  pod/$(printf '%s' "$line" | sed 's/ [^ ]*[:\/][^ ]*//g' | tr ' ' '\n' | awk '!seen[$0]++' | tr '\n' ' ')"
    done
  fi
}

hangs() {
  local pod=${1%% *} rest=${1#* }
  local image
  image=$(printf '%s\n' "$rest" | tr ' ' '\n' | grep -E '[/:]' | head -1 || true)
  case $rest in
    *FailedMount*) stop "pod/$pod does not start: a volume cannot be mounted." "event  $(complaint "$pod")" \
      "The folder of --node-path must exist on its node: mkdir -p FOLDER" \
      "Fix the problem and run this again; what was created so far is kept." ;;
    *Image*) stop "pod/$pod does not start: ${rest%% *}" "image  $image" "event  $(complaint "$pod")" \
      "Check --registry and --tag. For a private registry, see the secret abcdesktopregistrysecret (docs/install-kubernetes.md)." \
      "Fix the problem and run this again; what was created so far is kept." ;;
    *Crash*) stop "pod/$pod starts and exits again." "image  $image" "event  $(complaint "$pod")" "log    $KUBECTL logs $pod -n $NAMESPACE --previous" \
      "$(kn logs "$pod" --previous --tail=3 2>/dev/null || true)" ;;
    *) stop "pod/$pod does not start: $rest" "event  $(complaint "$pod")" ;;
  esac
}

late() {
  local pod
  pod=$(pods "$1" | grep -v 'Ready $' | head -1 | sed 's/ .*//')
  stop "pod/${pod:-?} isn't ready after $TIMEOUT seconds." "event  $(complaint "$pod")" \
    "$KUBECTL describe pod $pod -n $NAMESPACE" "Run this again, or wait longer with --timeout; what was created so far is kept."
}

prepulled() { kn get pod "$PREPULL" -o go-template='{{range .status.conditions}}{{.type}}={{.status}} {{end}}' 2>/dev/null | grep ' Ready=True\|^Ready=True' >/dev/null; }
# Every deployment has all its pods, of the latest revision, and no old ones.
running() {
  kn get deployments -l "$OURS" -o go-template='{{range .items}}{{.metadata.generation}} {{or .status.observedGeneration 0}} {{.spec.replicas}} {{or .status.replicas 0}} {{or .status.updatedReplicas 0}} {{or .status.availableReplicas 0}}{{"\n"}}{{end}}' 2>/dev/null |
    awk '$1 != $2 || $3 != $4 || $3 != $5 || $3 != $6 { waiting = 1 } END { exit waiting || NR == 0 }'
}
