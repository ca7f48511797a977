/** The keyboard layouts of the conformance test, by their names in Debian's xkb-data. */

/** A layout of xkb-data: `setxkbmap -model … -layout … -variant …`. */
export interface XkbLayout {
  readonly layout: string;
  readonly variant: string;
  readonly model: string;
}

export interface Layout {
  readonly name: string;
  readonly xkb: XkbLayout;
  /** As Macs label it, where xkb-data has that; otherwise `xkb` stands for it. */
  readonly mac: XkbLayout;
}

export const LAYOUTS: readonly Layout[] = [
  layout('US', 'us', '', 'mac'),
  layout('UK', 'gb', '', 'mac'),
  layout('US international', 'us', 'intl'),
  layout('German', 'de', '', 'mac'),
  layout('Swiss German', 'ch', '', 'de_mac'),
  layout('Swiss French', 'ch', 'fr', 'fr_mac'),
  layout('French AZERTY', 'fr', '', 'mac'),
  layout('French BÉPO', 'fr', 'bepo'),
  layout('Belgian', 'be', ''),
  layout('Spanish', 'es', '', 'mac'),
  layout('Latin American', 'latam', ''),
  layout('Portuguese', 'pt', '', 'mac'),
  layout('Brazilian ABNT2', 'br', '', null, 'abnt2'),
  layout('Italian', 'it', '', 'mac'),
  layout('Danish', 'dk', '', 'mac'),
  layout('Norwegian', 'no', '', 'mac'),
  layout('Swedish', 'se', '', 'mac'),
  layout('Finnish', 'fi', '', 'mac'),
  layout('Polish', 'pl', ''),
  layout('Czech', 'cz', ''),
  layout('Hungarian', 'hu', ''),
  layout('Turkish Q', 'tr', ''),
  layout('Russian', 'ru', '', 'mac'),
  layout('Greek', 'gr', ''),
  layout('Hebrew', 'il', ''),
  layout('Arabic', 'ara', '', 'mac'),
  layout('Japanese 106', 'jp', '', 'mac', 'jp106'),
  layout('Korean', 'kr', ''),
];

function layout(name: string, xkb: string, variant: string, mac: string | null = null, model = 'pc105'): Layout {
  const own = { layout: xkb, variant, model };
  return { name, xkb: own, mac: mac === null ? own : { layout: xkb, variant: mac, model: 'pc105' } };
}
