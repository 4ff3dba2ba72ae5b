/** What is printed on the pages of a PDF that Chromium wrote, as text. */
import { inflateSync } from 'node:zlib';

export interface PdfPage {
  /** In points. */
  readonly size: readonly [width: number, height: number];
  /** What is shown together is one text, in the order of drawing. */
  readonly texts: readonly string[];
}

interface PdfObject {
  readonly head: string;
  stream(): string;
}

type Objects = ReadonlyMap<string, PdfObject>;

function objectsOf(pdf: Buffer): Objects {
  const text = pdf.toString('latin1');
  return new Map(
    [...text.matchAll(/^(\d+) 0 obj\s/gm)].map(({ 0: start, 1: id = '', index }) => {
      const from = index + start.length;
      const [head = ''] = /^[\s\S]*?(?=\bstream\n|\bendobj)/.exec(text.slice(from)) ?? [];
      const data = from + head.length + 'stream\n'.length;
      const stream = (): string => {
        const bytes = pdf.subarray(data, data + Number(/\/Length (\d+)/.exec(head)?.[1] ?? 0));
        const plain = head.includes('/FlateDecode') ? inflateSync(bytes) : bytes;
        return plain.toString('latin1');
      };
      return [id, { head, stream }];
    }),
  );
}

function referred(head: string, key: string): string {
  return new RegExp(`/${key}\\s+(\\d+) 0 R`).exec(head)?.[1] ?? '';
}

/** UTF-16 in hexadecimal digits. */
function decoded(hex: string): string {
  return (hex.match(/.{4}/g) ?? [])
    .map((unit) => String.fromCharCode(Number.parseInt(unit, 16)))
    .join('');
}

/** Characters by glyph, from a font's ToUnicode map. */
function glyphsOf(cmap: string): ReadonlyMap<number, string> {
  const glyphs = new Map<number, string>();
  for (const [, block = ''] of cmap.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
    for (const [, glyph = '', text = ''] of block.matchAll(/<(\w+)>\s*<(\w+)>/g)) {
      glyphs.set(Number.parseInt(glyph, 16), decoded(text));
    }
  }
  for (const [, block = ''] of cmap.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, ...ends] of block.matchAll(/<(\w+)>\s*<(\w+)>\s*<(\w+)>/g)) {
      const [first = 0, last = 0, code = 0] = ends.map((end) => Number.parseInt(end, 16));
      for (let glyph = first; glyph <= last; glyph++) {
        glyphs.set(glyph, String.fromCharCode(code + glyph - first));
      }
    }
  }
  return glyphs;
}

export function readPdf(pdf: Buffer): readonly PdfPage[] {
  const objects = objectsOf(pdf);
  const fontsOf = (head: string): ReadonlyMap<string, ReadonlyMap<number, string>> => {
    const resources = objects.get(referred(head, 'Resources'))?.head ?? head;
    const list = /\/Font\s*<<([\s\S]*?)>>/.exec(resources)?.[1] ?? '';
    return new Map(
      [...list.matchAll(/\/(\w+)\s+(\d+) 0 R/g)].map(([, name = '', id = '']) => {
        const map = referred(objects.get(id)?.head ?? '', 'ToUnicode');
        return [name, glyphsOf(objects.get(map)?.stream() ?? '')];
      }),
    );
  };
  return [...objects.values()]
    .filter(({ head }) => /\/Type\s*\/Page\b/.test(head))
    .map(({ head }) => {
      const box =
        /\/MediaBox\s*\[([^\]]*)\]/.exec(head)?.[1]?.trim().split(/\s+/).map(Number) ?? [];
      const fonts = fontsOf(head);
      const content = objects.get(referred(head, 'Contents'))?.stream() ?? '';
      const texts = [...content.matchAll(/BT([\s\S]*?)ET/g)].map(([, run = '']) => {
        const glyphs = fonts.get(/\/(\w+)\s+[\d.]+\s+Tf/.exec(run)?.[1] ?? '');
        const hex = [...run.matchAll(/<([0-9A-Fa-f]+)>/g)].map(([, part = '']) => part).join('');
        const ids = (hex.match(/.{4}/g) ?? []).map((id) => Number.parseInt(id, 16));
        return ids.map((id) => glyphs?.get(id) ?? '').join('');
      });
      return { size: [box[2] ?? 0, box[3] ?? 0], texts };
    });
}
