"""Local thickness at 25 sizes, as PoreSpy 2 does it in its mode 'dt'.

Written anew after the description of PoreSpy's filter: radii spaced evenly in their logarithm from
the largest distance to 1; for each, the voxels that a ball of that radius may be centred on are those
with at least that distance, and the ball covers what lies nearer to them than its radius. The
distances come from SciPy or, where `library` names it, from a compiled transform, since PoreSpy uses
a compiled one as well.
"""

import ctypes

import numpy as np
from harness import measure
from scipy import ndimage

SIZES = 25


def compiled_transform(path):
    library = ctypes.CDLL(path)
    nx_ny_nz = [ctypes.c_int] * 3
    library.distances.argtypes = [ctypes.c_void_p, ctypes.c_void_p, *nx_ny_nz]

    def transform(phase):
        phase = np.ascontiguousarray(phase, np.uint8)
        out = np.empty(phase.shape, np.float32)
        nz, ny, nx = phase.shape
        library.distances(phase.ctypes.data, out.ctypes.data, nx, ny, nz)
        return out

    return transform


def local_thickness(phase, transform):
    distances = transform(phase)
    radii = np.logspace(np.log10(distances.max()), 0, SIZES)
    thickness = np.zeros(phase.shape)
    for radius in radii:
        centres = distances >= radius
        if centres.any():
            covered = transform(~centres) < radius
            thickness[(thickness == 0) & covered] = radius
    return thickness


def prepare(inputs, parameters, threads):
    phase = inputs["volume"] == parameters["label"]
    path = parameters.get("library")
    transform = ndimage.distance_transform_edt if path is None else compiled_transform(path)

    def call():
        thickness = local_thickness(phase, transform)
        return {"value": 2 * float(thickness[phase].mean())}

    return call


measure(prepare)
