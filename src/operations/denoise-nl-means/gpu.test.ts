import { expect, it } from 'vitest';
import type { Size3 } from '../../volume/volume.ts';
import { checkedBoxes } from './gpu.ts';

it.each([[[40, 30, 20]], [[8, 8, 8]], [[5, 1, 300]]] satisfies [Size3][])(
  'checks blocks at both corners and in the middle of %j, all inside',
  (size) => {
    const boxes = checkedBoxes(size);
    expect(boxes).toHaveLength(3);
    expect(boxes[0]?.map(([start]) => start)).toEqual([0, 0, 0]);
    expect(boxes[2]?.map(([, end]) => end)).toEqual(size);
    for (const [axis, [start, end]] of boxes[1]?.entries() ?? []) {
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end - start).toBe(Math.min(8, size[axis] as number));
      expect(end).toBeLessThanOrEqual(size[axis] as number);
    }
  },
);
