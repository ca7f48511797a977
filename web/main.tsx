/**
 * Entry of the browser UI. Stable hooks for tests, all as `data-test`:
 * login, tab-directory, tab-anonymous, login-name, login-password, login-submit, login-guest, login-error, farewell ·
 * starting (data-state), step-<name> (data-state), start-failure, start-again · stage, screen, key-field, reconnecting,
 * bar, menu-button, window-title, offline, clipboard-paste, clipboard-copy, paste-field, paste-send, notices-button, who ·
 * menu, menu-search, menu-settings, menu-terminal, menu-fullscreen, menu-hide-dock, menu-help, menu-disconnect,
 * menu-logout, theme-<system|light|dark>, logout, logout-confirm, logout-cancel · dock, dock-search,
 * dock-app (data-app = oc.name, data-phase, data-windows), dock-menu, dock-menu-window, dock-menu-open, dock-menu-stop,
 * dock-menu-pin · search, search-input, search-results, search-result (data-app, data-kind), action-<name> ·
 * notice (data-level), notice-dismiss, notice-tasks · terminal (data-state), terminal-box, terminal-close ·
 * settings, page-<name>, task (data-launch, data-app, data-state, data-exit), task-stop, task-again, task-remove,
 * task-more, task-in-desktop, task-with, tab-logs, tab-environment, tab-details, log, log-line, log-follow, log-copy,
 * log-download, hint (data-hint), remedy, again, again-run, task-waiting, dock-menu-waiting, entries, rebuild,
 * rebuild-confirm, rebuild-cancel, desktop-full, full-pod, full-rebuild, warnings, warning, warning-copy, speedtest-link,
 * desktops-again, desktop (data-desktop), desktop-remove, remove-desktop-confirm, remove-desktop-cancel ·
 * Looking inside: menu-inside, tasks-inside, task-inside, desktop-inside, inside, inside-<view>, inside-close,
 * inside-stale, inside-full, inside-compact, inside-toolbox, picture, inside-card (data-name, data-kind), inside-table,
 * inside-container (data-name, data-kind, data-state, data-exit), inside-detail (data-name), detail-toolbox,
 * detail-copy, detail-shell, inside-line (data-does), namespaces, namespace-row (data-name), namespace-choose,
 * namespace-pair, processes, process (data-pid), sort-<column>, sockets, socket, happenings, happening (data-level),
 * environment-of, inside-environment-table, describe-of, describe-text, describe-copy, yaml-of, yaml-text, yaml-copy ·
 * task-debug, task-support, task-copy, debug, debug-verb-<toolbox|copy|shell>, debug-what, debug-reason,
 * debug-problem, debug-refusal, profile-<name>, toolbox-target, toolbox-image, toolbox-advanced, toolbox-name,
 * toolbox-command, toolbox-env-add, toolbox-env-name, toolbox-env-value, toolbox-plain, toolbox-custom, toolbox-put,
 * copy-command, copy-sleep, copy-image, copy-env-add, copy-share, copy-advanced, copy-name, copy-same-node, copy-plain,
 * copy-make, shell-open, terminal-toolbox · debug-terminal (data-state), debug-box, debug-waiting, debug-ended,
 * debug-left, debug-people, debug-extend, debug-stop, debug-reconnect, debug-recording, debug-terminal-close,
 * debug-pill (data-session, data-state) · consent, consent-agree, consent-decline, consent-later, consent-pill,
 * debug-banner (data-session), banner-watch, banner-end, while-away, away-session, away-seen, unseen-pill · page-looks, look
 * (data-session, data-state), looks-everybody, looks-open, look-approve, look-refuse, look-open, look-end, look-play,
 * recording, recording-box, recording-play, recording-seek, recording-speed, recording-close · compact, compact-now,
 * compact-idle, compact-cancel, compact-planned, compact-keep.
 * `html[data-screen]` is connecting, connected, reconnecting or closed; `html[data-theme]` light or dark.
 */
import './ui/no-eval.ts';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './ui/tokens.css';
import './ui/base.css';
import { render } from 'preact';
import { App } from './shell/app.tsx';
import { watchForWake } from './state/api.ts';
import { boot } from './state/session.ts';
import { restoreTheme } from './ui/theme.ts';

restoreTheme();
watchForWake();
document.documentElement.dataset['screen'] = 'closed';
const root = document.getElementById('root');
if (root) render(<App />, root);
void boot();
