/** What the operations that label connected components share. */
import type { Citation } from '../declaration/results.ts';

export const componentsCitation: Citation = {
  label: 'Hoshen & Kopelman 1976',
  authors: 'Hoshen, J.; Kopelman, R.',
  year: 1976,
  title:
    'Percolation and cluster distribution. I. Cluster multiple labeling technique and critical concentration algorithm',
  venue: 'Physical Review B 14, 3438-3445',
  doi: '10.1103/PhysRevB.14.3438',
};
