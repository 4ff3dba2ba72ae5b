import { describe, expect, it } from 'vitest';
import {
  boundConductance,
  describeNetwork,
  growForest,
  type Network,
  routeResidual,
} from './diffusion-certificate.ts';
import { type LevelShape, linkTables, planLevels, type Triple } from './diffusion-grid.ts';
import { createLevel, type Level, linkCells } from './diffusion-multigrid.ts';
import { randomUniform } from './random.ts';

const SIZE: Triple = [7, 6, 8];
const [NX, NY, NZ] = SIZE;

/** A block with random holes; every cell of class 1 or 2 is joined to a face or cut off. */
function randomCells(): Uint8Array {
  return Uint8Array.from({ length: NX * NY * NZ }, (_, i) => {
    const value = randomUniform(3, 0, i);
    return value < 0.4 ? 0 : value < 0.8 ? 1 : 2;
  });
}

function levelOf(cells: Uint8Array, periodic: boolean): Level {
  const level = createLevel(planLevels(SIZE, [1, 1, 1])[0] as LevelShape, periodic);
  linkCells(level, cells, linkTables([0, 1, 0.25], [1, 1, 1]));
  return level;
}

/** Cells of the order with their parents; null for an outer face. */
function parentsOf(order: Uint32Array): ReadonlyMap<number, number | null> {
  return new Map(
    [...order].map((entry) => {
      const cell = entry >>> 3;
      const at = [cell % NX, Math.floor(cell / NX) % NY, Math.floor(cell / (NX * NY))] as [
        number,
        number,
        number,
      ];
      const axis = (entry & 7) >> 1;
      const moved = (at[axis] as number) + ((entry & 1) === 0 ? -1 : 1);
      if (axis === 2 && (moved < 0 || moved >= NZ)) return [cell, null] as const;
      at[axis] = (moved + (SIZE[axis] as number)) % (SIZE[axis] as number);
      return [cell, at[0] + NX * (at[1] + NY * at[2])] as const;
    }),
  );
}

function place(cell: number, { slice, stride }: LevelShape): number {
  const y = Math.floor(cell / NX) % NY;
  return slice * (Math.floor(cell / (NX * NY)) + 1) + stride * y + (cell % NX);
}

describe.each([false, true])('the forest, periodic sides: %s', (periodic) => {
  it('spans the cells that are joined to a face, parents first', () => {
    const cells = randomCells();
    const order = growForest(cells, SIZE, periodic);
    const parents = parentsOf(order);
    expect(parents.size).toBe(order.length);
    expect(order.length).toBeGreaterThan(100);
    const seen = new Set<number>();
    for (const [cell, parent] of parents) {
      expect(parent === null || seen.has(parent)).toBe(true);
      seen.add(cell);
    }
    const marked = cells.reduce((count, value) => count + (value >> 6), 0);
    expect(marked).toBe(order.length);
  });

  it('carries every cell’s residual to the faces', () => {
    const cells = randomCells();
    const level = levelOf(cells, periodic);
    const untouched = cells.slice();
    const order = growForest(cells, SIZE, periodic);
    const parents = parentsOf(order);
    const flow = new Float64Array(level.shape.length);
    const residual = new Map<number, number>();
    for (const cell of parents.keys()) {
      residual.set(cell, randomUniform(8, 0, cell) - 0.5);
      flow[place(cell, level.shape)] = residual.get(cell) as number;
    }
    const { dissipation, handled } = routeResidual(level, cells, order, flow);
    expect(cells).toEqual(untouched);
    const outflow = new Map<number | null, number>();
    const add = (cell: number | null, amount: number): void => {
      outflow.set(cell, (outflow.get(cell) ?? 0) + amount);
    };
    let total = 0;
    for (const [cell, parent] of parents) {
      const carried = flow[place(cell, level.shape)] as number;
      add(cell, carried);
      add(parent, -carried);
      const [a, b] = [cells[cell], parent === null ? null : cells[parent]];
      const conductivity = (value: number): number => (value === 1 ? 1 : 0.25);
      const own = conductivity(a as number);
      const other = b === null ? Number.POSITIVE_INFINITY : conductivity(b as number);
      total += (carried * carried * (1 / own + 1 / other)) / 2;
    }
    for (const [cell, amount] of residual) expect(outflow.get(cell)).toBeCloseTo(amount, 12);
    const sum = [...residual.values()].reduce((a, b) => a + b, 0);
    expect(outflow.get(null)).toBeCloseTo(-sum, 12);
    expect(dissipation / total).toBeCloseTo(1, 6);
    expect(handled).toBeGreaterThan(0);
  });
});

describe('the bounds', () => {
  const shape = planLevels([100, 100, 100], [1, 1, 1])[0] as LevelShape;
  const network: Network = {
    shape,
    cells: 1e6,
    weakest: 1,
    strongest: 2,
    linkRounding: 0,
  };

  it('are the energy, and the energy less the dissipation', () => {
    const { lower, upper } = boundConductance(30, { dissipation: 0.01, handled: 100 }, network);
    expect(upper).toBeGreaterThan(30);
    expect(upper / 30 - 1).toBeLessThan(1e-10);
    expect(lower).toBeLessThan(29.99);
    expect(29.99 / lower - 1).toBeLessThan(1e-8);
  });

  it('leave a margin for rounding even where nothing is to be carried', () => {
    const { lower, upper } = boundConductance(30, { dissipation: 0, handled: 0 }, network);
    expect(lower).toBeLessThan(30 * (1 - 1e-13));
    expect(upper).toBeGreaterThan(30 * (1 + 1e-13));
    const rounded = boundConductance(
      30,
      { dissipation: 0, handled: 0 },
      {
        ...network,
        linkRounding: 5e-8,
      },
    );
    expect(rounded.lower / lower - 1).toBeCloseTo(-5e-8, 12);
    expect(rounded.upper / upper - 1).toBeCloseTo(5e-8, 12);
  });

  it('say nothing below 0 where the residual is large', () => {
    expect(boundConductance(1, { dissipation: 3, handled: 1 }, network).lower).toBe(0);
  });

  it('know whether float32 holds the links', () => {
    const exact = describeNetwork(shape, 10, linkTables([0, 1], [1, 4, 1]));
    expect(exact).toMatchObject({ weakest: 1, strongest: 4, linkRounding: 0, cells: 10 });
    const { linkRounding } = describeNetwork(shape, 10, linkTables([0, 1, 0.1], [1, 1, 1]));
    expect(linkRounding).toBeGreaterThan(1e-9);
    expect(linkRounding).toBeLessThan(2 ** -24);
  });
});
