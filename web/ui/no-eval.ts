/** Must run before the first schema is created: compiled validators need `eval`, which the CSP forbids. */
import { z } from 'zod';

z.config({ jitless: true });
