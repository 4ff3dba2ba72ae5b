/** What figures as SVG text have in common. Lengths are tenths of a millimetre. */

/** Text as it may stand in markup, between tags and in attributes. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Text of an SVG label, what follows an underscore as a subscript: "D_eff/D0". */
export function labelMarkup(text: string, fontSize: number): string {
  const down = at(0.22 * fontSize);
  return escapeMarkup(text).replace(
    /_([A-Za-z0-9]+)/g,
    `<tspan dy="${down}" font-size="${at(0.72 * fontSize)}">$1</tspan><tspan dy="-${down}">\u200b</tspan>`,
  );
}

/** A coordinate to a hundredth of a millimetre. */
export function at(value: number): string {
  const text = value.toFixed(1);
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}

/** Tenths of a millimetre in a point, the printer's unit of type and lines. */
export const POINT = (10 * 25.4) / 72;

export const FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif";

/** About how long a text is, in the unit of the font size: no font is asked, so that all hosts agree. */
export function textWidth(text: string, fontSize: number): number {
  let width = 0;
  for (const sign of text) {
    if (/[iljtfI.,:;'|\u2009 ]/.test(sign)) width += 0.3;
    else if (/[mwMWµ%]/.test(sign)) width += 0.85;
    else if (/[A-Z]/.test(sign)) width += 0.68;
    else width += 0.556;
  }
  return width * fontSize;
}
