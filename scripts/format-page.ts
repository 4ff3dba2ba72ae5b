/**
 * The page of `docs/formats`, from what stands beside each reader in `src/io/formats`. Throws where it
 * would name a test that is not there, or a format that cannot be written as written.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { amiraFacts } from '../src/io/formats/amira/facts.ts';
import { dicomFacts } from '../src/io/formats/dicom/facts.ts';
import { hdf5Facts } from '../src/io/formats/hdf5/facts.ts';
import { mrcFacts, vtkFacts } from '../src/io/formats/itk/facts.ts';
import { metaImageFacts } from '../src/io/formats/meta-image/facts.ts';
import { niftiFacts } from '../src/io/formats/nifti/facts.ts';
import { npyFacts, npzFacts } from '../src/io/formats/npy/facts.ts';
import { nrrdFacts } from '../src/io/formats/nrrd/facts.ts';
import { rawFacts } from '../src/io/formats/raw/facts.ts';
import { tiffFacts } from '../src/io/formats/tiff/facts.ts';
import { vgiFacts } from '../src/io/formats/vgi/facts.ts';
import { xradiaFacts } from '../src/io/formats/xradia/facts.ts';
import { zarrFacts } from '../src/io/formats/zarr/facts.ts';
import { type FormatId, loadFormat } from '../src/io/registry.ts';
import type { FormatFacts, FormatTest } from '../src/io/format-facts.ts';
import type { VolumeFormat } from '../src/io/format.ts';
import { MESH_FORMAT_IDS } from '../src/io/meshes/registry.ts';
import { markdownTable } from './operation-page.ts';

const root = new URL('..', import.meta.url);

/** As people look for them, not as contents are compared. */
const FORMAT_FACTS: Readonly<Record<FormatId, FormatFacts>> = {
  tiff: tiffFacts,
  nrrd: nrrdFacts,
  'meta-image': metaImageFacts,
  nifti: niftiFacts,
  dicom: dicomFacts,
  xradia: xradiaFacts,
  vgi: vgiFacts,
  amira: amiraFacts,
  hdf5: hdf5Facts,
  zarr: zarrFacts,
  npy: npyFacts,
  npz: npzFacts,
  mrc: mrcFacts,
  vtk: vtkFacts,
  raw: rawFacts,
};

interface Entry {
  readonly format: VolumeFormat;
  readonly facts: FormatFacts;
}

function assertTrue({ format, facts }: Entry): void {
  if ((format.write === undefined) !== (facts.written === '')) {
    throw new Error(`${format.title}: "written" in its facts does not say what the format does.`);
  }
  for (const { file } of facts.tests) {
    if (!existsSync(fileURLToPath(new URL(file, root)))) {
      throw new Error(`${format.title}: its facts name the test ${file}, which is not there.`);
    }
  }
}

const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');

/** All programs that anything of a format is compared with. */
function peersOf({ tests }: FormatFacts): string {
  const names = tests.flatMap(({ peer }) => (peer === '' ? [] : peer.split(', ')));
  return [...new Set(names)].join(', ') || '–';
}

function testLine({ peer, what, file }: FormatTest): string {
  return `- ${what}${peer === '' ? '' : `, against ${peer}`}: [\`${file}\`](../../${file})`;
}

function section({ format, facts }: Entry): string {
  return [
    `## ${format.title}`,
    [
      `- Files: ${format.extensions.map((each) => `\`${each}\``).join(' ') || 'any name'}.`,
      `- Layouts: ${facts.layouts}.`,
      `- Values: ${facts.types}.`,
      `- Compressions: ${facts.compressions}.`,
      `- Voxel size: ${facts.voxelSize}.`,
      `- Slices without the rest: ${facts.slices === '' ? 'none, the volume is decoded once' : facts.slices}.`,
      `- Written: ${facts.written === '' ? 'no' : facts.written}.`,
      ...facts.limits.map((limit) => `- ${limit}`),
    ].join('\n'),
    'Tests:',
    facts.tests.map(testLine).join('\n'),
  ].join('\n\n');
}

/** Markdown, one page for all formats. */
export async function formatsPage(): Promise<string> {
  const entries = await Promise.all(
    (Object.keys(FORMAT_FACTS) as FormatId[]).map(async (id) => ({
      format: await loadFormat(id),
      facts: FORMAT_FACTS[id],
    })),
  );
  for (const entry of entries) assertTrue(entry);
  const blocks = [
    '# File formats',
    'What is read and written, and what it is compared with. Content decides what a file is; its name only words the message when the content is something else. The [guide](../guide/formats.md) says how voxel sizes, labels and written files are meant; [how fast files are read](../benchmarks-formats.md).',
    markdownTable(
      ['Format', 'Compressions', 'Slices without the rest', 'Written', 'Compared with'],
      entries.map(({ format, facts }) => [
        `[${format.title}](#${anchor(format.title)})`,
        facts.compressions,
        facts.slices || 'none',
        format.write === undefined ? 'no' : 'yes',
        peersOf(facts),
      ]),
    ),
    `Surfaces of phases are written as ${MESH_FORMAT_IDS.map((id) => `\`.${id}\``).join(', ')} and not read. Colours and vectors, arrays of more than three dimensions and volumes without voxels are refused in every format, in one sentence that names the file and what to do. [Damaged files](../guide/fuzzing.md) of every format are read in \`npm test\` and, many more, by \`npm run fuzz\`.`,
    ...entries.map(section),
    'Generated from `src/io/formats/*/facts.ts` by `npm run docs`.',
  ];
  return `${blocks.join('\n\n')}\n`;
}
