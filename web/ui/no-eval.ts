/** Must run before the first schema is made: compiled validators need `eval`, which the security policy forbids. */
import { z } from 'zod';

z.config({ jitless: true });
