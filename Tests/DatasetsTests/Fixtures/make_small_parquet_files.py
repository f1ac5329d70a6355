"""Writes the Parquet files in `parquet_small/`: each as small as it can be, one of each kind, for fuzzing.

Needs PyArrow 20 or newer:

    python make_small_parquet_files.py
"""

import datetime
import decimal
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent / "parquet_small"


def write(name, values, kind, nullable=True, metadata=None, row_group_size=None, **options):
    table = pa.table([pa.array(values, kind)], schema=pa.schema([pa.field("x", kind, nullable)]))
    usual = {"store_schema": False, "write_statistics": False, "use_dictionary": False, "compression": "none"}
    with pq.ParquetWriter(HERE / f"{name}.parquet", table.schema, **{**usual, **options}) as writer:
        writer.write_table(table, row_group_size)
        if metadata:
            writer.add_key_value_metadata(metadata)


def compressions():
    words = ["one", None, "two", "one", "one", "two"] * 4
    lists = [[1, 2], [], None, [3, None], [4] * 9]
    for codec in ("none", "snappy", "gzip", "zstd"):
        for version in ("1.0", "2.0"):
            options = {"compression": codec, "data_page_version": version}
            name = f"{codec}_v{version[0]}"
            write(f"words_{name}", words, pa.string(), use_dictionary=True, **options)
            write(f"numbers_{name}", [1, 2, 3] * 5, pa.int32(), False, **options)
            write(f"lists_{name}", lists, pa.list_(pa.int64()), **options)


def encodings():
    numbers = [-(2**31), 2**31 - 1, 0, 5, 5, 6] + list(range(30))
    texts = ["prefix" * (i % 3) + str(i) for i in range(8)]
    for kind, values, names in (
        (pa.int32(), numbers, ["DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"]),
        (pa.int64(), numbers, ["PLAIN", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"]),
        (pa.float32(), [0.5, -1.0, 3.0], ["PLAIN", "BYTE_STREAM_SPLIT"]),
        (pa.float64(), [0.5, -1.0, 3.0], ["PLAIN", "BYTE_STREAM_SPLIT"]),
        (pa.string(), texts, ["PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"]),
        (pa.binary(3), [b"abc", b"abd", b"xyz"], ["PLAIN", "DELTA_BYTE_ARRAY", "BYTE_STREAM_SPLIT"]),
        (pa.bool_(), [True, False, False, True] * 5, ["PLAIN", "RLE"]),
    ):
        for encoding in names:
            for version in ("1.0", "2.0"):
                nulls = [None if version == "2.0" and i == 1 else value for i, value in enumerate(values)]
                name = f"{str(kind).replace('[', '').replace(']', '')}_{encoding.lower()}_v{version[0]}"
                write(name, nulls, kind, column_encoding={"x": encoding}, data_page_version=version)


def types():
    day = datetime.date(2020, 2, 29)
    moment = datetime.datetime(2020, 2, 29, 12)
    write("uint64", [0, 2**63 - 1], pa.uint64())
    write("uint32", [0, 2**32 - 1], pa.uint32())
    write("int8", [-1, None], pa.int8())
    write("float16", [0.5, None], pa.float16())
    write("decimal", [decimal.Decimal("-12.345"), None], pa.decimal128(20, 3))
    write("date", [day, None], pa.date32())
    write("time", [datetime.time(1, 2, 3)], pa.time64("us"))
    write("timestamp", [moment], pa.timestamp("ms", "UTC"))
    write("int96", [moment, None], pa.timestamp("ns"), use_deprecated_int96_timestamps=True)
    write("nothing", [None, None], pa.int32())
    write("empty", [], pa.int32())


def nested():
    pair = pa.struct([("a", pa.int32()), ("b", pa.string())])
    pairs = [[{"a": 1, "b": None}, None], [], None, [{"a": None, "b": "x"}]]
    write("structure", [{"a": 1, "b": "y"}, None], pair)
    write("pairs", pairs, pa.list_(pair))
    write("pairs_v2", pairs, pa.list_(pair), data_page_version="2.0", compression="snappy")
    write("map", [[("k", 1), ("l", None)], None, []], pa.map_(pa.string(), pa.int32()))
    write("lists_of_lists", [[["a"], [], None], None, []], pa.list_(pa.list_(pa.string())))


def pages():
    """Several pages and row groups, with and without an index, and a dictionary that becomes too large."""
    words = [f"{i % 7:03}" for i in range(24)]
    common = {"row_group_size": 12, "data_page_size": 8, "write_batch_size": 4}
    for version in ("1.0", "2.0"):
        for index in (False, True):
            name = f"{'index' if index else 'scan'}_v{version[0]}"
            options = {"data_page_version": version, "write_page_index": index, **common}
            write(f"pages_{name}", words, pa.string(), use_dictionary=True, dictionary_pagesize_limit=16, **options)
            write(f"pages_of_lists_{name}", [[i] * (i % 3) for i in range(24)], pa.list_(pa.int32()), **options)
    write("checksum", [1, 2, 3], pa.int32(), write_page_checksum=True)
    write("statistics", ["a", "b"], pa.string(), write_statistics=True)


def features():
    """With the description that `datasets` adds."""

    def described(feature):
        return {"huggingface": json.dumps({"info": {"features": {"x": feature}}})}

    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    images = [{"bytes": b"\x89PNG", "path": None}, {"bytes": None, "path": "a.png"}, None]
    names = {"_type": "ClassLabel", "names": ["cat", "dog"]}
    write("image", images, image, metadata=described({"_type": "Image"}))
    write("label", [0, 1, None], pa.int64(), metadata=described(names))
    write("label_text", ["cat", "bird"], pa.string(), metadata=described(names))
    write("label_count", [0, 1], pa.int64(), metadata=described({"_type": "ClassLabel", "num_classes": 3}))
    sequence = {"_type": "Sequence", "feature": names}
    write("labels", [[0, 1], []], pa.list_(pa.int64()), metadata=described(sequence))


def main():
    HERE.mkdir(exist_ok=True)
    for old in HERE.glob("*"):
        old.unlink()
    compressions()
    encodings()
    types()
    nested()
    pages()
    features()


main()
