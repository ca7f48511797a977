/** docs/keyboards.md: how keys reach the apps, and what the conformance test found. Pure. */
import { LAYOUTS } from './layouts.ts';
import type { Count, Results } from './results.ts';

const HEAD = `# Keyboards

Apps get the characters of the keyboard in front of you: there is no layout to choose in the desktop, and you can switch layouts at any time. This
page says what that means, and what the test behind it tries. Touch screens and pens have [a page of their own](touch.md).

## What to know

- **Characters.** A key types what is printed on it, with Shift, AltGr (Option on a Mac) and dead keys. Dead keys and input methods, such as those of
  Chinese, Japanese and Korean, are those of your computer: the browser composes, and the app gets the text.
- **Shortcuts.** On layouts without Latin letters, Ctrl and Alt work with the letter that a US keyboard has in the same place: Ctrl+С on a Russian keyboard
  is Ctrl+C. On a Mac, Command is Ctrl; macOS keeps Command+Q, Command+Tab and Command+Space.
- **Locks.** Caps Lock and Num Lock follow those of your keyboard with the next key. Macs have no Num Lock: their number pad always types digits.
- **Nothing stays pressed.** Keys are released in the desktop when the page loses the focus, is hidden, or goes to full screen or back. A modifier whose release the
  browser never reported, because the system took it or the computer slept, is released before the next key or click. While the connection is lost, keys wait
  for up to five seconds, and then are dropped with a notice.
- **What stays with the browser or the system**: Ctrl+W, Ctrl+T and Ctrl+N in a tab, Alt+Tab, and keys of the computer such as volume. In full screen, or when Deskpod
  is installed as an app, browsers keep fewer of them.

## What is tested

\`npm run test:keyboards\` replays what browsers of Windows, macOS and Linux report of each key in a real page, in Chromium, connected to a real desktop,
and looks at what an X program there (\`xev\`) receives: the keysym, the text, and the modifiers. What a layout means comes from Debian's
\`xkb-data\`, compiled by \`xkbcli\`: each printable position with no modifier, Shift, AltGr, and both. Macs have layouts of their own there, where it knows them. What dead keys
make comes from X11's \`Compose\` file: each with every letter of the layout that it changes. **Wrong** is a case in which anything differs, or a key stays
pressed. A smaller part runs with \`npm test\`.

Firefox and Safari aren't run: the events that they report differently are recorded as data (\`test/keyboards/browser-cases.ts\`) and replayed.
`;

const PARTS = [
  ['behaviour', 'Repeat, locks, input methods, keys without a character, keys whose release is lost, on three systems'],
  ['firefox', 'What Firefox reports differently'],
  ['webkit', 'What Safari reports differently'],
] as const;

export function pageOf(results: Results): string {
  const rows = LAYOUTS.map(({ name }) => {
    const found = results.layouts.find((one) => one.name === name);
    const cells =
      found === undefined ? ['not tried', '', ''] : [found.characters, found.deadKeys, found.shortcuts].map(cell);
    return `| ${[name, ...cells].join(' | ')} |`;
  });
  const all = [
    ...results.layouts.flatMap((one) => [one.characters, one.deadKeys, one.shortcuts]),
    ...PARTS.map(([part]) => results[part]),
  ];
  const total = all.reduce((sum, one) => ({ tried: sum.tried + one.tried, wrong: sum.wrong + one.wrong }));
  const versions = Object.entries(results.versions).map(([name, version]) => `${name} ${version}`);
  return [
    HEAD,
    `On ${results.day}, with ${versions.join(', ')}: **${total.tried} cases, ${total.wrong} wrong.**`,
    '',
    '| layout | characters | dead keys | shortcuts |',
    '|---|---|---|---|',
    ...rows,
    '',
    '| also | |',
    '|---|---|',
    ...PARTS.map(([part, text]) => `| ${text} | ${cell(results[part])} |`),
    '',
  ].join('\n');
}

function cell({ tried, wrong }: Count): string {
  if (tried === 0) return '–';
  return wrong === 0 ? `${tried}` : `${tried}, **${wrong} wrong**`;
}
