"""Filters and measurements of scipy.ndimage; `function` says which."""

import numpy as np
from harness import measure
from scipy import ndimage


def unsharp(volume, sigma, amount):
    blurred = ndimage.gaussian_filter(volume, sigma, mode="nearest", truncate=4)
    volume = volume + amount * (volume - blurred)
    return volume


def prepare(inputs, parameters, threads):
    volume = inputs["volume"]
    calls = {
        "gaussian": lambda p: {
            "data": ndimage.gaussian_filter(volume, p["sigma"], mode="nearest", truncate=4)
        },
        "unsharp": lambda p: {"data": unsharp(volume, p["sigma"], p["amount"])},
        "median": lambda p: {"data": ndimage.median_filter(volume, size=3, mode="nearest")},
        "gradient": lambda p: {
            "data": ndimage.gaussian_gradient_magnitude(volume, p["sigma"], mode="nearest")
        },
        "distance": lambda p: {"data": ndimage.distance_transform_edt(volume == p["label"])},
        "label": lambda p: {"value": ndimage.label(volume == p["label"])[1]},
    }
    function = calls[parameters["function"]]
    # SciPy computes in the type of its input, and filters of labels are not asked for.
    return lambda: function(parameters)


measure(prepare)
