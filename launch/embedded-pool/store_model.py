"""Copies a model into the repository: weights and configuration, without the paths of the machine that it was made on.

Usage: python3 store_model.py FROM TO
"""

import json
import pathlib
import struct
import sys

source, target = map(pathlib.Path, sys.argv[1:])
target.mkdir(parents=True, exist_ok=True)
weights = (source / "model.safetensors").read_bytes()
(length,) = struct.unpack("<Q", weights[:8])
header = json.loads(weights[8 : 8 + length])
header["__metadata__"] = {"format": "pt"}
text = json.dumps(header, separators=(",", ":")).encode()
# The data begin where eight bytes begin.
text += b" " * (-len(text) % 8)
(target / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + weights[8 + length :])
configuration = json.loads((source / "config.json").read_text())
# Stored in 16 bits, computed in 32.
configuration["dtype"] = "float32"
(target / "config.json").write_text(json.dumps(configuration, indent=2) + "\n")
