# Part of install.sh: where users' homes are stored, decided before anything is created. Uses its functions and variables.
# shellcheck shell=bash disable=SC2016,SC2154

HOMES_WAYS=(
  "--homes-path /srv/deskpod/homes [--node NAME]      folders on one node, where all desktops then run; the namespace's level is privileged"
  "--homes persistentVolumeClaim --storage-class NAME   a claim for each user, with one of the cluster's classes"
  "--homes none                                       no storage: files are deleted when a desktop ends, and users see a warning"
)

# HOMES: none, hostPath or persistentVolumeClaim. HOMES_CHANGED: whether od.config has to be changed.
check_homes() {
  local said
  said=$(homes_said)
  HOMES_CHANGED=yes
  [ -z "$HOMES_PATH" ] || HOMES=${HOMES:-hostPath}
  if [ -z "$HOMES" ] && [ -n "$said" ]; then
    HOMES=$said HOMES_CHANGED=no
  elif [ -z "$HOMES" ]; then
    choose_homes
  fi
  case $HOMES in
    persistentVolumeClaim)
      # An existing installation may have volumes that an administrator creates.
      [ "$HOMES_CHANGED$CONFIG" = no ] || check_homes_class
      say "Homes: a claim for each user${HOMES_CLASS:+ of the class $HOMES_CLASS}; files outlive desktops."
      ;;
    hostPath)
      [ $HOMES_CHANGED = no ] || check_homes_node
      say "Homes: folders of the node ${HOMES_NODE:-that a desktop runs on}${HOMES_PATH:+ in $HOMES_PATH}; files outlive desktops."
      ;;
    none) say "Homes: none. Files are deleted when a desktop ends; users see a warning, and can download them." ;;
  esac
}

# The kind in the given od.config or that of the existing installation; empty without one.
homes_said() {
  local kind
  kind=$(kn get configmap deskpod-settings -o go-template='{{if .data}}{{with index .data "DESKPOD_HOMES"}}{{.}}{{end}}{{end}}' 2>/dev/null || true)
  [ -n "$kind" ] || kind=$(homes_config | sed -n "s/^desktop\.homedirectorytype[[:space:]]*[:=][[:space:]]*['\"]\{0,1\}\([A-Za-z]*\).*/\1/p" | tail -1)
  case $kind in
    '' | hostPath | persistentVolumeClaim) printf '%s' "$kind" ;;
    *) printf none ;;
  esac
}

homes_config() {
  if [ -n "$CONFIG" ]; then
    cat "$CONFIG"
  else
    kn get configmap abcdesktop-config -o go-template='{{index .data "od.config"}}' 2>/dev/null || true
  fi
}

choose_homes() {
  if [ -n "$HOMES_CLASS" ] || default_class; then
    HOMES=persistentVolumeClaim
    return
  fi
  if can_ask; then
    say "This cluster has no default storage class, and homes need storage."
    say "With folders on a node, all desktops run on that node, and the namespace's Pod Security level is privileged."
    HOMES_PATH=$(ask "Folder on a node, for example /srv/deskpod/homes (none: no storage; empty: stop): ")
    case $HOMES_PATH in
      none) HOMES=none HOMES_PATH='' ;;
      /*) HOMES=hostPath ;;
      ?*) stop "$HOMES_PATH must start with /." "One of:" "${HOMES_WAYS[@]}" ;;
    esac
  fi
  [ -n "$HOMES" ] || stop "This cluster has no default storage class, and homes need storage. One of:" "${HOMES_WAYS[@]}"
}

# Without a class every desktop would wait for its volume forever. An od.config with its own templates is trusted.
check_homes_class() {
  [ -z "$HOMES_CLASS" ] || k get storageclass "$HOMES_CLASS" >/dev/null 2>&1 || stop "There is no storage class $HOMES_CLASS." \
    "Available: $(k get storageclass -o name 2>/dev/null | sed 's/.*\///' | tr '\n' ' ')"
  [ -z "$HOMES_CLASS" ] || return 0
  ! default_class || return 0
  ! homes_config | grep '^desktop\.persistentvolume' >/dev/null || return 0
  stop "Homes are claims, but this cluster has no default storage class: no claim would get a volume. One of:" "${HOMES_WAYS[@]}"
}

# Another node's folder has other files, so all desktops run on one node.
check_homes_node() {
  local nodes
  case $HOMES_PATH in *[!A-Za-z0-9/._-]*) stop "--homes-path $HOMES_PATH can contain only letters, digits and / . _ -" ;; esac
  case $LEVEL in
    '' | privileged) LEVEL=privileged ;;
    *) stop "Homes in folders of a node need --level privileged: the level $LEVEL doesn't allow hostPath volumes." "One of:" "${HOMES_WAYS[@]}" ;;
  esac
  nodes=$(k get nodes -o go-template='{{range .items}}{{.metadata.name}}{{"\n"}}{{end}}')
  HOMES_NODE=$NODE
  if [ -z "$HOMES_NODE" ]; then
    [ "$(printf '%s\n' "$nodes" | wc -l)" -eq 1 ] || stop "The cluster has several nodes, so homes in folders need --node." \
      "--node NAME, one of: $(printf '%s' "$nodes" | tr '\n' ' ')"
    HOMES_NODE=$nodes
  fi
  printf '%s\n' "$nodes" | grep -x "$HOMES_NODE" >/dev/null || stop "There is no node $HOMES_NODE." "Available: $(printf '%s' "$nodes" | tr '\n' ' ')"
}

# Sets the kind in an od.config, replacing the existing one.
set_homes() {
  local own="^desktop\\.persistentvolumeclaimspec: { 'storageClassName': '[^']*', 'accessModes': \\[ 'ReadWriteOnce' \\], "
  grep -v "$own" "$1" >"$1.own"
  grep '^desktop\.homedirectorytype' "$1.own" >/dev/null || sed '/^\[global\]/a\
desktop.homedirectorytype: None
' "$1.own" >"$1.line"
  [ ! -e "$1.line" ] || mv "$1.line" "$1.own"
  HOMES_LINES=$(homes_lines "$1.own") awk '
    /^desktop\.hostPathRoot[ \t]*[:=]/ { next }
    /^desktop\.homedirectorytype[ \t]*[:=]/ { if (!done) print ENVIRON["HOMES_LINES"]; done = 1; next }
    { print }' "$1.own" >"$1"
  rm "$1.own"
}

homes_lines() {
  case $HOMES in
    none) say "desktop.homedirectorytype: None" ;;
    *) say "desktop.homedirectorytype: '$HOMES'" ;;
  esac
  if [ "$HOMES" = hostPath ]; then
    [ -z "$HOMES_PATH" ] || say "desktop.hostPathRoot: '$HOMES_PATH'"
    grep '^desktop\.nodeselector' "$1" >/dev/null || say "desktop.nodeselector: { 'kubernetes.io/hostname': '$HOMES_NODE' }"
  fi
  if [ "$HOMES" = persistentVolumeClaim ] && [ -n "$HOMES_CLASS" ] && ! grep '^desktop\.persistentvolumeclaim' "$1" >/dev/null; then
    say "desktop.persistentvolumeclaimspec: { 'storageClassName': '$HOMES_CLASS', 'accessModes': [ 'ReadWriteOnce' ], 'resources': { 'requests': { 'storage': '5Gi' } } }"
  fi
}
