"""Writes the files of PyTorch in `pytorch/`, and what is in them to `pytorch/expected.json`.

Needs PyTorch 2.7 or newer and NumPy:

    python make_pytorch_fixtures.py
"""

import collections
import io
import json
import os
import pickle
import struct
import tarfile
import warnings
import zipfile
from pathlib import Path

import numpy
import torch

warnings.filterwarnings("ignore")
HERE = Path(__file__).parent / "pytorch"
EXPECTED = {}

DTYPES = {
    torch.bool: "BOOL",
    torch.uint8: "U8",
    torch.int8: "I8",
    torch.uint16: "U16",
    torch.int16: "I16",
    torch.uint32: "U32",
    torch.int32: "I32",
    torch.uint64: "U64",
    torch.int64: "I64",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.float32: "F32",
    torch.float64: "F64",
    torch.complex64: "C64",
    torch.float8_e4m3fn: "F8_E4M3",
    torch.float8_e5m2: "F8_E5M2",
    torch.float8_e8m0fnu: "F8_E8M0",
}


def raw(tensor):
    """The bytes of all elements in row-major order."""
    tensor = tensor.detach().contiguous()
    if tensor.numel() == 0:
        return b""
    return tensor.reshape(-1).view(torch.uint8).numpy().tobytes()


