/** A session document for tests. */
import type { Session } from './session.ts';

const DIGEST = 'ab'.repeat(32);

export function exampleSession(): Session {
  return {
    format: 'tauscope-session',
    version: 1,
    software: { version: '0.1.0', kernelsSha256: DIGEST },
    title: 'LNMO cathode, pristine',
    authors: [{ name: 'A. Researcher', orcid: '0000-0002-1825-0097' }, { name: 'B. Second' }],
    note: 'Cropped to the coating.\nSee the paper.',
    licence: 'CC-BY-4.0',
    datasets: [
      {
        id: 'input',
        name: 'scan',
        files: [
          {
            path: 'scan.tif',
            bytes: 1000,
            sha256: DIGEST,
            addresses: ['https://zenodo.org/api/records/1/files/scan.tif/content'],
          },
        ],
        opened: { kind: 'grey', voxelSize: { values: [0.4, 0.4, 0.8], unit: 'µm' } },
        voxels: {
          size: [10, 10, 5],
          type: 'uint16',
          sha256: DIGEST,
          chunks: { slices: 3, sha256: [DIGEST, DIGEST] },
        },
        doi: '10.5281/zenodo.1',
      },
    ],
    recipe: {
      format: 'tauscope-recipe',
      version: 1,
      title: '',
      steps: [
        {
          id: 'smooth',
          operation: 'smooth-gaussian',
          version: 1,
          params: { sigma: 1.5 },
          enabled: true,
        },
      ],
    },
    claims: [
      {
        dataset: 'input',
        steps: [
          {
            step: 'smooth',
            settingsSha256: DIGEST,
            voxelSha256: DIGEST,
            tables: [
              {
                id: 'fractions',
                columns: ['phase', 'fraction'],
                rows: [
                  ['pore', 0.3],
                  ['solid', null],
                ],
              },
            ],
          },
        ],
      },
    ],
    view: {
      dataset: 'input',
      step: 'smooth',
      position: [1, 2, 3],
      window: [0, 65535],
      colourMap: 'grey',
    },
    comments: [
      {
        id: 'c1',
        author: 'Reviewer 2',
        date: '2026-11-23',
        text: 'Is this a crack?',
        at: { dataset: 'input', step: null, position: [4, 5, 1] },
      },
    ],
  };
}
