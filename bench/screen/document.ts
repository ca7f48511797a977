/** `docs/benchmarks.md` and its pictures, from the figures that are recorded. Pure. */
import { plot } from './plot.ts';
import { type Figure, GROUPS, type Group, OURS, type Results } from './results.ts';
import { goalText } from './table.ts';

const TITLES: Readonly<Record<Group, string>> = {
  input: 'Keys and clicks',
  motion: 'Text that scrolls, and office work',
  film: 'Film',
  rest: 'A screen that rests',
  gateway: 'The gateway',
  desktops: 'Idle desktops',
};
const METHOD: Readonly<Record<Group, string>> = {
  input:
    'From the event in the page until a canvas of the page is painted with what a program in the desktop answers: a stripe of 256 × 8 pixels with a number in black and white squares.',
  motion:
    'A page of text, 1280 × 800, that moves 24 pixels 30 times a second. The office script types, scrolls, opens menus and moves a window, the same each time. Bytes are those that the server has sent over TCP. A frame counts when its number is seen in the page.',
  film: 'The camera wanders over a photo and two others cross it, 30 times a second; each frame has the time at which it was drawn in it. CPU is of the processes that serve the browser (gateway), that encode outside of them (encoder), of the X server and window manager (display), and of Chromium, without a GPU.',
  rest: 'Nothing happens on the screen for 20 seconds. Wake-ups are voluntary context switches of all threads of the server and the display.',
  gateway:
    'A server that sends RFB updates, behind our gateway (as our page asks for the picture, in a process of its own), behind websockify and behind nginx, which passes TCP on without WebSockets. Memory is PSS with 200 viewers that get 100 kB a second each, less that without viewers.',
  desktops: 'Proportional set size of all processes of the container, after 30 seconds without a browser.',
};

/** Path of a group's picture, from the folder of the document. */
export function pictureOf(group: Group): string {
  return `benchmarks/${group}.svg`;
}

export function documentOf(results: Results): string {
  const { date, machine, versions, skipped, figures } = results;
  const missed = figures.flatMap(missedOf);
  return [
    '# Measured beside others',
    'Made from [benchmarks.json](benchmarks.json), which `npm run bench -- --only screen --record` writes; [CONTRIBUTING](../CONTRIBUTING.md#figures) has the commands.',
    `Measured on ${date}: ${machine}. Everything, the browsers too, ran on this machine. Each figure is taken of all in turn. p95 is the bad end: of frames and throughput, the 5th percentile. Ratios are ours divided by theirs, at the median and at p95; their spread is the quartiles of the ratios of single turns.`,
    ['| program | version |', '|---|---|', ...Object.entries(versions).map((pair) => row(pair))].join('\n'),
    ...(skipped.length === 0
      ? []
      : [skipped.map(({ what, skipped: why }) => `- *Skipped*: ${what}: ${why}`).join('\n')]),
    missed.length === 0 ? 'All goals are reached.' : `**Missed:**\n\n${missed.map((line) => `- ${line}`).join('\n')}`,
    ...GROUPS.flatMap((group) =>
      sectionOf(
        group,
        figures.filter((one) => one.group === group),
      ),
    ),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

export function picturesOf({ figures }: Results): ReadonlyMap<string, string> {
  const names = [...new Set(figures.flatMap(({ sides }) => Object.keys(sides)))].toSorted((a, b) => rank(a) - rank(b));
  const drawn = GROUPS.map((group) => [group, figures.filter((one) => one.group === group)] as const);
  return new Map(
    drawn.filter(([, some]) => some.length > 0).map(([group, some]) => [pictureOf(group), plot(some, names)]),
  );
}

function sectionOf(group: Group, figures: readonly Figure[]): string[] {
  if (figures.length === 0) return [];
  const head = [
    '| figure | | p50 | p95 | ratio p50 | spread | ratio p95 | goal |',
    '|---|---|---|---|---|---|---|---|',
  ];
  const lines = figures.flatMap((figure) =>
    Object.entries(figure.sides).map(([name, { p50, p95 }]) => {
      const ratio = figure.ratios[name];
      const goals = figure.goals.filter(({ beside = OURS }) => beside === name).map(goalText);
      const ratios = ratio ? [ratio.p50, `${ratio.low}–${ratio.high}`, ratio.p95] : ['', '', ''];
      return row([name === OURS ? `${figure.what}, ${figure.unit}` : '', name, p50, p95, ...ratios, goals.join(', ')]);
    }),
  );
  return [
    `## ${TITLES[group]}`,
    METHOD[group],
    `![${TITLES[group]}](${pictureOf(group)})`,
    [...head, ...lines].join('\n'),
  ];
}

function missedOf({ what, unit, goals }: Figure): string[] {
  return goals
    .filter(({ isReached }) => !isReached)
    .map((goal) => {
      const { beside, value } = goal;
      const measured = beside === undefined ? `${value} ${unit}` : `${value} × ${beside}`;
      return `${what}: ${measured}, goal ${goalText(goal).replace(' missed', '')}`;
    });
}

const rank = (name: string): number => (name === OURS ? 0 : 1);

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}
