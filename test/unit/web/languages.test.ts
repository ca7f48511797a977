/** The languages of the pages: complete catalogues, plural forms, numbers and dates, and the choice of a language. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { LANGUAGES, type Language } from '#protocol/language.ts';
import { array, assert as check, oneof, property, string, constantFrom } from 'fast-check';
import { contained, countedIn, textsOf } from '../../fixtures/catalogue-leaves.ts';
import { moreOf } from '../../../web/ui/more.ts';
import { bytes, dateTime, duration, enumerated, percent } from '../../../web/ui/format.ts';
import { keyName } from '../../../web/ui/key-name.ts';
import { isolated, many as inArabic } from '../../../web/ui/strings/ar/grammar.ts';
import { CATALOGUES, LANGUAGE_NAMES, t, useCatalogue } from '../../../web/ui/strings/catalogue.ts';
import { many as inGerman } from '../../../web/ui/strings/de/grammar.ts';
import { many as inFrench } from '../../../web/ui/strings/fr/grammar.ts';
import { many as inJapanese } from '../../../web/ui/strings/ja/grammar.ts';
import { forDesktop, localeFor, lookUp, regional } from '../../../web/ui/strings/lookup.ts';

type Other = Exclude<Language, 'en'>;

/** Names and formats. */
const SAME_EVERYWHERE = [
  'Deskpod',
  'Node.js',
  'YAML',
  'PID',
  'restricted',
  'baseline',
  'general',
  'netadmin',
  'sysadmin',
];
/** Words that a language shares with English. */
const SHARED: Readonly<Record<Other, string>> = {
  fr: 'Document|Ctrl|Menu|Dock|Notifications|ID|Actions|pod|‹0› CPU|Variable|Image|Arguments|Variables|support|Sockets|service|zombie|Message|Shell|shell|active|Documents|Type|Archive|Internet|Version|Microphone|Direct',
  de: '‹0› …|Desktop|Offline|Dock|Apps|System|Shell in ‹0›|ID|Tasks|Desktops|App|CPU|‹0› CPU|Details|Variable|Image|Digest|Limits|Name|Engine|Host|Jitter|Download|Upload|Labels|Browser|Terminals|Touch|Namespaces|Sockets|Desktop ‹0›|Container|Mounts|Hostname|Toolbox|Shell|Toolbox: ‹0›|Shell: ‹0›|Downloads|Videos|Video|Audio|Text|Links|App: ‹0›|Internet|Version|Trackpad',
  es: 'Ctrl|Dock|Error|ID|CPU|pod|‹0› CPU|Variable|Digest|Variables|Host|Roles|Sockets|Shell|Shell: ‹0›|shell|Internet',
  it: 'Ctrl|Password|Menu|Desktop|Offline|Dock|Shell in ‹0›|ID|App|CPU|pod|‹0› CPU|Digest|Host|Jitter|Download|Upload|Browser|Desktop ‹0›|app|Container|zombie|Shell|Shell: ‹0›|shell|Video|Audio|File|App: ‹0›|Internet|Trackpad',
  pt: 'Ctrl|Menu|Dock|ID|CPU|pod|‹0› CPU|Digest|Host|Download|Upload|Namespaces|Sockets|Shell|Shell: ‹0›|shell|Downloads|Links|Internet|links',
  ja: 'Ctrl|ID|CPU|‹0› CPU',
  ar: 'Ctrl',
};
const OTHERS = LANGUAGES.filter((language) => language !== 'en');
const english = textsOf(await CATALOGUES.en());

