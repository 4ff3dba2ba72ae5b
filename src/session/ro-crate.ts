/**
 * RO-Crate 1.1 metadata (https://w3id.org/ro/crate/1.1) of a bundle, with the run as a `CreateAction`
 * (Process Run Crate 0.5), so that repositories and other tools know what its files are.
 */
import type { Session } from './session.ts';

export interface CrateFile {
  readonly name: string;
  readonly bytes: number;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  txt: 'text/plain',
  bib: 'application/x-bibtex',
  html: 'text/html',
  tif: 'image/tiff',
  tiff: 'image/tiff',
};

type Entity = Readonly<Record<string, unknown>>;

function mediaType(name: string): Entity {
  const type = MEDIA_TYPES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()];
  return type === undefined ? {} : { encodingFormat: type };
}

/** A file's name as a relative address. */
function idOf(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}

function references(ids: readonly string[]): readonly Entity[] {
  return ids.map((id) => ({ '@id': id }));
}

/** @param date day in ISO 8601 */
export function roCrateText(session: Session, files: readonly CrateFile[], date: string): string {
  const { title, note, authors, licence, software, datasets } = session;
  const people = authors.map(({ name, orcid }, i) => ({
    '@id': orcid === undefined ? `#author-${i + 1}` : `https://orcid.org/${orcid}`,
    '@type': 'Person',
    name,
  }));
  const results = files.filter(({ name }) => name.startsWith('results/'));
  const sources = datasets.map(({ id, name, doi, files: own }) => ({
    '@id': doi === undefined ? `#dataset-${id}` : `https://doi.org/${doi}`,
    '@type': 'Dataset',
    name,
    hasPart: references(
      own
        .map(({ path }) => `data/${id}/${path}`)
        .filter((path) => files.some((file) => file.name === path))
        .map(idOf),
    ),
  }));
  const tool = `#tauscope-${software.version}`;
  const graph: readonly Entity[] = [
    {
      '@id': 'ro-crate-metadata.json',
      '@type': 'CreativeWork',
      conformsTo: { '@id': 'https://w3id.org/ro/crate/1.1' },
      about: { '@id': './' },
    },
    {
      '@id': './',
      '@type': 'Dataset',
      name: title === '' ? 'Tauscope session' : title,
      description: note === '' ? 'Volumes, recipe and numbers of a Tauscope session.' : note,
      datePublished: date,
      license:
        licence === ''
          ? 'No licence is granted.'
          : { '@id': `https://spdx.org/licenses/${licence}` },
      author: references(people.map((person) => person['@id'])),
      hasPart: references(files.map(({ name }) => idOf(name))),
      mentions: { '@id': '#run' },
    },
    ...people,
    ...files.map(({ name, bytes }) => ({
      '@id': idOf(name),
      '@type': 'File',
      name: name.slice(name.lastIndexOf('/') + 1),
      contentSize: String(bytes),
      ...mediaType(name),
    })),
    ...sources,
    {
      '@id': tool,
      '@type': 'SoftwareApplication',
      name: 'Tauscope',
      softwareVersion: software.version,
    },
    {
      '@id': '#run',
      '@type': 'CreateAction',
      name: 'Run of the recipe',
      instrument: { '@id': tool },
      object: references(sources.map((source) => source['@id'])),
      result: references(results.map(({ name }) => idOf(name))),
    },
  ];
  const crate = { '@context': 'https://w3id.org/ro/crate/1.1/context', '@graph': graph };
  return `${JSON.stringify(crate, null, 2)}\n`;
}
