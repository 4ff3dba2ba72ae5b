"""Connected components of a seeded volume by scipy: the numbers that
tests/analytic/label-components.test.ts compares with.

python3 tests/support/label-components.py   (numpy 2, scipy 1.17)
"""

import numpy as np
from scipy import ndimage

NX, NY, NZ = 40, 33, 27


def seeded(below: int) -> np.ndarray:
    """Voxels whose Park & Miller 1988 number is below `below` twentieths are 1; z, y, x."""
    state, values = 2026, np.empty(NX * NY * NZ, np.uint8)
    for i in range(values.size):
        state = state * 48271 % 2147483647
        values[i] = state * 20 < below * 2147483647
    return values.reshape(NZ, NY, NX)


for rank, connectivity, below in (1, 6, 6), (2, 18, 2), (3, 26, 2):
    structure = ndimage.generate_binary_structure(3, rank)
    labels, count = ndimage.label(seeded(below), structure)
    sizes = np.bincount(labels.ravel())[1:]
    inner = np.pad(np.zeros((NZ - 2, NY - 2, NX - 2), bool), 1, constant_values=True)
    outer = np.isin(np.arange(1, count + 1), labels[inner])
    top = sizes.argmax() + 1
    print(
        {
            "connectivity": connectivity,
            "below": below,
            "components": count,
            "tooSmall": int((sizes < 5).sum()),
            "cutByBorder": int(((sizes >= 5) & outer).sum()),
            "sizes": sorted(map(int, sizes), reverse=True)[:8],
            "centroid": [float(c) for c in ndimage.center_of_mass(labels == top)[::-1]],
            "box": [e for s in ndimage.find_objects(labels)[top - 1][::-1] for e in (s.start, s.stop)],
        }
    )