for (const language of OTHERS)
  suite(`the catalogue in ${LANGUAGE_NAMES[language]}`, async () => {
    const catalogue = await CATALOGUES[language]();
    const texts = textsOf(catalogue);

    test('has the keys of the English one, and no empty text', () => {
      assert.deepEqual([...texts.keys()].toSorted(), [...english.keys()].toSorted());
      assert.deepEqual(
        [...texts].filter(([, text]) => text.trim() === ''),
        [],
      );
    });

    test('inserts what the English one inserts', () => {
      const uses = (path: string, text: string) => `${path}: ${[...new Set(contained(text))].join(' ')}`;
      assert.deepEqual(
        [...english].map(([path]) => uses(path, texts.get(path) ?? '')),
        [...english].map(([path, text]) => uses(path, text)),
      );
    });

    test('has no text in English', () => {
      const shared = new Set([...SAME_EVERYWHERE, ...SHARED[language].split('|')]);
      const same = [...english].filter(([path, text]) => texts.get(path) === text);
      assert.deepEqual(
        same.filter(([, text]) => !shared.has(text)),
        [],
      );
      const used = new Set(same.map(([, text]) => text));
      assert.deepEqual(
        SHARED[language].split('|').filter((word) => !used.has(word)),
        [],
        'words that are not shared any more',
      );
    });

    test('has a form for every count', () => {
      for (const count of [0, 1, 2, 3, 11, 100, 999_999])
        for (const text of countedIn(catalogue, count)) assert.doesNotMatch(text, /#|undefined|NaN|null/, text);
    });
  });

test('texts in use are those of the chosen catalogue, key names included', async () => {
  useCatalogue(await CATALOGUES.de());
  assert.equal(t.menu.disconnect, 'Verbindung trennen');
  assert.deepEqual(['Ctrl', 'Alt', 'Space'].map(keyName), ['Strg', 'Alt', 'Leertaste']);
  useCatalogue(await CATALOGUES.en());
  assert.equal(t.menu.disconnect, 'Disconnect');
});

test('a count has the plural form of its language and is written as there', () => {
  const forms = { one: '# Fenster', other: '# Fenstern' };
  assert.deepEqual(
    [0, 1, 2, 12_345].map((count) => inGerman(count, forms)),
    ['0 Fenstern', '1 Fenster', '2 Fenstern', '12.345 Fenstern'],
  );
  assert.equal(inFrench(0, { one: '# fenêtre', other: '# fenêtres' }), '0 fenêtre');
  assert.equal(inJapanese(1, { other: '#個' }), '1個');
  const six = { zero: 'zero', one: 'one', two: 'two', few: 'few #', many: 'many #', other: 'other #' };
  assert.deepEqual(
    [0, 1, 2, 3, 10, 11, 99, 100, 103].map((count) => inArabic(count, six)),
    ['zero', 'one', 'two', 'few 3', 'few 10', 'many 11', 'many 99', 'other 100', 'few 103'],
  );
});

test('in Arabic, an inserted name cannot reorder the sentence', () => {
  assert.equal(isolated('KMines (2)'), '\u2068KMines (2)\u2069');
});

test('numbers, sizes, dates and durations follow the locale, with the digits 0-9', () => {
  assert.match(bytes(1.5 * 2 ** 30, 'de-AT'), /^1,5\sGB$/);
  assert.match(percent(0.034, 'fr'), /^3\s%$/);
  assert.match(duration(7_620_000, 'de'), /^2 Std\.,? 7 Min\.$/);
  assert.match(dateTime('2026-03-05T12:00:00Z', 'ja'), /^2026\/03\/0[456] /);
  assert.match(bytes(2 ** 28, localeFor('ar', ['ar-EG'])), /^256/);
});

test('names one after another have the commas of their language', () => {
  assert.equal(enumerated(['user', 'support'], 'pt-BR'), 'user, support');
  assert.equal(enumerated(['user', 'support'], 'ja'), 'user、support');
  assert.equal(enumerated(['user', 'support'], 'ar-EG-u-nu-latn'), 'user، support');
});

suite('the language from the preferences of the browser', () => {
  const chosen = (...preferred: string[]) => lookUp(preferred).language;

  test('is the first that the pages have, whatever its region or script', () => {
    assert.equal(chosen('nl', 'pt-BR', 'en'), 'pt');
    assert.equal(chosen('de-CH-1996'), 'de');
    assert.equal(chosen('AR-EG'), 'ar');
    assert.equal(chosen('zh-Hant-TW', 'ja'), 'ja');
  });

  test('is English if the pages have none of them', () => {
    assert.equal(chosen('nl', 'cy'), 'en');
    assert.equal(chosen(), 'en');
  });

  test('is one of the eight for every list, even of words that are no tags', () => {
    const tag = oneof(string(), constantFrom('-', 'x-de', 'de_DE', 'i-klingon', 'de-x-', '*'));
    check(property(array(tag), (preferred) => LANGUAGES.includes(lookUp(preferred).language)));
    check(property(array(tag), (preferred) => typeof localeFor('de', preferred) === 'string'));
  });

  test('keeps the region for dates and numbers, also for a language that was chosen', () => {
    assert.equal(regional('de', ['en-GB', 'de-AT', 'de-DE']), 'de-AT');
    assert.equal(regional('fr', ['en-GB']), 'fr');
    assert.equal(localeFor('ar', ['ar-SA']), 'ar-SA-u-nu-latn');
  });
});

test('a new desktop prefers the chosen language to those of the browser', () => {
  assert.deepEqual(forDesktop('system', ['en-GB', 'de-AT']), ['en-GB', 'de-AT']);
  assert.deepEqual(forDesktop('de', ['en-GB', 'de-AT']), ['de-AT', 'en-GB']);
  assert.deepEqual(forDesktop('ar', ['en-GB']), ['ar', 'en-GB']);
});

test('a row that starts at the right counts its scroll position from there', () => {
  assert.equal(moreOf({ scrollLeft: -100, clientWidth: 300, scrollWidth: 400 }), 'start');
  assert.equal(moreOf({ scrollLeft: 0, clientWidth: 300, scrollWidth: 400 }), 'end');
});
