/** The cathode as an entry of the phantom registry. */
import { cathodeParameters } from './cathode-parameters.ts';
import { estimateCathodeBytes, generateCathode, type PhaseFractions } from './cathode.ts';
import { definePhantom } from './phantom.ts';

export const phantom = definePhantom({
  id: 'cathode',
  title: 'Lithium-ion cathode',
  summary:
    'Three-phase cathode (particles, carbon-binder domain, pores) as a noisy grey scan with its true labels.',
  parameters: cathodeParameters,
  estimateBytes: ({ size }) => estimateCathodeBytes(size),
  async generate(params, hooks) {
    const { grey, truth, parameters, statistics } = await generateCathode(params, hooks);
    const { fractions, subVoxelFractions, diameters, crackShare } = statistics;
    return {
      volumes: [
        { stem: 'grey', volume: grey },
        { stem: 'truth', volume: truth },
      ],
      notes: [
        `True fractions: ${describeFractions(fractions)}; ${diameters.length} particles.`,
        'Grey level = (v + 0.9)/3 · 65535, with v = 0.10 pore, 0.45 carbon-binder domain, 1.00 active material before the scanner effects.',
        'Truth labels: 0 pore, 1 carbon-binder domain, 2 active material.',
      ],
      facts: {
        parameters: { ...parameters },
        fractions: { ...fractions },
        subVoxelFractions: { ...subVoxelFractions },
        crackShare,
        particleDiametersVoxels: diameters,
      },
    };
  },
});

function describeFractions({ pore, carbonBinder, activeMaterial }: PhaseFractions): string {
  return `pore ${pore.toFixed(4)}, carbon-binder domain ${carbonBinder.toFixed(4)}, active material ${activeMaterial.toFixed(4)}`;
}
