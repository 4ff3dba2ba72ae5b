"""The tortuosity factor by successive over-relaxation on a checkerboard, as TauFactor 1.2.1 does it.

Written anew after the description and the source of TauFactor (Cooper et al. 2016,
doi 10.1016/j.softx.2016.09.002; Kench et al. 2023, doi 10.21105/joss.05358), with its tensor
operations: each iteration updates one colour, but computes all voxels; omega = 2 - pi / (1.5 n);
float32; faces half a voxel away, which count as two neighbours; a linear start; every 100 iterations
a test of the spread of the fluxes through the slices and of the step of the tortuosity factor.
"""

import math

import numpy as np
import torch
from harness import measure

FLUX_SPREAD = 1e-2
TAU_STEP = 2e-3
CHECK_EVERY = 100
MOST_ITERATIONS = 10_000


def surround(volume, first, last):
    """A border of one voxel: the faces across the flux hold `first` and `last`, the sides 0."""
    padded = torch.nn.functional.pad(volume, (1, 1, 1, 1, 1, 1))
    padded[0], padded[-1] = first, last
    return padded


def count_neighbours(phase):
    padded = surround(phase, 2, 2)
    total = torch.zeros_like(padded)
    for axis in range(3):
        for step in (1, -1):
            total += torch.roll(padded, step, axis)
    inner = total[1:-1, 1:-1, 1:-1]
    inner[phase == 0] = torch.inf
    inner[inner == 0] = torch.inf
    return inner


def checkerboards(shape, omega):
    along = np.meshgrid(*(range(n) for n in shape), indexing="ij")
    even = (sum(along) % 2 == 0).astype(np.float64)
    return [torch.tensor(omega * board, dtype=torch.float32) for board in (even, 1 - even)]


def linear_profile(n):
    half = 0.5 / n
    return torch.linspace(-0.5 + half, 0.5 - half, n)[:, None, None]


def measured_tau(field, neighbours, porosity):
    """Tortuosity factor from the mean flux, and the relative spread of the fluxes of all slices."""
    flux = field[2:-1, 1:-1, 1:-1] - field[1:-2, 1:-1, 1:-1]
    flux[neighbours[:-1] > 8] = 0
    flux[neighbours[1:] > 8] = 0
    slices = flux.sum((1, 2)).numpy()
    nx, ny, nz = neighbours.shape
    largest = slices.max()
    spread = (largest - slices.min()) / largest if largest != 0 else math.nan
    diffusivity = slices.mean() * nx / (ny * nz)
    return porosity / diffusivity if diffusivity != 0 else math.inf, spread


def solve(labels):
    phase = torch.tensor(labels, dtype=torch.float32)
    porosity = float(phase.mean())
    omega = 2 - math.pi / (1.5 * labels.shape[0])
    field = surround(phase * linear_profile(labels.shape[0]), -1, 1)
    neighbours = count_neighbours(phase)
    boards = checkerboards(labels.shape, omega)
    before, tau, iterations, converged = -1.0, math.nan, 0, False
    while not converged and iterations < MOST_ITERATIONS:
        change = (
            field[2:, 1:-1, 1:-1]
            + field[:-2, 1:-1, 1:-1]
            + field[1:-1, 2:, 1:-1]
            + field[1:-1, :-2, 1:-1]
            + field[1:-1, 1:-1, 2:]
            + field[1:-1, 1:-1, :-2]
        )
        change /= neighbours
        change -= field[1:-1, 1:-1, 1:-1]
        change *= boards[iterations % 2]
        field[1:-1, 1:-1, 1:-1] += change
        iterations += 1
        if iterations % CHECK_EVERY == 0:
            tau, spread = measured_tau(field, neighbours, porosity)
            converged = spread < FLUX_SPREAD and abs(tau - before) < TAU_STEP
            before = tau
    return {"value": float(tau), "iterations": iterations, "converged": bool(converged)}


def prepare(inputs, parameters, threads):
    torch.set_num_threads(threads)
    # The flux runs along the first axis of the array.
    phase = np.moveaxis(inputs["volume"] == parameters["label"], parameters["axis"], 0)
    labels = np.ascontiguousarray(phase, np.uint8)

    def call():
        with torch.no_grad():
            return solve(labels)

    return call


if __name__ == "__main__":
    measure(prepare)
