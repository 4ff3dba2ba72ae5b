import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Citation } from '../declaration/results.ts';
import { loadAllOperations } from '../operations/registry.ts';
import { bibtex, latexText, SOFTWARE } from './bibtex.ts';

const ONE: Citation = {
  label: 'Münch & Holzer 2008',
  authors: 'Münch, B.; Holzer, L.',
  year: 2008,
  title: 'On the 100 % size of CPU_caches in Euclidean space',
  venue: 'Journal of the American Ceramic Society 91(3), 4059–4067',
  doi: '10.1111/j.1551-2916_2008.x',
};

/** Reads entries by balanced braces, as BibTeX does. */
function parse(text: string) {
  return text
    .split(/^(?=@)/m)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [, type = '', key = '', body = ''] =
        /^@(\w+)\{([^,\s]+),\n([\s\S]*)\n\}\s*$/.exec(part) ?? [];
      const fields = new Map(
        body.split('\n').map((line) => {
          const [, name = '', value = ''] = /^ {2}(\w+) = \{(.*)\},$/.exec(line) ?? [];
          return [name, value] as const;
        }),
      );
      return { type, key, fields };
    });
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const sign of text.replace(/\\[{}]/g, '')) {
    depth += sign === '{' ? 1 : sign === '}' ? -1 : 0;
    if (depth < 0) return false;
  }
  return depth === 0;
}

describe('bibtex', () => {
  it('writes an article with key, pages, protected capitals and its DOI', () => {
    const [, article] = parse(bibtex([ONE]));
    expect(article).toEqual({
      type: 'article',
      key: 'munch2008100',
      fields: new Map([
        ['author', 'M{\\"u}nch, B. and Holzer, L.'],
        ['title', 'On the 100 \\% size of {CPU\\_caches} in {Euclidean} space'],
        ['year', '2008'],
        ['journal', 'Journal of the American Ceramic Society'],
        ['volume', '91'],
        ['number', '3'],
        ['pages', '4059--4067'],
        ['doi', '10.1111/j.1551-2916_2008.x'],
      ]),
    });
  });

  it('gives two works of an author and year two keys', () => {
    const keys = parse(bibtex([ONE, ONE, ONE])).map(({ key }) => key);
    expect(keys).toEqual(['tauscope', 'munch2008100', 'munch2008100b', 'munch2008100c']);
  });

  it('reads the venue of every declared citation', async () => {
    const all = (await loadAllOperations()).flatMap(({ citations }) => citations);
    for (const { type, key, fields } of parse(bibtex(all))) {
      expect(key).toMatch(/^[a-z0-9]+$/);
      for (const value of fields.values()) {
        expect(isBalanced(value)).toBe(true);
        // oxlint-disable-next-line no-control-regex -- what a classical BibTeX takes
        expect(value).toMatch(/^[\x20-\x7e]*$/);
      }
      if (type === 'article') expect(fields.get('volume')).toMatch(/^\d+$/);
    }
  });

  it('tells of the program as CITATION.cff does', () => {
    const cff = readFileSync(new URL('../../CITATION.cff', import.meta.url), 'utf8');
    expect(cff).toContain(`title: ${SOFTWARE.title}\n`);
    expect(cff).toContain(`version: ${SOFTWARE.version}\n`);
    expect(cff).toContain(`license: ${SOFTWARE.licence}\n`);
    expect(cff).toContain(`- name: ${SOFTWARE.author}\n`);
  });
});

it.each([
  ['a & b_c #1 {x} 5% $', 'a \\& b\\_c \\#1 \\{x\\} 5\\% \\$'],
  [
    'Çelik, Růžička, Ångström, Øyvind',
    '{\\c C}elik, R{\\r u}{\\v z}i{\\v c}ka, {\\r A}ngstr{\\"o}m, {\\O}yvind',
  ],
  ['τ – “x”', "$\\tau$ -- ``x''"],
])('latexText writes %s', (text, latex) => {
  expect(latexText(text)).toBe(latex);
});
