"""Writes the Parquet files in `parquet/`, and what is in them to `parquet/expected.json`.

Needs PyArrow 20 or newer and datasets 4 or newer:

    python make_parquet_fixtures.py
"""

import datetime
import decimal
import json
import random
import struct
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import ClassLabel, Dataset, Features, Image, List, Sequence, Value

HERE = Path(__file__).parent / "parquet"
TABLES = {}
FILES = {}
RANDOM = random.Random(7)


# What is expected: values with a mark for those that JSON does not have.


def encoded(value, kind):
    if value is None:
        return None
    if pa.types.is_float16(kind) or pa.types.is_floating(kind):
        return {"float": struct.pack(">d", float(value)).hex()}
    if pa.types.is_decimal(kind):
        return format(value, "f")
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return {"bytes": value.hex()}
    if pa.types.is_map(kind):
        return [
            {"struct": {"key": encoded(k, kind.key_type), "value": encoded(v, kind.item_type)}} for k, v in value
        ]
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return [encoded(item, kind.value_type) for item in value]
    if pa.types.is_struct(kind):
        return {"struct": {field.name: encoded(value[field.name], field.type) for field in kind}}
    return value


def rows_of(table):
    columns = {}
    for name, kind in zip(table.schema.names, table.schema.types):
        column = table.column(name)
        if pa.types.is_date32(kind) or pa.types.is_time32(kind):
            column = column.cast(pa.int32())
        elif pa.types.is_timestamp(kind) or pa.types.is_time64(kind):
            column = column.cast(pa.int64())
        columns[name] = [encoded(value, column.type) for value in column.to_pylist()]
    return columns


def remember(file, table_name, features=None):
    """Notes what a file holds, as PyArrow reads it; files with the same content share it."""
    columns = rows_of(pq.read_table(HERE / file))
    entry = {"columns": columns, "features": features}
    assert TABLES.setdefault(table_name, entry)["columns"] == columns, file
    FILES[file] = table_name


def write(file, table, table_name, **options):
    pq.write_table(table, HERE / file, **{"store_schema": False, **options})
    remember(file, table_name)


# Tables


def with_nulls(values, nulls):
    return [None if nulls and index % 5 == 1 else value for index, value in enumerate(values)]


