"""scikit-image's thresholds by Otsu's method for several classes, over 256 bins."""

from harness import measure
from skimage.filters import threshold_multiotsu


def prepare(inputs, parameters, threads):
    volume = inputs["volume"]
    classes = parameters["classes"]
    return lambda: {"value": float(threshold_multiotsu(volume, classes=classes)[0])}


measure(prepare)
