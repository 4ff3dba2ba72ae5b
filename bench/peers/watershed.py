"""scikit-image's watershed from markers: six neighbours, no lines."""

import numpy as np
from harness import measure
from skimage.segmentation import watershed


def prepare(inputs, parameters, threads):
    gradient = inputs["gradient"]
    markers = inputs["markers"].astype(np.int32)
    return lambda: {"data": watershed(gradient, markers, connectivity=1, watershed_line=False)}


measure(prepare)
