/**
 * A scanner for the start tags of a small XML text (OME-XML): names and attributes only, no text,
 * no document type, no entities but the five of XML and character numbers. Untrusted input.
 */

export interface XmlTag {
  /** Without its namespace prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly depth: number;
}

const MOST_DEPTH = 64;
const MOST_TAGS = 200_000;
const NAME = /[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?/y;
const SPACE = /\s*/y;

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

function withoutEntities(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|[a-z]{2,4});/g, (whole, name: string) => {
    if (!name.startsWith('#'))
      return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? whole) : whole;
    const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** Visits start tags in document order until `visit` returns false. Returns false on bad XML. */
export function scanXmlTags(text: string, visit: (tag: XmlTag) => boolean): boolean {
  let depth = 0;
  let tags = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    if (text.startsWith('<!--', at)) {
      at = text.indexOf('-->', at + 4);
      if (at < 0) return false;
      continue;
    }
    if (text.startsWith('<![CDATA[', at)) {
      at = text.indexOf(']]>', at + 9);
      if (at < 0) return false;
      continue;
    }
    if (text.startsWith('<?', at)) {
      at = text.indexOf('?>', at + 2);
      if (at < 0) return false;
      continue;
    }
    // A document type could define entities.
    if (text[at + 1] === '!') return false;
    if (text[at + 1] === '/') {
      depth--;
      at = text.indexOf('>', at);
      if (at < 0 || depth < 0) return false;
      continue;
    }
    if (++tags > MOST_TAGS) return false;
    NAME.lastIndex = at + 1;
    const name = NAME.exec(text)?.[0];
    if (name === undefined) return false;
    at = NAME.lastIndex;
    const attributes = new Map<string, string>();
    let open = true;
    for (;;) {
      SPACE.lastIndex = at;
      SPACE.exec(text);
      at = SPACE.lastIndex;
      if (text[at] === '>') break;
      if (text[at] === '/' && text[at + 1] === '>') {
        open = false;
        break;
      }
      NAME.lastIndex = at;
      const key = NAME.exec(text)?.[0];
      if (key === undefined) return false;
      at = NAME.lastIndex;
      SPACE.lastIndex = at;
      SPACE.exec(text);
      at = SPACE.lastIndex;
      if (text[at] !== '=') return false;
      SPACE.lastIndex = at + 1;
      SPACE.exec(text);
      at = SPACE.lastIndex;
      const quote = text[at];
      if (quote !== '"' && quote !== "'") return false;
      const end = text.indexOf(quote, at + 1);
      if (end < 0) return false;
      attributes.set(localName(key), withoutEntities(text.slice(at + 1, end)));
      at = end + 1;
    }
    if (depth > MOST_DEPTH) return false;
    if (!visit({ name: localName(name), attributes, depth })) return true;
    if (open) depth++;
  }
  return true;
}