def flat(count, nulls):
    def ints(low, high):
        return with_nulls([low, high] + [RANDOM.randint(low, high) for _ in range(count - 2)], nulls)

    def floats():
        return with_nulls([0.0, float("inf")] + [RANDOM.uniform(-9, 9) for _ in range(count - 2)], nulls)

    words = [RANDOM.choice(["", "a", "zwölf", "naïve — ☃", "x" * 40]) + str(i % 7) for i in range(count)]
    seconds = [RANDOM.randint(-(10**9), 10**9) for _ in range(count)]
    columns = {
        "bool": pa.array(with_nulls([RANDOM.random() < 0.5 for _ in range(count)], nulls), pa.bool_()),
        "float16": pa.array(with_nulls([float(i) / 4 for i in range(count)], nulls), pa.float16()),
        "float32": pa.array(floats(), pa.float32()),
        "float64": pa.array(floats(), pa.float64()),
        "string": pa.array(with_nulls(words, nulls), pa.string()),
        "binary": pa.array(with_nulls([RANDOM.randbytes(i % 11) for i in range(count)], nulls), pa.binary()),
        "fixed": pa.array(with_nulls([RANDOM.randbytes(5) for _ in range(count)], nulls), pa.binary(5)),
        "date": pa.array(
            with_nulls([datetime.date(1970, 1, 1) + datetime.timedelta(s // 86400) for s in seconds], nulls)
        ),
        "time": pa.array(with_nulls([abs(s) for s in seconds], nulls), pa.time64("us")),
        "timestamp": pa.array(with_nulls(seconds, nulls), pa.timestamp("us")),
        "zoned": pa.array(with_nulls(seconds, nulls), pa.timestamp("ms", "UTC")),
        "decimal": pa.array(
            with_nulls([decimal.Decimal(s).scaleb(-3) for s in seconds], nulls), pa.decimal128(20, 3)
        ),
        "constant": pa.array(with_nulls([7] * count, nulls), pa.int64()),
        "nothing": pa.array([None] * count, pa.int32()),
    }
    for bits in (8, 16, 32, 64):
        columns[f"int{bits}"] = pa.array(ints(-(1 << bits - 1), (1 << bits - 1) - 1), pa.type_for_alias(f"int{bits}"))
        columns[f"uint{bits}"] = pa.array(ints(0, (1 << min(bits, 63)) - 1), pa.type_for_alias(f"uint{bits}"))
    return pa.table(columns)


def required(table):
    """The same without the possibility of nulls."""
    table = table.drop_columns(["nothing"])
    return table.cast(pa.schema([field.with_nullable(False) for field in table.schema]))


def nested(count):
    def some(make, low=0):
        return [make() for _ in range(RANDOM.randint(low, 3))]

    def maybe(make):
        return None if RANDOM.random() < 0.2 else make()

    def number():
        return RANDOM.randint(-5, 5)

    def word():
        return RANDOM.choice(["", "b", "ccc"])

    def pair():
        return {"x": maybe(number), "y": maybe(lambda: some(lambda: maybe(word)))}

    rows = [
        {
            "list": maybe(lambda: some(lambda: maybe(number))),
            "lists": maybe(lambda: some(lambda: maybe(lambda: some(lambda: maybe(word))))),
            "struct": maybe(lambda: {"a": maybe(number), "b": maybe(lambda: {"c": maybe(word)})}),
            "pairs": maybe(lambda: some(lambda: maybe(pair))),
            "map": maybe(lambda: [(word() + str(i), maybe(number)) for i in range(RANDOM.randint(0, 3))]),
            "full": some(number, 1),
            "flat": number(),
        }
        for _ in range(count)
    ]
    inner = pa.struct([("x", pa.int32()), ("y", pa.list_(pa.string()))])
    return pa.Table.from_pylist(
        rows,
        schema=pa.schema(
            [
                ("list", pa.list_(pa.int64())),
                ("lists", pa.list_(pa.list_(pa.string()))),
                ("struct", pa.struct([("a", pa.int16()), ("b", pa.struct([("c", pa.string())]))])),
                ("pairs", pa.list_(inner)),
                ("map", pa.map_(pa.string(), pa.int32())),
                pa.field("full", pa.list_(pa.field("element", pa.int32(), False)), False),
                pa.field("flat", pa.int8(), False),
            ]
        ),
    )


def combinations():
    tables = {"flat": flat(24, True), "required": required(flat(24, False)), "nested": nested(40)}
    for name, table in tables.items():
        for codec in ("none", "snappy", "gzip", "zstd"):
            for version in ("1.0", "2.0"):
                write(
                    f"{name}_{codec}_v{version[0]}.parquet",
                    table,
                    name,
                    compression=codec,
                    data_page_version=version,
                    use_dictionary=codec in ("none", "zstd"),
                    write_page_checksum=codec != "gzip",
                    write_page_index=version == "2.0" and codec != "none",
                    write_statistics=codec != "zstd",
                )
    for codec in ("brotli", "lz4"):
        pq.write_table(tables["flat"].select(["int8"]), HERE / f"refused_{codec}.parquet", compression=codec)


def encodings():
    """Each type in each encoding that there is for it."""
    by_type = {
        pa.int32(): ["PLAIN", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"],
        pa.int64(): ["PLAIN", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"],
        pa.float32(): ["PLAIN", "BYTE_STREAM_SPLIT"],
        pa.float64(): ["PLAIN", "BYTE_STREAM_SPLIT"],
        pa.string(): ["PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"],
        pa.binary(6): ["PLAIN", "DELTA_BYTE_ARRAY", "BYTE_STREAM_SPLIT"],
        pa.bool_(): ["PLAIN", "RLE"],
    }
    count = 300
    columns, names = {}, {}
    for kind, encodings_of_type in by_type.items():
        for encoding in encodings_of_type:
            if kind == pa.bool_():
                values = [i % 100 < 50 or RANDOM.random() < 0.3 for i in range(count)]
            elif pa.types.is_integer(kind):
                edge = (1 << kind.bit_width - 1) - 1
                values = [-edge - 1, edge, 0] + [RANDOM.randint(-9, 9) * i for i in range(count - 4)] + [edge]
            elif pa.types.is_floating(kind):
                values = [RANDOM.gauss(0, 1) for _ in range(count)]
            elif kind == pa.string():
                values = ["prefix" * (i % 4) + str(i) for i in range(count)]
            else:
                values = [b"same" + struct.pack(">H", i) for i in range(count)]
            for nulls in (False, True):
                name = f"{kind}_{encoding}{'_nulls' if nulls else ''}"
                columns[name] = pa.array(with_nulls(values, nulls), kind)
                names[name] = encoding
    table = pa.table(columns)
    for version in ("1.0", "2.0"):
        write(
            f"encodings_v{version[0]}.parquet",
            table,
            "encodings",
            column_encoding=names,
            use_dictionary=False,
            data_page_version=version,
            compression="zstd",
        )


def pages():
    """Many pages and row groups; dictionaries that grow too large."""
    count = 1000
    table = pa.table(
        {
            "number": pa.array(range(count), pa.int32()),
            "text": pa.array([f"{i % 300:04}" if i % 9 else None for i in range(count)]),
            "list": pa.array([[i, i + 1][: i % 3] for i in range(count)], pa.list_(pa.int32())),
        }
    )
    common = {"data_page_size": 256, "write_batch_size": 50, "row_group_size": 400, "compression": "snappy"}
    for index in (False, True):
        for version in ("1.0", "2.0"):
            write(
                f"pages_{'index' if index else 'scan'}_v{version[0]}.parquet",
                table,
                "pages",
                write_page_index=index,
                data_page_version=version,
                use_dictionary=["text"],
                dictionary_pagesize_limit=600,
                write_statistics=False,
                **common,
            )
    moments = pa.table({"moment": pa.array([0, None, 1_600_000_000_000_000_001, -1], pa.timestamp("ns"))})
    write("int96.parquet", moments, "int96", use_deprecated_int96_timestamps=True)
    empty = table.slice(0, 0)
    write("empty.parquet", empty, "empty")


def features():
    """What `datasets` writes, with its description of the columns."""
    names = ["cat", "dog", "Füchslein"]
    columns = Features(
        {
            "image": Image(),
            "label": ClassLabel(names=names),
            "images": List(Image()),
            "numbers": List(Value("int32")),
            "part": {"a": Value("int64"), "label": ClassLabel(num_classes=2)},
            "objects": Sequence({"box": Value("float32"), "category": ClassLabel(names=names)}),
        }
    )

    def image(i):
        return {"bytes": RANDOM.randbytes(20 + i), "path": f"{i}.png" if i % 3 else None}

    rows = [
        {
            "image": image(i) if i != 4 else None,
            "label": i % 3 if i != 5 else None,
            "images": [image(j) for j in range(i % 3)],
            "numbers": list(range(i)),
            "part": {"a": i, "label": i % 2},
            "objects": {"box": [0.5 * i] * (i % 2), "category": [1] * (i % 2)},
        }
        for i in range(8)
    ]
    Dataset.from_list(rows, features=columns).to_parquet(HERE / "features.parquet")

    def class_label(names):
        return {"classLabel": names}

    remember(
        "features.parquet",
        "features",
        {
            "image": "image",
            "label": class_label(names),
            "images": ["image"],
            "numbers": ["int32"],
            "part": {"struct": {"a": "int64", "label": class_label(["0", "1"])}},
            "objects": {"struct": {"box": ["float32"], "category": [class_label(names)]}},
        },
    )
    # The same without a description: the schema tells what is an image.
    table = pq.read_table(HERE / "features.parquet").replace_schema_metadata(None)
    pq.write_table(table, HERE / "no_features.parquet", store_schema=False)
    remember("no_features.parquet", "features")


# Files that PyArrow does not write, made by hand.


def varint(number):
    result = b""
    while number > 0x7F:
        result += bytes([number & 0x7F | 0x80])
        number >>= 7
    return result + bytes([number])


def zigzag(number):
    return varint(number << 1 if number >= 0 else (-number << 1) - 1)


class I32(int):
    pass


class I64(int):
    pass


def value_of(value):
    """The type and the bytes of a value in Thrift's compact protocol."""
    if isinstance(value, bool):
        return (1 if value else 2), b""
    if isinstance(value, I64):
        return 6, zigzag(value)
    if isinstance(value, int):
        return 5, zigzag(value)
    if isinstance(value, str):
        return 8, varint(len(value.encode())) + value.encode()
    if isinstance(value, dict):
        result, last = b"", 0
        for number, field in sorted(value.items()):
            kind, data = value_of(field)
            result += bytes([(number - last) << 4 | kind]) + data
            last = number
        return 12, result + b"\0"
    parts = [value_of(item) for item in value]
    kind = parts[0][0] if parts else 12
    count = len(parts)
    header = bytes([count << 4 | kind]) if count < 15 else bytes([15 << 4 | kind]) + varint(count)
    return 9, header + b"".join(data for _, data in parts)


def thrift(structure):
    return value_of(structure)[1]


def page(kind, header, content, checksum=False):
    """A page with its header: kind 0 is data, 2 a dictionary, 3 data of the second kind."""
    field = {0: 5, 2: 7, 3: 8}[kind]
    entries = {1: kind, 2: len(content), 3: len(content), field: header}
    if checksum:
        crc = zlib.crc32(content)
        entries[4] = crc - (1 << 32) if crc >= 1 << 31 else crc
    return thrift(entries) + content


def column(pages, kind, path, count, dictionary_offset=False, data_page=0):
    """A column chunk whose pages are uncompressed; `data_page` says which page the footer names."""
    return {"pages": pages, "kind": kind, "path": path, "count": count, "named": dictionary_offset, "first": data_page}


def write_by_hand(file, schema, columns, row_count):
    content = b"PAR1"
    chunks = []
    for entry in columns:
        start = len(content)
        offsets = []
        for data in entry["pages"]:
            offsets.append(len(content))
            content += data
        metadata = {
            1: entry["kind"],
            2: [0],
            3: entry["path"],
            4: 0,
            5: I64(entry["count"]),
            6: I64(len(content) - start),
            7: I64(len(content) - start),
            9: I64(offsets[entry["first"]]),
        }
        if entry["named"]:
            metadata[11] = I64(offsets[0])
        chunks.append({2: I64(start), 3: metadata})
    footer = thrift(
        {1: 1, 2: schema, 3: I64(row_count), 4: [{1: chunks, 2: I64(len(content)), 3: I64(row_count)}]}
    )
    (HERE / file).write_bytes(content + footer + struct.pack("<I", len(footer)) + b"PAR1")


def runs(*runs):
    """Runs of equal numbers, each of up to eight bits."""
    return b"".join(varint(count << 1) + bytes([value]) for count, value in runs)


def sized(data):
    return struct.pack("<I", len(data)) + data


def by_hand():
    int32s = lambda *numbers: struct.pack(f"<{len(numbers)}i", *numbers)
    strings = lambda *words: b"".join(struct.pack("<I", len(w)) + w.encode() for w in words)

    # Lists of two levels: the repeated field is the element. [[1, 2], [], null, [3]]
    levels = sized(runs((1, 0), (1, 1), (3, 0))) + sized(runs((2, 2), (1, 1), (1, 0), (1, 2)))
    two_levels = page(0, {1: 5, 2: 0, 3: 3, 4: 3}, levels + int32s(1, 2, 3), checksum=True)
    # The repeated group has two fields, so it is the element. [{x: 1, y: 2}], [{3, 4}, {5, 6}]
    repetition = sized(runs((2, 0), (1, 1)))
    definition = sized(runs((3, 1)))
    xs = page(0, {1: 3, 2: 0, 3: 3, 4: 3}, repetition + definition + int32s(1, 3, 5))
    ys = page(0, {1: 3, 2: 0, 3: 3, 4: 3}, repetition + definition + int32s(2, 4, 6))
    write_by_hand(
        "two_levels.parquet",
        [
            {4: "schema", 5: 1},
            {3: 1, 4: "list", 5: 1, 6: 3},
            {1: 1, 3: 2, 4: "element"},
        ],
        [column([two_levels], 1, ["list", "element"], 5)],
        4,
    )
    remember("two_levels.parquet", "two_levels")
    write_by_hand(
        "two_levels_struct.parquet",
        [
            {4: "schema", 5: 1},
            {3: 0, 4: "list", 5: 1, 6: 3},
            {3: 2, 4: "array", 5: 2},
            {1: 1, 3: 0, 4: "x"},
            {1: 1, 3: 0, 4: "y"},
        ],
        [
            column([xs], 1, ["list", "array", "x"], 3),
            column([ys], 1, ["list", "array", "y"], 3),
        ],
        2,
    )
    remember("two_levels_struct.parquet", "two_levels_struct")
    # A repeated field without a list around it.
    write_by_hand(
        "bare_repeated.parquet",
        [{4: "schema", 5: 1}, {1: 1, 3: 2, 4: "number"}],
        [column([xs], 1, ["number"], 3)],
        2,
    )
    remember("bare_repeated.parquet", "bare_repeated")
    # Levels that are packed without runs, the highest bit first: 1, 0, 1, 1, 1, 0, 0, 1, 1
    packed = page(0, {1: 9, 2: 0, 3: 4, 4: 4}, bytes([0b10111001, 0b10000000]) + int32s(1, 2, 3, 4, 5, 6))
    write_by_hand(
        "bit_packed_levels.parquet",
        [{4: "schema", 5: 1}, {1: 1, 3: 1, 4: "number"}],
        [column([packed], 1, ["number"], 9)],
        9,
    )
    FILES["bit_packed_levels.parquet"] = "bit_packed_levels"
    TABLES["bit_packed_levels"] = {"columns": {"number": [1, None, 2, 3, 4, None, None, 5, 6]}, "features": None}
    # The older name of the encoding, and a footer that names the dictionary as the first data page.
    dictionary = page(2, {1: 2, 2: 2}, strings("one", "two"))
    places = page(0, {1: 5, 2: 2, 3: 3, 4: 3}, bytes([1]) + runs((3, 1), (2, 0)))
    for file, named in (("plain_dictionary.parquet", True), ("unnamed_dictionary.parquet", False)):
        write_by_hand(
            file,
            [{4: "schema", 5: 1}, {1: 6, 3: 0, 4: "word", 6: 0}],
            [column([dictionary, places], 6, ["word"], 5, named, 1 if named else 0)],
            5,
        )
        remember(file, "dictionary")
    # The second kind of page, of which the values are not compressed, though the codec would be Snappy.
    second = page(
        3, {1: 3, 2: 1, 3: 3, 4: 0, 5: 4, 6: 0, 7: False}, runs((2, 1), (1, 0)) + int32s(8, 9)
    )
    write_by_hand(
        "second_uncompressed.parquet",
        [{4: "schema", 5: 1}, {1: 1, 3: 1, 4: "number"}],
        [column([second], 1, ["number"], 3)],
        3,
    )
    remember("second_uncompressed.parquet", "second_uncompressed")


def absurd():
    """Many millions of nulls in a few bytes: in pages that must be read together, and in one row."""
    schema = [{4: "schema", 5: 1}, {3: 1, 4: "list", 5: 1, 6: 3}, {3: 2, 4: "list", 5: 1}, {1: 1, 3: 1, 4: "element"}]

    def write_nulls(file, pages, level):
        """Pages of so many rows and nulls."""
        data = []
        for rows, count in pages:
            repetition = runs((rows, 0), (count - rows, 1)) if rows < count else runs((count, 0))
            content = sized(repetition) + sized(runs((count, level)))
            data.append(page(0, {1: count, 2: 0, 3: 3, 4: 3}, content))
        chunk = column(data, 1, ["list", "list", "element"], sum(count for _, count in pages))
        write_by_hand(f"refused_{file}.parquet", schema, [chunk], sum(rows for rows, _ in pages))

    write_nulls("many_values", [(1, 1)] + [(1, 1 << 24)] * 60, 2)
    write_nulls("long_row", [(1, 1 << 21)], 2)
    write_nulls("many_rows", [(1 << 24, 1 << 24)] * 2, 0)


def main():
    for old in HERE.glob("*"):
        old.unlink()
    HERE.mkdir(exist_ok=True)
    combinations()
    encodings()
    pages()
    features()
    by_hand()
    absurd()
    expected = json.dumps({"tables": TABLES, "files": FILES}, ensure_ascii=False, separators=(",", ":"))
    (HERE / "expected.json").write_text(expected + "\n")


main()
