/** Colours and opacities of the 3-D view as points over the preview's 0..255. Pure functions. */
import type { Phase } from '../../volume/volume.ts';
import { type ColourMapId, colourTable, parseColour } from './colour-maps.ts';

export interface TransferPoint {
  readonly value: number;
  /** 0 to 1 per unit distance. */
  readonly opacity: number;
  /** 0 to 1 each. */
  readonly colour: readonly [red: number, green: number, blue: number];
}

/** How opaque the brightest grey is; darker ones fade with the square. */
const GREY_OPACITY = 0.5;
const PHASE_OPACITY = 0.75;
const GREY_POINTS = 9;

/**
 * A ramp over the window: dark voxels are clear, bright ones dense. `range` is what the preview's
 * 0 and 255 stand for.
 */
export function greyTransfer(
  window: { readonly low: number; readonly high: number },
  range: readonly [number, number],
  colourMap: ColourMapId,
): readonly TransferPoint[] {
  const table = colourTable(colourMap);
  const span = range[1] - range[0] || 1;
  const toPreview = (value: number): number =>
    Math.max(0, Math.min(255, ((value - range[0]) / span) * 255));
  const start = toPreview(window.low);
  const end = Math.max(start + 1e-3, toPreview(window.high));
  return Array.from({ length: GREY_POINTS }, (_, i) => {
    const share = i / (GREY_POINTS - 1);
    const at = 3 * Math.round(share * 255);
    return {
      value: start + share * (end - start),
      opacity: GREY_OPACITY * share * share,
      colour: [
        (table[at] as number) / 255,
        (table[at + 1] as number) / 255,
        (table[at + 2] as number) / 255,
      ],
    };
  });
}

/**
 * One flat step for each label; pore, hidden and unlisted labels are clear. Where every phase would
 * be clear the pores are shown.
 */
export function phaseTransfer(
  phases: readonly Phase[],
  hidden: readonly number[],
): readonly TransferPoint[] {
  const listed = phases.filter((phase) => !hidden.includes(phase.label));
  const solid = listed.filter((phase) => !phase.pore);
  const seen = new Set((solid.length > 0 ? solid : listed).map((phase) => phase.label));
  return [...phases]
    .sort((a, b) => a.label - b.label)
    .filter((phase) => phase.label <= 255)
    .flatMap((phase) => {
      const [red, green, blue] = parseColour(phase.colour);
      const colour = [red / 255, green / 255, blue / 255] as const;
      const opacity = seen.has(phase.label) ? PHASE_OPACITY : 0;
      return [phase.label - 0.49, phase.label + 0.49].map((value) => ({ value, opacity, colour }));
    });
}
