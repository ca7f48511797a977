/**
 * Entry of the speed test, a separate page that needs no login. Elements carry `data-test` for tests, with `data-state`
 * and `data-value`.
 */
import '@fontsource-variable/inter/wght.css';
import '../ui/tokens.css';
import '../ui/base.css';
import { render } from 'preact';
import { restoreLanguage } from '../ui/language.ts';
import { t } from '../ui/strings/catalogue.ts';
import { restoreTheme } from '../ui/theme.ts';
import { SpeedTest } from './page.tsx';

restoreTheme();
await restoreLanguage();
document.title = `${t.speedtest.title} – ${t.product}`;
const root = document.getElementById('root');
if (root) render(<SpeedTest />, root);
