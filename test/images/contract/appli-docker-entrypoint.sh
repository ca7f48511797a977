#!/bin/bash
# What the entry script of published applications does, in its order: log the environment, prepare cache, cookie and
# sound, then run APP with ARGS (split at blanks) and APPARGS (one argument), and return its exit code.
printf '%s\n' "$0 $*" >/tmp/lastcmd.log
env >/tmp/lastcmdenv.log
for script in /composer/init.overlay.d/*.sh; do [ -f "$script" ] && . "$script"; done
init=/composer/init.d/init.$(basename "$APP")
[ -f "$init" ] && . "$init"
[ -d ~/.cache ] || cp -r /composer/.cache ~/.cache
[ -f ~/.Xauthority ] || [ -z "$XAUTH_KEY" ] || xauth add "$DISPLAY" MIT-MAGIC-COOKIE-1 "$XAUTH_KEY" 2>/dev/null
cd ~ || exit 1
# The contract counts on an account: a number alone is not enough for many programs.
id -un >/dev/null || exit 2
# shellcheck disable=SC2086 # ARGS is split at blanks on purpose
"$APP" $ARGS ${APPARGS:+"$APPARGS"} 2>&1 | tee "/tmp/$(basename "$APP").log"
exit "${PIPESTATUS[0]}"
