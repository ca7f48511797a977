/**
 * The UTF-8 locales of glibc: each language with its territories. Images have those of `ALWAYS` and of the languages that
 * they were built with (images/x11/install-locales), every territory of each.
 */

/** In images/x11/Containerfile, too. Most share one sort order, so they are small. */
export const ALWAYS: readonly string[] = ['ar', 'de', 'en', 'es', 'fr', 'it', 'ja', 'ko', 'nl', 'pt', 'ru', 'zh'];

/** `sr RS RS@latin` is sr_RS and sr_RS@latin. */
const NAMES =
  'aa DJ ER ET, af ZA, agr PE, ak GH, am ET, an ES, anp IN, ar AE BH DZ EG IN IQ JO KW LB LY MA OM QA SA SD SS SY ' +
  'TN YE, as IN, ast ES, ayc PE, az AZ IR, be BY BY@latin, bem ZM, ber DZ MA, bg BG, bhb IN, bho IN NP, bi VU, bn ' +
  'BD IN, bo CN IN, br FR, brx IN, bs BA, byn ER, ca AD ES ES@valencia FR IT, ce RU, chr US, ckb IQ, cmn TW, crh RU ' +
  'UA, cs CZ, csb PL, cv RU, cy GB, da DK, de AT BE CH DE IT LI LU, doi IN, dsb DE, dv MV, dz BT, el CY GR, en AG ' +
  'AU BW CA DK GB HK IE IL IN NG NZ PH SC SG US ZA ZM ZW, es AR BO CL CO CR CU DO EC ES GT HN MX NI PA PE PR PY SV ' +
  'US UY VE, et EE, eu ES FR, fa IR, ff SN, fi FI, fil PH, fo FO, fr BE CA CH FR LU, fur IT, fy DE NL, ga IE, gbm ' +
  'IN, gd GB, gez ER ER@abegede ET ET@abegede, gl ES, gu IN, gv GB, ha NG, hak TW, he IL, hi IN, hif FJ, hne IN, hr ' +
  'HR, hsb DE, ht HT, hu HU, hy AM, ia FR, id ID, ig NG, ik CA, is IS, it CH IT, iu CA, ja JP, ka GE, kab DZ, kk ' +
  'KZ, kl GL, km KH, kn IN, ko KR, kok IN, ks IN IN@devanagari, ku TR, kv RU, kw GB, ky KG, lb LU, lg UG, li BE NL, ' +
  'lij IT, ln CD, lo LA, lt LT, ltg LV, lv LV, lzh TW, mag IN, mai IN NP, mdf RU, mfe MU, mg MG, mhr RU, mi NZ, miq ' +
  'NI, mjw IN, mk MK, ml IN, mn MN, mni IN, mnw MM, mr IN, ms MY, mt MT, my MM, nan TW TW@latin, nb NO, nds DE NL, ' +
  'ne NP, nhn MX, niu NU NZ, nl AW BE NL, nn NO, nr ZA, nso ZA, oc FR, om ET KE, or IN, os RU, pa IN PK, pap AW CW, ' +
  'pl PL, ps AF, pt BR PT, quz PE, raj IN, rif MA, ro RO, ru RU UA, rw RW, sa IN, sah RU, sat IN, sc IT, scn IT, sd ' +
  'IN IN@devanagari, se NO, sgs LT, shn MM, shs CA, si LK, sid ET, sk SK, sl SI, sm WS, so DJ ET KE SO, sq AL MK, ' +
  'sr ME RS RS@latin, ss ZA, ssy ER, st ZA, su ID, sv FI SE, sw KE TZ, szl PL, ta IN LK, tcy IN, te IN, tg TJ, th ' +
  'TH, the NP, ti ER ET, tig ER, tk TM, tl PH, tn ZA, to TO, tpi PG, tr CY TR, ts ZA, tt RU RU@iqtelif, ug CN, uk ' +
  'UA, unm US, ur IN PK, uz UZ UZ@cyrillic, ve ZA, vi VN, wa BE, wae CH, wal ET, wo SN, xh ZA, yi US, yo NG, yue ' +
  'HK, yuw PG, zgh MA, zh CN HK SG TW, zu ZA ';

/** `de` → AT, BE, CH … */
export const TERRITORIES: ReadonlyMap<string, readonly string[]> = new Map(
  NAMES.split(',').map((entry) => {
    const [language = '', ...territories] = entry.trim().split(' ');
    return [language, territories];
  }),
);
