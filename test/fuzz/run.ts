/** `npm run fuzz`: damaged streams for the parsers of what desktops and their encoders send, a tenth of them for the latter. `-- --inputs N` (10,000,000), `--seed N`. */
import { parseArgs } from 'node:util';
import { fuzzFramer } from './framer.ts';
import { fuzzGdp } from './gdp.ts';

// Most inputs are refused; stack traces of that would take most of the time.
Error.stackTraceLimit = 0;
const { values } = parseArgs({ options: { inputs: { type: 'string' }, seed: { type: 'string' } } });
const inputs = wholeNumber('--inputs', values.inputs, 10_000_000);
const seed = wholeNumber('--seed', values.seed, Date.now() % 2 ** 31);
console.log(`fuzz: ${inputs} inputs, --seed ${seed}`);
const { understood, refused } = fuzzFramer(inputs, seed, (done) => {
  if (process.stdout.isTTY) process.stdout.write(`\r${done}`);
});
console.log(`${process.stdout.isTTY ? '\r' : ''}fuzz: ${understood} understood, ${refused} refused, no failure`);
const encoders = fuzzGdp(Math.ceil(inputs / 10), seed);
console.log(`fuzz: of encoders, ${encoders.understood} understood, ${encoders.refused} refused, no failure`);

function wholeNumber(option: string, given: string | undefined, otherwise: number): number {
  const number = Number(given ?? otherwise);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  console.error(`fuzz: ${option} takes a whole number; given: ${given}`);
  return process.exit(2);
}
