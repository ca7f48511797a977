/**
 * Entry of the speed test, a page of its own that needs no login. Stable hooks for tests, all as `data-test`: speedtest
 * (data-state), speedtest-start, -cancel, -failure, -summary, and -latency, -jitter, -download, -upload (data-value).
 */
import '@fontsource-variable/inter/wght.css';
import '../ui/tokens.css';
import '../ui/base.css';
import { render } from 'preact';
import { restoreTheme } from '../ui/theme.ts';
import { SpeedTest } from './page.tsx';

restoreTheme();
const root = document.getElementById('root');
if (root) render(<SpeedTest />, root);
