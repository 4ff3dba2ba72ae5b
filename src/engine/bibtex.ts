/** References as BibTeX: entries with keys, escaped for LaTeX, the program itself first. */
import type { Citation } from '../declaration/results.ts';
import { VERSION } from './version.ts';

/** As CITATION.cff has it; a test holds the two together. */
export const SOFTWARE = {
  title: 'Tauscope',
  author: 'The Tauscope contributors',
  version: VERSION,
  licence: 'Apache-2.0',
} as const;

const ACCENTS: Readonly<Record<string, string>> = {
  '\u0300': '`',
  '\u0301': "'",
  '\u0302': '^',
  '\u0303': '~',
  '\u0308': '"',
  '\u030a': 'r',
  '\u030b': 'H',
  '\u030c': 'v',
  '\u0327': 'c',
};

const SIGNS: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  ß: '{\\ss}',
  ø: '{\\o}',
  Ø: '{\\O}',
  æ: '{\\ae}',
  Æ: '{\\AE}',
  ł: '{\\l}',
  Ł: '{\\L}',
  ı: '{\\i}',
  '–': '--',
  '—': '---',
  '’': "'",
  '‘': '`',
  '“': '``',
  '”': "''",
  '\u00a0': '~',
  '\u2009': '\\,',
  τ: '$\\tau$',
  ε: '$\\varepsilon$',
  µ: '\\textmu{}',
};

/** Text as LaTeX reads it; ASCII alone wherever LaTeX has a command for the sign. */
export function latexText(text: string): string {
  let written = '';
  for (const sign of text.normalize('NFC')) {
    const known = SIGNS[sign];
    const [base = '', mark = '', ...more] = sign.normalize('NFD');
    const accent = ACCENTS[mark];
    if (known !== undefined) written += known;
    else if (/[&%$#_]/.test(sign)) written += `\\${sign}`;
    else if (accent !== undefined && more.length === 0) {
      // Letters as commands need a space before the letter they stand on.
      written += `{\\${accent}${/[a-z]/i.test(accent) ? ' ' : ''}${base}}`;
    } else written += sign;
  }
  return written;
}

/** Words with capitals of their own, which a style must not make small, in braces. */
function protectCapitals(title: string): string {
  return title
    .split(' ')
    .map((word, i) => {
      const hasOwn =
        i === 0 ? /^.[^A-Z-]*[A-Z]/.test(word) && /.[A-Z]/.test(word) : /[A-Z]/.test(word);
      return hasOwn ? `{${latexText(word)}}` : latexText(word);
    })
    .join(' ');
}

const STOP_WORDS = new Set(['a', 'an', 'the', 'on', 'of', 'in', 'for', 'to', 'and', 'some']);

function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

/** "hildebrand1997new": first author, year, first word of the title that says something. */
function baseKey({ authors, year, title }: Citation): string {
  const author = plain(authors.split(/[,;]/)[0] ?? '').replaceAll(' ', '');
  const word = plain(title)
    .split(' ')
    .find((each) => !STOP_WORDS.has(each));
  return `${author || 'anonymous'}${year}${word ?? ''}`;
}

interface Venue {
  readonly type: 'article' | 'inproceedings' | 'misc';
  readonly fields: Readonly<Record<string, string>>;
}

/** "Journal 12(3), 4–5", "Proceedings, 4–5"; what is neither is told as it stands. */
function readVenue(venue: string): Venue {
  const journal = /^(.+?) (\d+)(?:\((\d+)\))?, ([\dA-Za-z]+(?:[–-]\d+)?)$/.exec(venue);
  if (journal !== null) {
    const [, name = '', volume = '', number, pages = ''] = journal;
    const inProceedings = /\b(Conference|Symposium|Proceedings)\b/.test(name);
    return {
      type: inProceedings ? 'inproceedings' : 'article',
      fields: {
        [inProceedings ? 'booktitle' : 'journal']: latexText(name),
        volume,
        ...(number === undefined ? {} : { number }),
        pages: pages.replace(/[–-]/, '--'),
      },
    };
  }
  const pages = /^(.+), (\d+)[–-](\d+)(?:, (.+))?$/.exec(venue);
  if (pages !== null) {
    const [, name = '', from = '', to = '', publisher] = pages;
    return {
      type: 'inproceedings',
      fields: {
        booktitle: latexText(name),
        pages: `${from}--${to}`,
        ...(publisher === undefined ? {} : { publisher: latexText(publisher) }),
      },
    };
  }
  return { type: 'misc', fields: { howpublished: latexText(venue) } };
}

function entry(type: string, key: string, fields: Readonly<Record<string, string>>): string {
  const lines = Object.entries(fields).map(([name, value]) => `  ${name} = {${value}},`);
  return `@${type}{${key},\n${lines.join('\n')}\n}\n`;
}

/** The software, then the citations in their order. Keys are unique: a second one gets a letter. */
export function bibtex(citations: readonly Citation[]): string {
  const taken = new Map<string, number>();
  const keyOf = (citation: Citation): string => {
    const base = baseKey(citation);
    const count = taken.get(base) ?? 0;
    taken.set(base, count + 1);
    return count === 0 ? base : `${base}${String.fromCharCode('a'.charCodeAt(0) + count)}`;
  };
  const software = entry('misc', 'tauscope', {
    author: `{${latexText(SOFTWARE.author)}}`,
    title: `{${SOFTWARE.title}}`,
    note: `Version ${SOFTWARE.version}, ${SOFTWARE.licence}`,
  });
  const entries = citations.map((citation) => {
    const { type, fields } = readVenue(citation.venue);
    return entry(type, keyOf(citation), {
      author: citation.authors
        .split(/;\s*/)
        .map((author) => latexText(author))
        .join(' and '),
      title: protectCapitals(citation.title),
      year: String(citation.year),
      ...fields,
      // Not escaped: styles and packages take a DOI as it stands.
      ...(citation.doi === undefined ? {} : { doi: citation.doi }),
    });
  });
  return [software, ...entries].join('\n');
}
