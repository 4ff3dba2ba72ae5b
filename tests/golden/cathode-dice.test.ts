/**
 * The researcher's sequence of filters and segmentation on synthetic cathodes with known truth:
 * non-local means, unsharp mask, marker watershed, scored by Dice, and the peaks of the histogram
 * on the way. Peers reached 0.887 (a) and 0.875 (b) with the same parameters.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { tiffFormat } from '../../src/io/formats/tiff/format.ts';
import { bytesSource } from '../../src/io/sources.ts';
import { greyHistogram } from '../../src/kernels/histogram.ts';
import { findPeaks } from '../../src/kernels/peaks.ts';
import { classScores, confusionMatrix, meanDice } from '../../src/kernels/scores.ts';
import { operation as watershed } from '../../src/operations/segment-watershed/index.ts';
import { createVolume, type Volume } from '../../src/volume/volume.ts';
import { nlMeans, nlMeansBytes } from '../../src/wasm/nl-means.ts';
import { sharpenUnsharpMask, unsharpBytes } from '../../src/wasm/unsharp.ts';
import { withTestKernels } from '../support/kernels.ts';
import {
  describeWithReference,
  readReference,
  readReferenceJson,
} from '../support/reference-data.ts';
import { rowsOf, runOperation, volumeOf } from '../support/run-operation.ts';

/** Grey value scale of the synthetic volumes. */
const LOWEST = -0.9;
const HIGHEST = 2.1;

type Peak = readonly [position: number, height: number, prominence: number];

interface PeerScores {
  readonly nlm_params: {
    readonly patch_size: number;
    readonly patch_distance: number;
    readonly h: number;
    readonly sigma: number;
  };
  readonly peaks: { readonly raw: readonly Peak[]; readonly nlm_um: readonly Peak[] };
  readonly nlm_um_ws_all: {
    readonly mean_dice: number;
    readonly pore: { readonly frac_err: number };
    readonly regions: readonly (readonly [number | null, number | null])[];
  };
}

const GOALS = [
  { name: 'cathode-a', dice: 0.885, automaticDice: 0.89 },
  { name: 'cathode-b', dice: 0.873, automaticDice: 0.88 },
] as const;

async function readTiff(name: string): Promise<Volume> {
  const source = bytesSource(readReference('filters', name), name);
  return (await tiffFormat.readVolume(source)).volume;
}

async function filter(raw: Volume, peer: PeerScores): Promise<Volume> {
  const { patch_size, patch_distance, h, sigma } = peer.nlm_params;
  const parameters = {
    patchRadius: (patch_size - 1) / 2,
    searchRadius: patch_distance,
    h,
    sigma,
  };
  const data = raw.data as Float32Array;
  const denoised = await withTestKernels(
    nlMeansBytes(raw.size, parameters),
    (session) => nlMeans(session, data, raw.size, parameters),
    2,
  );
  const unsharp = { sigma: 2, amount: 1, threshold: 0 };
  const sharpened = await withTestKernels(
    unsharpBytes(raw.size, unsharp),
    (session) => sharpenUnsharpMask(session, denoised, raw.size, unsharp),
    2,
  );
  return createVolume({ ...raw, data: sharpened });
}

function positions(volume: Volume): readonly number[] {
  const histogram = greyHistogram(volume.data as Float32Array);
  return histogram === null ? [] : findPeaks(histogram).map((peak) => peak.position);
}

describeWithReference('cathodes with known truth', ['filters', 'peer-scores.json'], () => {
  describe.each(GOALS)('$name', ({ name, dice, automaticDice }) => {
    let peer: PeerScores;
    let raw: Volume;
    let filtered: Volume;
    let truth: Volume;

    beforeAll(async () => {
      peer = (readReferenceJson('filters', 'peer-scores.json') as Record<string, PeerScores>)[
        name
      ] as PeerScores;
      const levels = await readTiff(`${name}_gray_u16.tif`);
      truth = await readTiff(`${name}_truth_u8.tif`);
      const grey = Float32Array.from(
        levels.data as Uint16Array,
        (level) => (level / 65_535) * (HIGHEST - LOWEST) + LOWEST,
      );
      raw = createVolume({ ...levels, kind: 'grey', data: grey });
      filtered = await filter(raw, peer);
    });

    function score(labels: Volume): { readonly dice: number; readonly porosityError: number } {
      const confusion = confusionMatrix(labels.data as Uint8Array, truth.data as Uint8Array, 3);
      return {
        dice: meanDice(confusion),
        porosityError: classScores(confusion)[0]?.fractionError as number,
      };
    }

    it('has one peak before the filters and three after them', () => {
      const expected = peer.peaks.nlm_um.map(([position]) => position);
      const found = positions(filtered);
      expect(positions(raw)).toHaveLength(1);
      expect(found).toHaveLength(3);
      found.forEach((position, i) => {
        expect(Math.abs(position - (expected[i] as number))).toBeLessThan(0.03);
      });
    });

    it(`reaches a mean Dice of ${dice} with the peers' intervals`, async () => {
      const intervals = peer.nlm_um_ws_all.regions.map(([from, to], i) => ({
        name: `phase ${i}`,
        from,
        to,
      }));
      const found = score(volumeOf(await runOperation(watershed, filtered, { intervals })));
      console.log(
        `${name}, peers' intervals: mean Dice ${found.dice.toFixed(4)}, porosity error ${found.porosityError.toFixed(4)}`,
      );
      expect(found.dice).toBeGreaterThanOrEqual(dice);
      expect(Math.abs(found.porosityError)).toBeLessThan(
        Math.abs(peer.nlm_um_ws_all.pore.frac_err) + 0.003,
      );
    });

    it(`reaches ${automaticDice} with intervals it finds itself`, async () => {
      const result = await runOperation(watershed, filtered);
      const found = score(volumeOf(result));
      console.log(
        `${name}, automatic intervals: mean Dice ${found.dice.toFixed(4)}, porosity error ${found.porosityError.toFixed(4)}`,
      );
      expect(rowsOf(result, 'regions').map((row) => row['phase'])).toEqual([
        'pore',
        'phase 1',
        'phase 2',
      ]);
      expect(found.dice).toBeGreaterThanOrEqual(automaticDice);
    });

    it('refuses to guess intervals before the filters', async () => {
      await expect(runOperation(watershed, raw)).rejects.toThrow(
        /has one peak .* denoise and sharpen the volume first/,
      );
    });
  });
});
