"""Measures one call of a peer library and prints what it cost as one line of JSON.

The request is the first argument: `inputs` (name -> path, dtype, shape with the slowest axis first),
`parameters`, `calls`, `threads` and `output` (a path for the resulting array, or null). The answer
holds processor and wall seconds of each call, the largest growth of the process's memory during the
first call, and the result as a number or as an array in `output`.
"""

import json
import sys
import time

import numpy as np


def _memory(field):
    """Bytes of a field of the process's status, 0 where the system does not tell."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith(field + ":"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def _forget_peak():
    try:
        with open("/proc/self/clear_refs", "w") as references:
            references.write("5")
    except OSError:
        pass


def measure(prepare):
    """`prepare(inputs, parameters, threads)` returns the call that is measured.

    The call returns a dictionary with `value` (a number) or `data` (an array), and anything else
    that is worth reporting as plain data.
    """
    request = json.loads(sys.argv[1])
    inputs = {
        name: np.fromfile(each["path"], each["dtype"]).reshape(each["shape"])
        for name, each in request["inputs"].items()
    }
    call = prepare(inputs, request["parameters"], request["threads"])
    cpu, wall, result, grown = [], [], None, 0
    for turn in range(request["calls"]):
        result = None
        _forget_peak()
        before = _memory("VmRSS")
        wall_start, cpu_start = time.perf_counter(), time.process_time()
        result = call()
        cpu.append(time.process_time() - cpu_start)
        wall.append(time.perf_counter() - wall_start)
        if turn == 0:
            grown = _memory("VmHWM") - before
    data = result.pop("data", None)
    answer = {"cpu": cpu, "wall": wall, "bytes": max(0, grown), **result}
    if data is not None and request["output"] is not None:
        np.ascontiguousarray(data, request["outputType"]).tofile(request["output"])
    print(json.dumps(answer))
