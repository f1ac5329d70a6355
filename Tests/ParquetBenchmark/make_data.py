"""Makes Parquet files with as many bytes of images as a small data set has: python make_data.py DIRECTORY"""

import random
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FORMS = {
    "snappy": {"compression": "snappy", "row_group_size": 100},
    "snappy_index": {"compression": "snappy", "row_group_size": 1000, "write_page_index": True},
    "uncompressed": {"compression": "none", "row_group_size": 100},
}


def main(directory):
    directory.mkdir(parents=True, exist_ok=True)
    numbers = random.Random(1)
    # JPEGs do not get smaller, so random bytes stand for them.
    images = [
        {"bytes": numbers.randbytes(numbers.randint(20_000, 80_000)), "path": f"{index}.jpg"} for index in range(4000)
    ]
    table = pa.table({"image": images, "label": [index % 100 for index in range(len(images))]})
    for name, options in FORMS.items():
        path = directory / f"{name}.parquet"
        if not path.exists():
            pq.write_table(table, path, use_dictionary=False, write_batch_size=100, **options)


main(Path(sys.argv[1]))
