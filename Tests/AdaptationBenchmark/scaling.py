"""Simulates a step of layer-wise AdaMerging on many ranks, from measured times of its parts.

Usage: python scaling.py UNIT_SECONDS MERGE_SECONDS TASKS PARAMETERS [LATENCY BYTES_PER_SECOND]

UNIT_SECONDS: forward and backward of a micro-batch; MERGE_SECONDS: the merged weights. Each rank is alone on its host
here; the ranks of a host would share the latter. The default network has 20 µs and 1.25 GB/s: Ethernet with 10 Gbit/s. What is simulated is what Fabric.reduce does: ranks
own neighbouring micro-batches, add theirs up in a fixed binary tree, and send what is complete to rank 0, which adds it
up in the order of the tree and sends the sum to all, in a binomial tree.
"""

import math
import sys

unit, merge = map(float, sys.argv[1:3])
tasks, parameters = map(int, sys.argv[3:5])
latency, rate = map(float, sys.argv[5:7] if len(sys.argv) > 5 else ("20e-6", "1.25e9"))
size = 8 * (tasks + tasks * parameters)


def owners(units, ranks):
    return [min(ranks - 1, int((number + 0.5) * ranks / units)) for number in range(units)]


def step(units, ranks):
    """Seconds of a step, and the bytes that rank 0 receives."""
    owner = owners(units, ranks)
    ready = {rank: merge + unit * owner.count(rank) for rank in range(ranks)}
    clock = ready[0]
    received = 0

    def visit(start, end):
        nonlocal clock, received
        if owner[start] == owner[end - 1]:
            if owner[start] != 0:
                clock = max(clock, ready[owner[start]] + latency) + latency + size / rate
                received += size
            return
        middle = start + 2 ** math.ceil(math.log2(end - start) - 1)
        visit(start, middle)
        visit(middle, end)

    visit(0, units)
    return clock + math.ceil(math.log2(ranks)) * (latency + size / rate), received


for units in (8, 128, 2048):
    alone, _ = step(units, 1)
    print(f"{units} micro-batches a step ({units * 16} images): {alone:.2f} s on one rank")
    for ranks in (2, 8, 32, 128, 512, 1024):
        if ranks > units:
            continue
        seconds, received = step(units, ranks)
        print(
            f"  {ranks:5} ranks: {seconds:8.3f} s, {alone / seconds:7.1f} times as fast "
            f"({alone / seconds / ranks:.0%} of ideal); rank 0 receives {received / 1e6:.2f} MB"
        )
