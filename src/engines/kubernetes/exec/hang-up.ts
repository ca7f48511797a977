/**
 * Ends a command whose caller has gone. Neither API server nor node tells a program that, so its processes are found
 * by a variable in their environment, which children inherit.
 */

/** Long enough for a command that the node still starts when its caller leaves. */
const SEARCH_SECONDS = 15;
const PAUSE_SECONDS = 0.25;
/** How long the whole script may take, on a busy node too. */
export const HANG_UP_TIMEOUT_MS = 60_000;

/**
 * A script for `sh` in the container: HUP to all processes of the command, as the kernel sends on a terminal's hang-up;
 * a moment later KILL to the command itself, which has no parent there, and to its child where a helper wraps it.
 * Repeated until a search finds only processes that had their HUP, since one may start others between a search and its
 * own signal. Background processes that ignore HUP keep running.
 *
 * @param variable `NAME=value` in the environment of each process of the command.
 */
export function hangUpScript(variable: string, { wrapped }: { readonly wrapped: boolean }): string {
  return `
found() { grep -lsz "^${variable}$" /proc/[0-9]*/environ | cut -d/ -f3; }
children() { for p in $fresh; do grep -qs "^PPid:.$1$" /proc/$p/status && echo $p; done; }
hung=' ' first= own= turns=0
while [ $turns -lt ${SEARCH_SECONDS / PAUSE_SECONDS} ]; do
  turns=$((turns + 1)) fresh=
  for p in $(found); do case "$hung" in *" $p "*) ;; *) fresh="$fresh $p" ;; esac; done
  if [ -n "$fresh" ]; then
    first="$first $(children 0)"
    own="$own $first"${wrapped ? '; for f in $first; do own="$own $(children $f)"; done' : ''}
    kill -HUP $fresh
    kill -CONT $fresh
    for p in $fresh; do hung="$hung$p "; done
    quiet=0
  elif [ "$hung" != ' ' ]; then
    quiet=$((quiet + 1))
    [ $quiet -eq 2 ] && kill -KILL $own
    [ $quiet -gt 3 ] && break
  fi
  sleep ${PAUSE_SECONDS}
done
`;
}
