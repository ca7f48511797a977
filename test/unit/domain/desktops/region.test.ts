/** Time zones and languages: what a browser reports, and what programs in containers get. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { languagesOf, localeFor } from '#domain/desktops/language.ts';
import { ALWAYS, TERRITORIES } from '#domain/desktops/locales.ts';
import { desktopRegion, regionalOf, timeZoneOf } from '#domain/desktops/region.ts';

test('every time zone that this JavaScript engine can report is passed on', () => {
  for (const zone of Intl.supportedValuesOf('timeZone')) assert.equal(timeZoneOf(zone), zone);
});

test('former names are kept, and unusual spellings are normalised', () => {
  for (const zone of [
    'Asia/Calcutta',
    'Asia/Kolkata',
    'US/Pacific',
    'Etc/GMT+5',
    'Europe/Kyiv',
    'Europe/Kiev',
    'UTC',
  ]) {
    assert.equal(timeZoneOf(zone), zone);
  }
  assert.equal(timeZoneOf('europe/berlin'), 'Europe/Berlin');
  assert.equal(timeZoneOf('asia/kolkata'), 'Asia/Calcutta');
  assert.equal(timeZoneOf('PST'), 'America/Los_Angeles');
});

test('an invalid time zone is not passed on', () => {
  const hostile = [
    '',
    ':/x',
    '../../etc',
    '/etc/passwd',
    'Europe/../../x',
    '+05:30',
    'SystemV/AST4',
    'Mars/Base',
    'CET-1CEST',
  ];
  for (const zone of [...hostile, 'Europe/Berlin\nLD_PRELOAD=x', ' UTC', 'localtime', 'Factory']) {
    assert.equal(timeZoneOf(zone), null, zone);
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => /^([A-Z][\w+-]*(\/|$))+$|^$/i.test(timeZoneOf(text) ?? '')),
  );
});

const TAGS: readonly (readonly [tags: string, languages: string, locale: string | null])[] = [
  ['de', 'de_DE', 'de_DE.UTF-8'],
  ['de-AT de en fr', 'de_AT:de_DE:en_US', 'de_AT.UTF-8'],
  ['de-US', 'de_US', 'de_DE.UTF-8'],
  ['en-GB de', 'en_GB', 'en_GB.UTF-8'],
  ['en-US-u-hc-h12', 'en_US', 'en_US.UTF-8'],
  ['en-001', 'en_GB', 'en_GB.UTF-8'],
  ['zh-Hans-CN', 'zh_CN', 'zh_CN.UTF-8'],
  ['zh-Hant', 'zh_TW', 'zh_TW.UTF-8'],
  ['zh-HK', 'zh_HK:zh_TW', 'zh_HK.UTF-8'],
  ['zh-Hans-HK', 'zh_CN', 'zh_CN.UTF-8'],
  ['pt', 'pt_BR', 'pt_BR.UTF-8'],
  ['pt-PT', 'pt_PT', 'pt_PT.UTF-8'],
  ['es-419', 'es_MX', 'es_MX.UTF-8'],
  ['sr-Latn-RS', 'sr_RS@latin', 'sr_RS.UTF-8@latin'],
  ['sr-RS', 'sr_RS', 'sr_RS.UTF-8'],
  ['sh', 'sr_RS@latin', 'sr_RS.UTF-8@latin'],
  ['uz-Cyrl-UZ', 'uz_UZ@cyrillic', 'en_US.UTF-8'],
  ['ca-ES-valencia', 'ca_ES@valencia', 'en_US.UTF-8'],
  ['no', 'nb_NO:no', 'en_US.UTF-8'],
  ['iw', 'he_IL', 'en_US.UTF-8'],
  ['in', 'id_ID', 'en_US.UTF-8'],
  ['gsw de-CH', 'gsw_CH:de_CH', 'de_CH.UTF-8'],
  ['pl en', 'pl_PL:en_US', 'en_US.UTF-8'],
  ['de_DE', 'de_DE', 'de_DE.UTF-8'],
  ['C', '', null],
  ['und', '', null],
  ['../../etc', '', null],
  ['$(reboot)', '', null],
  ['', '', null],
];

for (const [tags, languages, locale] of TAGS) {
  test(`a browser in “${tags}” gets LANGUAGE=${languages} LANG=${locale ?? 'as it was'}`, () => {
    assert.equal(languagesOf(tags.split(' ')).join(':'), languages);
    assert.equal(localeFor(tags.split(' '), ['sr']), locale);
  });
}

test('for any languages of a browser, programs get a locale that images have, and names of languages', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9]{1,8}$/);
  const tag = fc.oneof(
    fc.string(),
    fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('-')),
  );
  fc.assert(
    fc.property(fc.array(tag, { maxLength: 12 }), (tags) => {
      const { LANG = 'C.UTF-8', LANGUAGE = '' } = desktopRegion({ timezone: null, languages: tags }, []);
      assert.match(LANGUAGE, /^([a-z]{2,3}(_([A-Z]{2}|\d{3}))?(@[a-z]+)?(:|$))*$/);
      const [, language = '', territory = ''] = /^([a-z]+)_([A-Z]{2})\.UTF-8$/.exec(LANG) ?? [];
      assert.ok(
        LANG === 'C.UTF-8' || (ALWAYS.includes(language) && TERRITORIES.get(language)?.includes(territory)),
        LANG,
      );
    }),
  );
});

test('unknown ones are reported, and known ones used', () => {
  const { regional, unknown } = regionalOf({ timezone: '../../etc', languages: ['de-DE', '::'] });
  assert.deepEqual(regional, { timezone: null, languages: ['de-DE'] });
  assert.deepEqual(unknown, ['::', '../../etc']);
  assert.deepEqual(regionalOf({ locale: 'fr' }).regional.languages, ['fr']);
  assert.deepEqual(regionalOf({}), { regional: { timezone: null, languages: [] }, unknown: [] });
});

test('the images have the locales that the server relies on', async () => {
  const recipe = await readFile(new URL('../../../../images/x11/Containerfile', import.meta.url), 'utf8');
  assert.equal(/install-locales ([a-z ]+) \$/.exec(recipe)?.[1], ALWAYS.join(' '));
});
