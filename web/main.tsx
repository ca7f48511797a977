/**
 * Entry of the browser UI. Elements carry `data-test`, for tests. `html[data-screen]` is connecting, connected,
 * reconnecting or closed; `html[data-theme]` is light or dark.
 */
import './ui/no-eval.ts';
import './ui/tokens.css';
import './ui/base.css';
import { onIgnored } from '#protocol/ignore.ts';
import { render } from 'preact';
import { askEarly } from './login/login.tsx';
import { App } from './shell/app.tsx';
import { watchForWake } from './state/api.ts';
import { boot } from './state/session.ts';
import { restoreLanguage } from './ui/language.ts';
import { restoreTheme } from './ui/theme.ts';

// Level "verbose" of the developer tools.
onIgnored((reason, message) => console.debug(`Ignored, ${reason}: ${message}`));
restoreTheme();
watchForWake();
document.documentElement.dataset['screen'] = 'closed';
// The catalogue of the language is requested together with the session, which the page needs before it shows anything.
const inLanguage = restoreLanguage();
void boot();
askEarly();
await inLanguage;
const root = document.getElementById('root');
if (root) render(<App />, root);
