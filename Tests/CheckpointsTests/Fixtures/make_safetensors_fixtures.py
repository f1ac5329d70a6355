"""Makes the safetensors files that the tests compare with, and says what Python reads from them.

    pip install torch safetensors huggingface_hub
    python make_safetensors_fixtures.py

Made with safetensors 0.8.0, torch 2.15.0 and huggingface_hub 2.4.0. The files are the same in every run.
"""

import json
import pathlib
import shutil
import struct

import torch
from huggingface_hub import save_torch_state_dict
from safetensors import safe_open
from safetensors.torch import save_file

FOLDER = pathlib.Path(__file__).parent / "safetensors"

DTYPES = [
    "bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "bfloat16", "float32",
    "float64", "complex64", "float8_e4m3fn", "float8_e5m2", "float8_e8m0fnu", "float8_e4m3fnuz", "float8_e5m2fnuz",
    "float4_e2m1fn_x2",
]  # fmt: skip


def tensor(shape, dtype=torch.float32, seed=0):
    """A tensor whose bytes are all different from its neighbours'."""
    count = torch.Size(shape).numel() * torch.empty(0, dtype=dtype).element_size()
    data = bytearray((i * 37 + seed * 11 + 5) % 251 for i in range(count))
    if dtype == torch.bool:
        data = bytearray(i % 2 for i in range(count))
    if count == 0:
        return torch.empty(shape, dtype=dtype)
    return torch.frombuffer(data, dtype=torch.uint8).view(dtype).reshape(shape)


def files():
    yield "all_dtypes", {f"{d}.{n}": tensor([n, 2], getattr(torch, d), n) for d in DTYPES for n in (1, 3)}, {"format": "pt"}
    yield "names", {
        name: tensor([2], seed=i)
        for i, name in enumerate(
            ["b", "a", "B", "a.b", "a-b", "a10", "a9", "größe", "z", "日本語", "𝔘", "\uffee", 'quote"', "back\\slash",
             "tab\t", "bell\x07", "back\bspace", "feed\f", "delete\x7f", "line\u2028", "slash/", "e\u0301", ""]  # fmt: skip
        )
    }, {"format": "pt"}
    yield "shapes", {
        "scalar": tensor([]), "one": tensor([1]), "empty": tensor([0]), "empty.inside": tensor([3, 0, 2]),
        "empty.half": tensor([0, 7], torch.float16), "deep": tensor([1, 2, 1, 3, 1, 2], torch.int64),
    }, {"format": "pt"}  # fmt: skip
    yield "no_tensors", {}, {"format": "pt"}
    yield "nothing", {}, None
    yield "no_metadata", {"weight": tensor([3, 2]), "bias": tensor([3])}, None
    yield "empty_metadata", {"weight": tensor([3, 2])}, {}
    yield "one_text", {"weight": tensor([3, 2])}, {"größe \"\n": "a\x01\x7f\\ 日本 \u2028"}
    for length in range(8):
        yield f"padding_{length}", {"x" * (length + 1): tensor([length], torch.uint8)}, None


def description(path):
    """What Python reads from a file."""
    with safe_open(path, framework="pt") as file:
        raw = path.read_bytes()
        (length,) = struct.unpack("<Q", raw[:8])
        header = json.loads(raw[8 : 8 + length])
        header.pop("__metadata__", None)
        assert sorted(header) == sorted(file.keys())
        return {
            "metadata": file.metadata(),
            "tensors": [
                {
                    "name": name,
                    "dtype": file.get_slice(name).get_dtype(),
                    "shape": file.get_slice(name).get_shape(),
                    "bytes": file.get_tensor(name).reshape(-1).view(torch.uint8).numpy().tobytes().hex()
                    if 0 not in file.get_slice(name).get_shape()
                    else "",
                }
                # Empty tensors share an offset.
                for name in sorted(header, key=lambda name: header[name]["data_offsets"])
            ],
        }


def make_older_file(path):
    """A file as old versions wrote it: ordered by name, without padding, with blanks in its JSON."""
    entries, data = {}, b""
    for name, dtype, shape, raw in [("a", "U8", [3], b"abc"), ("b", "F32", [1], b"\0\0\x80?"), ("c", "U8", [1], b"!")]:
        entries[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    entries["__metadata__"] = {"made": "by hand", "order": "by name"}
    header = json.dumps(dict(reversed(entries.items()))).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + data)


def sharded():
    """A state dict whose order, sizes and limit give shards of every kind."""
    shapes = {"large": [40], "b": [10], "a": [10], "c": [10], "larger": [50], "d": [3], "e": [1]}
    return {name: tensor(shape, seed=i) for i, (name, shape) in enumerate(shapes.items())}


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    expected = {}
    for name, tensors, metadata in files():
        path = FOLDER / f"{name}.safetensors"
        save_file(tensors, path, metadata)
        expected[name] = description(path)
    make_older_file(FOLDER / "older.safetensors")
    expected["older"] = description(FOLDER / "older.safetensors")
    for folder, size in [("sharded", 100), ("whole", "1KB")]:
        (FOLDER / folder).mkdir()
        save_torch_state_dict(sharded(), FOLDER / folder, max_shard_size=size)
    for path in FOLDER.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    text = json.dumps(expected, indent=1, ensure_ascii=True, sort_keys=True)
    (FOLDER / "expected.json").write_text(text + "\n")


main()
