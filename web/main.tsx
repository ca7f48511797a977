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
 * desktops-again, desktop (data-desktop), desktop-remove, remove-desktop-confirm, remove-desktop-cancel.
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
