"""Makes archives as Python writes them, in the formats that its tarfile knows, and files of MNIST's format.

    python make_source_fixtures.py
"""

import gzip
import io
import pathlib
import shutil
import struct
import tarfile

FOLDER = pathlib.Path(__file__).parent / "sources"
LONG = "directory/" * 12 + "größe"
MEMBERS = {
    "a/000.jpg": b"first", "a/000.cls": b"3\n", "a/001.jpg": b"second", "a/001.cls": b"0", "a/001.txt": "größe".encode(),
    LONG + ".png": b"third" * 200, LONG + ".json": b'{"label": 2, "tags": ["x", null, 1.5]}',
}  # fmt: skip


def archive(name, form):
    with tarfile.open(FOLDER / name, "w", format=form) as tar:
        directory = tarfile.TarInfo("a")
        directory.type = tarfile.DIRTYPE
        tar.addfile(directory)
        for path, data in MEMBERS.items():
            if form == tarfile.USTAR_FORMAT and "größe" in path:
                path = path.replace("größe", "groesse")
            member = tarfile.TarInfo(path)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    archive("ustar.tar", tarfile.USTAR_FORMAT)
    archive("gnu.tar", tarfile.GNU_FORMAT)
    archive("pax.tar", tarfile.PAX_FORMAT)
    images = struct.pack(">IIII", 0x803, 3, 2, 4) + bytes(range(24))
    labels = struct.pack(">II", 0x801, 3) + bytes([2, 0, 1])
    mnist = FOLDER / "mnist"
    mnist.mkdir()
    (mnist / "t10k-images-idx3-ubyte").write_bytes(images)
    (mnist / "t10k-labels-idx1-ubyte").write_bytes(labels)
    (mnist / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(images, mtime=0))
    # Two members, as some tools make them.
    parts = gzip.compress(labels[:5], mtime=0) + gzip.compress(labels[5:], mtime=0)
    (mnist / "train-labels-idx1-ubyte.gz").write_bytes(parts)


main()
