/**
 * The engine contract, settings that a desktop gets from its user and administrator: time zone, language, background.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodePng } from '#display/png.ts';
import { desktopRegion } from '#domain/desktops/region.ts';
import {
  aDesktop,
  type EngineUnderTest,
  eventually,
  hermes,
  output,
  patience,
  printed,
  run,
  script,
} from './engine-kit.ts';
import { rootPixels } from './root-pixels.ts';

/** 1 July 2025, noon, UTC. */
const SUMMER = 1_751_371_200;
const RUNTIMES = ['ephemeral_container', 'pod_application'] as const;
/** `hello` is `hallo` in German, in the format of msgfmt. */
const MESSAGES = 'de/LC_MESSAGES/test.mo';
const CATALOGUE =
  '3hIElQAAAAACAAAAHAAAACwAAAAAAAAAAAAAAAAAAAA8AAAABQAAAD0AAAAoAAAAQwAAAAUAAABsAAAAAGhlbGxvAENvbnRlbnQtVHlwZTogdGV4dC9wbGFpbjsgY2hhcnNldD1VVEYtOAoAaGFsbG8A';
/** Points on a desktop of 1000 by 700 pixels. */
const CORNERS = [
  [2, 2],
  [997, 2],
  [2, 697],
  [997, 697],
] as const;