def expect(name, state_dict, key=None, skipped=(), form="zip"):
    EXPECTED[name] = {
        "form": form,
        "key": key,
        "skipped": [list(entry) for entry in skipped],
        "tensors": {
            path: {"dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "bytes": raw(tensor).hex()}
            for path, tensor in state_dict.items()
        },
    }


def save(name, value, state_dict=None, legacy=False, protocol=2, **expectation):
    torch.save(
        value, HERE / name, _use_new_zipfile_serialization=not legacy, pickle_protocol=protocol
    )
    expect(name, value if state_dict is None else state_dict, form="pickles" if legacy else "zip", **expectation)


def all_dtypes():
    result = {}
    for dtype in DTYPES:
        if dtype == torch.bool:
            tensor = torch.tensor([[True, False, True], [False, False, True]])
        elif dtype.is_complex:
            tensor = torch.tensor([[1 + 2j, -0.5j, 3], [-4, 5.25 - 6.5j, 0]], dtype=dtype)
        elif dtype == torch.float8_e8m0fnu:
            tensor = torch.tensor([[0, 1, 127], [128, 254, 255]], dtype=torch.uint8).view(dtype)
        elif dtype.is_floating_point:
            tensor = torch.tensor([[1.5, -2.0, 0.0], [-0.0, 0.1, 240.0]]).to(dtype)
        else:
            limits = torch.iinfo(dtype)
            tensor = torch.from_numpy(
                numpy.array([[limits.min, 0, 1], [2, 100, limits.max]], dtype=str(dtype).removeprefix("torch."))
            )
        result[str(dtype).removeprefix("torch.")] = tensor
    return result


def shapes():
    return {
        "scalar": torch.tensor(2.5),
        "none": torch.zeros(0),
        "none in the middle": torch.zeros(2, 0, 3, dtype=torch.int16),
        "ones": torch.full((1, 1, 1), 7, dtype=torch.int64),
        "six dimensions": torch.arange(64, dtype=torch.uint8).reshape(2, 2, 2, 2, 2, 2),
        "ünïcode/ключ.重み": torch.tensor([1.0, 2.0]),
    }


def views():
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    cube = torch.arange(120, dtype=torch.int16).reshape(2, 3, 4, 5)
    return {
        "base": base,
        "transposed": base.t(),
        "rows": base[1:3],
        "columns": base[:, 2:5],
        "column": base[:, 3],
        "every second": base[::2, 1::3],
        "element": base[2, 3],
        "expanded": base[:1, :3].expand(5, 3),
        "expanded scalar": torch.tensor(3, dtype=torch.int8).expand(2, 3),
        "diagonal": base.diagonal(),
        "windows": base[0].unfold(0, 3, 1),
        "permuted": cube.permute(3, 1, 0, 2),
        "sliced twice": cube[:, 1:, ::2, 1:4].transpose(0, 2),
        "channels last": cube.to(memory_format=torch.channels_last),
        "empty slice": base[4:],
        "unsqueezed": base.t().unsqueeze(1),
    }


def shared():
    embedding = torch.arange(12, dtype=torch.bfloat16).reshape(4, 3)
    return {"embedding": embedding, "head": embedding, "head transposed": embedding.t(), "tail": embedding[2:]}


def parameters():
    torch.manual_seed(1)
    plain = torch.nn.Parameter(torch.randn(2, 3))
    frozen = torch.nn.Parameter(torch.randn(3), requires_grad=False)
    with_state = torch.nn.Parameter(torch.randn(2))
    with_state.tag = "of Python"
    with_attribute = torch.randn(2, 2)
    with_attribute.tag = {"of": "Python"}
    view = torch.nn.Parameter(torch.randn(3, 2).t())
    return {
        "plain": plain,
        "frozen": frozen,
        "with state": with_state,
        "with attribute": with_attribute,
        "view": view,
        "buffer": torch.nn.Buffer(torch.ones(2)),
    }


def module():
    torch.manual_seed(2)
    layers = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    return layers.state_dict()


def plain_values():
    """Everything that may stand beside tensors, with the type that it is listed as."""
    counter = collections.Counter("aab")
    default = collections.defaultdict(list)
    default["a"].append(1)
    default_of_dicts = collections.defaultdict(dict)
    loop = [1]
    loop.append(loop)
    return {
        "none": (None, "None"),
        "true": (True, "bool"),
        "small": (7, "int"),
        "negative": (-70000, "int"),
        "long": (1 << 40, "int"),
        "very long": (-(1 << 90), "int"),
        "huge": (1 << 3000, "int"),
        "float": (0.25, "float"),
        "text": ("text", "str"),
        "long text": ("long " * 100, "str"),
        "bytes": (b"\x00\xff", "bytes"),
        "long bytes": (b"\x00\xff" * 200, "bytes"),
        "byte array": (bytearray(b"abc"), "bytearray"),
        "complex": (1 + 2j, "complex"),
        "list": ([1, [2, [3]]], "list"),
        "tuples": (((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)), "tuple"),
        "set": ({1, 2}, "set"),
        "frozen set": (frozenset([1]), "set"),
        "dict": ({1: 2, (3, 4): None, "a": {}}, "dict"),
        "ordered": (collections.OrderedDict(a=1), "dict"),
        "counter": (counter, "dict"),
        "default": (default, "dict"),
        "default of dicts": (default_of_dicts, "dict"),
        "loop": (loop, "list"),
        "size": (torch.Size([2, 3]), "tuple"),
        "dtype": (torch.bfloat16, "torch.dtype"),
        "device": (torch.device("cuda", 1), "torch.device"),
        "storage": (torch.arange(3).untyped_storage(), "storage"),
        "tensor": (torch.ones(1), "tensor"),
    }


def checkpoints(legacy, protocol):
    """A training run's file: the state dict under a key, beside other things."""
    values = plain_values()
    state_dict = module()
    value = {"epoch": 3, **{name: entry[0] for name, entry in values.items()}, "state_dict": state_dict}
    name = f"training_{protocol}{'_pickles' if legacy else ''}.pt"
    skipped = [("epoch", "int")] + [(name, entry[1]) for name, entry in values.items()]
    save(name, value, state_dict, legacy, protocol, key="state_dict", skipped=skipped)


# Archives that PyTorch does not write itself.


def rezip(source, name, edit=lambda path, content: content, **options):
    with zipfile.ZipFile(HERE / source) as old, zipfile.ZipFile(HERE / name, "w", **options) as new:
        for path in old.namelist():
            content = edit(path, old.read(path))
            if content is not None:
                new.writestr(zipfile.ZipInfo(path), content, compress_type=options.get("compression"))


def write_wide_zip(source, name):
    """An archive with all numbers in the extension for large archives (zip64)."""
    output, directory = io.BytesIO(), io.BytesIO()
    full, short = 0xFFFFFFFF, 0xFFFF
    with zipfile.ZipFile(HERE / source) as old:
        paths = old.namelist()
        for path in paths:
            content, path = old.read(path), path.encode()
            offset, crc, size = output.tell(), zipfile.crc32(content), len(content)
            extra = struct.pack("<HHQQ", 1, 16, size, size)
            output.write(
                struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 45, 0, 0, 0, 33, crc, full, full, len(path), len(extra))
            )
            output.write(path + extra + content)
            # Another extra field before the one that counts.
            extra = struct.pack("<HH3s", 0x7075, 3, b"abc") + struct.pack("<HHQQQ", 1, 24, size, size, offset)
            directory.write(
                struct.pack(
                    "<4sHHHHHHIIIHHHHHII", b"PK\1\2", 45, 45, 0, 0, 0, 33, crc, full, full, len(path), len(extra), 0,
                    0, 0, 0, full,
                )
            )
            directory.write(path + extra)
    start, length = output.tell(), directory.tell()
    output.write(directory.getvalue())
    end = output.tell()
    output.write(struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, len(paths), len(paths), length, start))
    output.write(struct.pack("<4sIQI", b"PK\6\7", 0, end, 1))
    output.write(struct.pack("<4sHHHHIIH", b"PK\5\6", short, short, short, short, full, full, 0))
    (HERE / name).write_bytes(output.getvalue())


def write_tar(name):
    with tarfile.open(HERE / name, "w") as archive:
        for path in ["storages", "tensors", "pickle"]:
            archive.addfile(tarfile.TarInfo(path), io.BytesIO())


