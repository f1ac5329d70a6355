"""Reads the files of make_data.py with PyArrow, one thread: python read_data.py DIRECTORY ROUNDS"""

import statistics
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def read(path):
    """All rows as Python objects, as a loader needs them."""
    count = 0
    for batch in pq.ParquetFile(path).iter_batches(batch_size=100, use_threads=False):
        for row in batch.to_pylist():
            count += len(row["image"]["bytes"])
    return count


def labels(path):
    return sum(pq.read_table(path, columns=["label"], use_threads=False).column("label").to_pylist())


def main(directory, rounds):
    pa.set_cpu_count(1)
    for path in sorted(directory.glob("*.parquet")):
        for name, work in (("rows in order", read), ("labels alone", labels)):
            seconds, count = [], 0
            for _ in range(rounds):
                start = time.perf_counter()
                count = work(path)
                seconds.append(time.perf_counter() - start)
            middle = statistics.median(seconds)
            rate = f", {count / middle / 1e9:.2f} GB/s" if work is read else ""
            print(f"pyarrow  {path.stem:14} {name:22} {middle * 1000:9.1f} ms{rate}")


main(Path(sys.argv[1]), int(sys.argv[2]))
