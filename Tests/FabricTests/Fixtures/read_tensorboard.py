"""Prints what TensorBoard's own reader finds in an event file or a directory of them.

Usage: python read_tensorboard.py FILE_OR_DIRECTORY        (needs: pip install tensorboard)

One line for each value, with tabs between: tag, step, value. Ends with an error if a record is damaged.
"""

import glob
import os
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.compat.proto.event_pb2 import Event


def main(path):
    files = sorted(glob.glob(os.path.join(path, "*tfevents*"))) if os.path.isdir(path) else [path]
    for file in files:
        size = 0
        for record in RawEventFileLoader(file).Load():
            size += len(record) + 16
            for value in Event.FromString(record).summary.value:
                plugin = value.metadata.plugin_data
                if plugin.plugin_name == "hparams":
                    data = plugin_data_pb2.HParamsPluginData.FromString(plugin.content)
                    print(value.tag, "", " ".join(str(data).split()), sep="\t")
        if size != os.path.getsize(file):
            sys.exit(f"{file}: {os.path.getsize(file) - size} bytes are not good records")

    accumulator = EventAccumulator(path, size_guidance={"scalars": 0, "tensors": 0})
    accumulator.Reload()
    tags = accumulator.Tags()
    for tag in tags["scalars"]:
        for event in accumulator.Scalars(tag):
            print(tag, event.step, event.value, sep="\t")
    for tag in tags["tensors"]:
        for event in accumulator.Tensors(tag):
            proto = event.tensor_proto
            value = proto.string_val[0].decode() if proto.string_val else proto.float_val[0]
            print(tag, event.step, repr(value) if isinstance(value, str) else value, sep="\t")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