class Doubled(torch.nn.Module):
    def forward(self, value):
        return value + value


# What must be refused.


class Call:
    """Pickles as the call of a function."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


def refused():
    weight = torch.ones(2)
    command = "echo executed > fusion_bench-was-executed"
    values = {
        "system.pt": {"weight": weight, "run": Call(os.system, command)},
        "system_before.pt": {"run": Call(os.system, command), "weight": weight},
        "eval.pt": {"weight": Call(eval, command), "other": Call(getattr, "a", "b")},
        "typed_tensor.pt": {
            "weight": Call(torch._tensor._rebuild_from_type_v2, os.system, torch.Tensor, (command,), {})
        },
        "numpy_array.pt": {"weight": weight, "array": numpy.arange(3), "scalar": numpy.float64(2)},
        "sparse.pt": {"weight": torch.eye(2).to_sparse()},
        "quantized.pt": {"weight": torch.quantize_per_tensor(weight, 0.1, 0, torch.qint8)},
        "module.pt": torch.nn.Linear(1, 1),
        "namespace.pt": {"weight": weight, "arguments": __import__("argparse").Namespace(a=1)},
    }
    for name, value in values.items():
        torch.save(value, HERE / f"refused_{name}")
    torch.save(values["system.pt"], HERE / "refused_system_pickles.pt", _use_new_zipfile_serialization=False)
    torch.save(values["system.pt"], HERE / "refused_system_4.pt", pickle_protocol=4)
    torch.save(
        {"weight": torch.ones(2, dtype=torch.complex128), "bits": torch.tensor([1 + 1j]).conj()},
        HERE / "refused_types.pt",
    )


def main():
    HERE.mkdir(exist_ok=True)
    for legacy, suffix in [(False, ""), (True, "_pickles")]:
        save(f"dtypes{suffix}.pt", all_dtypes(), legacy=legacy)
        save(f"shapes{suffix}.pt", shapes(), legacy=legacy)
        save(f"views{suffix}.pt", views(), legacy=legacy)
        save(f"shared{suffix}.pt", shared(), legacy=legacy)
        save(f"parameters{suffix}.pt", parameters(), legacy=legacy)
        save(f"module{suffix}.pt", module(), legacy=legacy)
        for protocol in range(2, 6):
            checkpoints(legacy, protocol)
    # PyTorch's identities of storages need a binary protocol; 1 is the oldest.
    save("parameters_1.pt", parameters(), protocol=1)
    save("parameters_1_pickles.pt", parameters(), legacy=True, protocol=1)

    small = {"a": torch.tensor([1.0, 2.0]), "b": torch.tensor([[3, 4]]).t()}
    save("small.pt", small)
    save("small_pickles.pt", small, legacy=True)
    for key in ["model_state_dict", "model", "module"]:
        inner = dict(small, extra={"x": torch.ones(1)})
        save(
            f"under_{key}.pt", {key: inner, "loss": torch.tensor(0.5)}, small, key=key,
            skipped=[("loss", "tensor"), (f"{key}.extra", "dict")],
        )
    save("model_without_tensors.pt", {"model": {"a": 1}, **small}, small, skipped=[("model", "dict")])
    save("parallel.pt", {"module.a": small["a"], "module.b": small["b"], "c": torch.ones(1)})

    rezip("small.pt", "unaligned.pt")
    expect("unaligned.pt", small)
    rezip("small.pt", "without_byte_order.pt", lambda path, content: content if "byteorder" not in path else None)
    expect("without_byte_order.pt", small)
    write_wide_zip("small.pt", "wide.pt")
    expect("wide.pt", small)
    for name in ["unaligned.pt", "wide.pt"]:
        loaded = torch.load(HERE / name)
        assert all(torch.equal(loaded[key], small[key]) for key in small)
    rezip("small.pt", "bad_big_endian.pt", lambda path, content: b"big" if "byteorder" in path else content)
    rezip("small.pt", "bad_compressed.pt", compression=zipfile.ZIP_DEFLATED)
    rezip("small.pt", "bad_short_storage.pt", lambda path, content: content[:-1] if path.endswith("/0") else content)
    rezip("small.pt", "bad_missing_storage.pt", lambda path, content: None if path.endswith("/1") else content)
    rezip("small.pt", "bad_no_pickle.pt", lambda path, content: None if path.endswith(".pkl") else content)
    write_tar("bad_tar.pt")
    torch.jit.save(torch.jit.script(Doubled()), HERE / "bad_script.pt")
    for name, value in [("tensor", torch.ones(2)), ("list", [torch.ones(2)]), ("empty", {}), ("scalars", {"a": 1, "b": "c"})]:
        torch.save(value, HERE / f"bad_only_{name}.pt")
    refused()

    (HERE / "expected.json").write_text(json.dumps(EXPECTED, indent=1, ensure_ascii=False) + "\n")


main()
