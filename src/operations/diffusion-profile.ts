/** The profile of a steady diffusion solve along the flux, as rows of a table. */
import type { Cell, Column, TablePlot } from '../declaration/results.ts';
import type { DiffusionProfile, PlaneProfile } from '../kernels/diffusion-field.ts';
import type { FluxDirection } from '../kernels/diffusion-grid.ts';
import type { Volume } from '../volume/volume.ts';
import { AXES, conductingPhaseColumns } from './steady-diffusion.ts';

const columns: readonly Column[] = [
  ...conductingPhaseColumns,
  {
    id: 'direction',
    title: 'Direction',
    symbol: '',
    unit: '',
    help: 'Axis of the mean flux; planes lie across it.',
  },
  {
    id: 'plane',
    title: 'Plane',
    symbol: 'k',
    unit: '',
    help: 'Index of the plane of voxels along the direction, from 0 at the inlet.',
  },
  {
    id: 'position',
    title: 'Position',
    symbol: 'x',
    unit: '',
    help: 'Distance of the plane’s voxel centres from the inlet’s face.',
  },
  {
    id: 'unit',
    title: 'Unit',
    symbol: '',
    unit: '',
    help: 'Unit of the position: that of the voxel size, or voxels where it is unknown.',
  },
  {
    id: 'phaseFraction',
    title: 'Phase fraction',
    symbol: 'ε_k',
    unit: '',
    help: 'Share of the plane’s voxels that belong to the phase.',
  },
  {
    id: 'percolatingFraction',
    title: 'Percolating share of the plane',
    symbol: '',
    unit: '',
    help: 'Share of the plane’s voxels that belong to the phase and are joined to both outer faces.',
  },
  {
    id: 'meanConcentration',
    title: 'Mean concentration',
    symbol: 'c_k',
    unit: '',
    help: 'Mean over the percolating voxels of the plane: 1 on the inlet’s face, 0 on the outlet’s.',
  },
  {
    id: 'flux',
    title: 'Flux',
    symbol: 'J/J0',
    unit: '',
    help: 'Flux from this plane to the next (from the last one through the outlet’s face) over D0 Δc / L. The exact solution has D_eff/D0 everywhere; how far this scatters shows what the solver left.',
  },
  {
    id: 'localTortuosityFactor',
    title: 'Local tortuosity factor',
    symbol: 'τ_k',
    unit: '',
    help: 'That of the slab from this plane to the next: ε D0 (c_k − c_k+1) / (D_eff Δx / L), ε the harmonic mean of the two phase fractions. Empty for the last plane.',
  },
];

/** Values plane by plane along the flux; a panel for each direction. */
function planePlot(id: string, title: string, y: TablePlot['y']): TablePlot {
  const x = { column: 'position', unit: 'unit', title: 'Position x' };
  return { id, title, kind: 'line', x, y, series: 'phase', panels: 'direction' };
}

export const profileTable = {
  title: 'Profile along the flux',
  columns,
  plots: [
    planePlot('local-tortuosity-factor', 'Local tortuosity factor along the flux', {
      column: 'localTortuosityFactor',
    }),
    planePlot('concentration', 'Mean concentration along the flux', {
      column: 'meanConcentration',
    }),
    planePlot('fraction', 'Phase fraction along the flux', { column: 'phaseFraction' }),
  ],
} as const;

export interface ProfiledCase {
  readonly label: number;
  readonly name: string;
  readonly direction: FluxDirection;
}

/** `effectiveDiffusivity` is D_eff / D0 of the same solve. */
export function profileRows(
  { label, name, direction }: ProfiledCase,
  { planes }: DiffusionProfile,
  effectiveDiffusivity: number,
  { spacing }: Volume,
): readonly Readonly<Record<string, Cell>>[] {
  const edge = spacing?.values[direction] ?? 1;
  const slabFactor = (plane: PlaneProfile, next: PlaneProfile): number => {
    const fraction =
      (2 * plane.phaseFraction * next.phaseFraction) / (plane.phaseFraction + next.phaseFraction);
    const drop = plane.meanConcentration - next.meanConcentration;
    return (fraction * drop * planes.length) / effectiveDiffusivity;
  };
  return planes.map((plane, k) => {
    const next = planes[k + 1];
    return {
      label,
      phase: name,
      direction: AXES[direction],
      plane: k,
      position: (k + 0.5) * edge,
      unit: spacing?.unit ?? 'voxels',
      phaseFraction: plane.phaseFraction,
      percolatingFraction: plane.percolatingFraction,
      meanConcentration: plane.meanConcentration,
      flux: plane.flux,
      localTortuosityFactor: next === undefined ? null : slabFactor(plane, next),
    };
  });
}

export const profileNotes: readonly string[] = [
  'τ_k = ε_h D0 (c_k − c_k+1) / (J Δx) for the slab between the centres of two planes, with J = D_eff Δc / L and ε_h the harmonic mean of the two planes’ phase fractions: exactly 1 in straight prisms and wherever the concentration is constant within planes. In the half voxels at the two faces it is 1 for the percolating part. τ / ε is the mean of τ_k / ε_h over the length.',
  'Mean concentrations are means over the percolating voxels of a plane, so they may rise from one plane to the next where the phase narrows, and τ_k may then be negative.',
];

export function spreadNote({ name, direction }: ProfiledCase, { fluxSpread }: DiffusionProfile) {
  return `The flux of ${name} through its cross-sections along ${AXES[direction]} scatters by ${fluxSpread.toExponential(1)} of its mean, largest less smallest; the exact solution has one flux.`;
}