export function regionPromises(under: () => EngineUnderTest): void {
  describe('time zone, language and background', () => {
    for (const [timezone, expected] of [
      ['Europe/Berlin', '14:00 CEST +0200'],
      ['Asia/Calcutta', '17:30 IST +0530'],
      ['US/Pacific', '05:00 PDT -0700'],
      ['Etc/GMT+5', '07:00 -05 -0500'],
      ['Europe/Kyiv', '15:00 EEST +0300'],
    ] as const) {
      test(`clocks show the time of ${timezone}, in Deskpod's images and others, inside and beside the desktop`, async () => {
        const env = desktopRegion({ timezone, languages: [] }, []);
        await using made = await aDesktop(under(), hermes, { env });
        const ask = `date -d @${SUMMER} +'%H:%M %Z %z'`;
        assert.equal((await run(under().engine, { desktopId: made.id }, ask)).output, expected);
        const { terminal, elsewhere } = under().images;
        for (const runtime of RUNTIMES) {
          for (const image of [terminal, elsewhere]) {
            assert.deepEqual(
              await output(under(), made.desktop, ask, { runtime, image }),
              [expected],
              `${runtime} ${image}`,
            );
          }
        }
      });
    }

    test("text, dates, numbers and sort order follow the user's language if the image supports it", async () => {
      const env = desktopRegion({ timezone: null, languages: ['pl', 'de-DE', 'en'] }, []);
      await using made = await aDesktop(under(), hermes, { env });
      const lines = [
        `mkdir -p ~/messages/de/LC_MESSAGES; echo ${CATALOGUE} | base64 -d >~/messages/${MESSAGES}`,
        // bash translates a line when it reads it, so these are separate lines.
        'TEXTDOMAINDIR=~/messages TEXTDOMAIN=test',
        'echo $"hello"',
        `date -u -d @${SUMMER} +%A`,
        `printf '%.1f\\n' $((3))`,
        String.raw`printf 'Zebra\nÄpfel\nApfel\n' | sort | tr '\n' ' '; echo`,
        // Both print a warning if the locale does not exist.
        'locale charmap 2>&1; LANGUAGE= bash -c true 2>&1',
      ];
      const { terminal, elsewhere } = under().images;
      for (const runtime of RUNTIMES) {
        const ours = await output(under(), made.desktop, lines.join('\n'), { runtime, image: terminal });
        assert.deepEqual(ours, ['hallo', 'Dienstag', '3,0', 'Apfel Äpfel Zebra ', 'UTF-8'], runtime);
        // This image sets its own locale, but messages are still in the user's language.
        const others = await output(under(), made.desktop, lines.join('\n'), { runtime, image: elsewhere });
        assert.deepEqual(others, ['hallo', 'Tuesday', '3.0', 'Apfel Äpfel Zebra ', 'UTF-8'], runtime);
      }
    });

    test('ended processes in a desktop do not remain as zombies', async () => {
      await using made = await aDesktop(under(), hermes);
      const { engine } = under();
      const inside = { desktopId: made.id };
      const zombies = async () => (await run(engine, inside, `ps -eo stat=,args= | grep '^Z'`)).output;
      assert.equal(await zombies(), '', 'left by the start');
      const launch = await script(under(), made.desktop, '(setsid true &); (sleep 0.2 &); echo done');
      await eventually(
        'the launch ends',
        async () => (await printed(engine, { desktopId: made.id, launchId: launch.id })).includes('done') || null,
      );
      await run(engine, inside, 'pkill -KILL -x icewm; pkill -KILL -x icewmbg');
      await eventually(
        'both come back',
        async () => (await run(engine, inside, 'pgrep -x icewm && pgrep -x icewmbg')).exitCode === 0 || null,
      );
      await eventually('no zombie', async () => ((await zombies()) === '' ? true : null));
      await run(engine, inside, 'pkill -KILL -x Xvnc');
      await eventually(
        'the screen comes back',
        async () =>
          (await run(engine, inside, 'pgrep -x Xvnc && pgrep -x icewm && pgrep -x xsettingsd')).exitCode === 0 || null,
      );
      await eventually('no zombie after the screen', async () => ((await zombies()) === '' ? true : null));
    });

    /** Returns the error text while the screen restarts. */
    const behind = (desktopId: string): Promise<string> =>
      rootPixels(under().engine, desktopId, CORNERS).then((colors) => colors.join(' '), String);
    /** Waits, because the background is drawn a moment after the window manager starts. */
    const becomes = async (desktopId: string, expected: RegExp): Promise<void> => {
      let seen = '';
      await eventually(
        () => `${expected} behind the windows, not ${seen}`,
        async () => (expected.test((seen = await behind(desktopId))) ? true : null),
      );
    };

    test('an administrator can choose a picture of Deskpod as background, which survives a restart and a change of the theme', async () => {
      const env = { SET_DEFAULT_WALLPAPER: 'ridge.png', SET_DEFAULT_COLOR: '#00ff00' };
      await using made = await aDesktop(under(), hermes, { env });
      // The sky at the top, the nearest hill at the bottom, on both sides.
      const ridge = /^(#f[56]c[789]a[78] ?){2}(#2[23]2[9a]5[34] ?){2}$/;
      await becomes(made.id, ridge);
      await run(under().engine, { desktopId: made.id }, 'theme light');
      await becomes(made.id, ridge);
      await run(under().engine, { desktopId: made.id }, 'pkill -KILL -x Xvnc');
      await becomes(made.id, ridge);
    });

    test('an administrator can choose a picture of their own or a colour', async () => {
      const red = encodePng(2, 2, Buffer.from('c01020ffc01020ffc01020ffc01020ff', 'hex'));
      await using pictures = new AsyncDisposableStack();
      pictures.use(await under().picture('house.png', red));
      await using made = await aDesktop(under(), hermes, { env: { SET_DEFAULT_WALLPAPER: 'house.png' } });
      await becomes(made.id, /^(#c01020 ?){4}$/);
      await under().engine.removeDesktop(made.id, patience());
      await using plain = await aDesktop(under(), hermes, { env: { SET_DEFAULT_COLOR: '#4a81eb' } });
      await becomes(plain.id, /^(#4a81eb ?){4}$/);
    });

    test('an invalid background is reported in the log, and the default one is used', async () => {
      await using pictures = new AsyncDisposableStack();
      pictures.use(await under().picture('broken.png', Buffer.from('no picture')));
      const usual = /^#2[0-9a-f]{5} .* #1[0-9a-f]{5}|^(?!#000000)/;
      for (const [name, reason] of [
        ['welcome.png', /SET_DEFAULT_WALLPAPER=welcome\.png: no such file.*There are:.*ridge\.png/],
        ['../../etc/passwd', /name a file without its folder/],
        ['broken.png', /neither PNG nor JPEG/],
      ] as const) {
        await using made = await aDesktop(under(), hermes, { env: { SET_DEFAULT_WALLPAPER: name } });
        await becomes(made.id, usual);
        assert.match((await printed(under().engine, { desktopId: made.id })).join('\n'), reason);
      }
    });
  });
}
