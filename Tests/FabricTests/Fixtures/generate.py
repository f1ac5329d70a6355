"""Writes the files in expected/; see README.md."""

import json
import os
import tempfile
import warnings

from lightning.fabric.loggers import CSVLogger
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter
from torch.utils.tensorboard.summary import hparams, scalar, text
from tqdm import tqdm
from tqdm.std import EMA

HERE = os.path.dirname(os.path.abspath(__file__))
NAN, INFINITY = float("nan"), float("inf")


def write(name, data):
    with open(os.path.join(HERE, "expected", name), "w") as file:
        json.dump(data, file, indent=1, ensure_ascii=False)
        file.write("\n")


CSV_CASES = [
    ("one row", "", 100, [(0, {"loss": 0.5})]),
    ("rows wait for the interval", "", 3, [(step, {"loss": 1 / (step + 1)}) for step in range(8)]),
    ("intervals count steps from one", "", 2, [(1, {"a": 1.0}), (2, {"a": 2.0}), (3, {"a": 3.0})]),
    ("a prefix", "val", 1, [(0, {"loss": 0.5}), (1, {"loss": 0.25, "acc": 1.0})]),
    ("columns come later", "", 2, [(0, {"m": 1.0}), (1, {"m": 2.0}), (2, {"z": 3.0}), (3, {"a": 4.0}),
                                  (4, {"m": 5.0, "z": 6.0}), (5, {"b": 7.0})]),
    ("columns come with each row", "", 1, [(0, {"c": 1.0}), (1, {"b": 2.0}), (2, {"a": 3.0})]),
    ("numbers as Python has them", "", 1, [(step, {"value": value}) for step, value in enumerate([
        0.1, -0.0, 0.0, 1.0, 1e-5, 0.0001, 1e15, 9007199254740992.0, 9007199254740994.0, 9999999999999998.0, 1e16, 1e22,
        123456789012345680.0, 5e-324, 1.7976931348623157e308, 1 / 3, -2.5e-7, NAN, INFINITY, -INFINITY, 1e100])]),
    ("names in quotes", "", 1, [(0, {'acc,"q"': 1.0, "a\nb": 2.0}), (1, {"c\r\nd": 3.0, "plain name": 4.0})]),
    ("names in the order of code points", "", 1, [(0, {"é": 1.0, "e": 2.0, "Z": 3.0, "z": 4.0, "\U0001f600": 5.0,
                                                     "\uffee": 6.0, "e\u0302": 7.0, "a/b": 8.0})]),
    ("a metric named step", "", 1, [(7, {"step": 3.0, "a": 1.0})]),
    ("no metrics", "", 1, [(0, {}), (1, {"a": 1.0})]),
    ("negative steps", "", 2, [(-1, {"a": 1.0}), (-2, {"a": 2.0})]),
]


def csv_logger():
    cases = []
    for name, prefix, interval, calls in CSV_CASES:
        with tempfile.TemporaryDirectory() as directory:
            logger = CSVLogger(directory, name="", version="", prefix=prefix, flush_logs_every_n_steps=interval)
            path = os.path.join(directory, "metrics.csv")
            steps = []
            for step, metrics in calls:
                logger.log_metrics(dict(metrics), step)
                content = open(path, newline="").read() if os.path.exists(path) else None
                steps.append({"step": step, "metrics": metrics, "file": content})
            logger.finalize("success")
            final = open(path, newline="").read()
            cases.append({"name": name, "prefix": prefix, "interval": interval, "steps": steps, "final": final})
    write("csv_logger.json", cases)


class Bytes:
    def __init__(self):
        self.data = b""

    def write(self, data):
        self.data += data


def framed(event):
    sink = Bytes()
    RecordWriter(sink).write(event.SerializeToString())
    return sink.data.hex()


def event_records():
    time = 1723456789.25
    single = {"lr": 0.1}
    experiment, start, end = hparams(single, {"hp_metric": -1})
    records = {
        "version": framed(Event(wall_time=time, file_version="brain.Event:2")),
        "scalar": framed(Event(wall_time=time, step=3, summary=scalar("train/loss", 0.1))),
        "scalars": framed(Event(wall_time=time, step=300, summary=Summary(value=[
            Summary.Value(tag="loss", simple_value=0.0), Summary.Value(tag="acc", simple_value=NAN)]))),
        "negative_step": framed(Event(wall_time=time, step=-1, summary=scalar("a", INFINITY))),
        "large_step": framed(Event(wall_time=time, step=2**40 + 5, summary=scalar("é", -1e-30))),
        "text": framed(Event(wall_time=time, summary=text("note", "line " * 40))),
        "experiment": framed(Event(wall_time=time, summary=experiment)),
        "session_start": framed(Event(wall_time=time, summary=start)),
        "session_end": framed(Event(wall_time=time, summary=end)),
    }
    write("event_records.json", records)


def tqdm_lines():
    cases = []

    def add(n, total, elapsed, ncols=None, prefix="", ascii=False, unit="it", rate=None, postfix="", initial=0):
        line = tqdm.format_meter(n, total, elapsed, ncols=ncols, prefix=prefix, ascii=ascii, unit=unit, rate=rate,
                                 postfix=postfix, initial=initial)
        cases.append({"n": n, "total": total, "elapsed": elapsed, "ncols": ncols, "prefix": prefix, "ascii": ascii,
                      "unit": unit, "rate": rate, "postfix": postfix, "initial": initial, "line": line})

    add(42, 100, 3.75, prefix="merge", unit="tensor", postfix="loss=0.123")
    add(42, 100, 3.75, ncols=80, prefix="merge")
    add(42, 100, 3.75, ncols=80, prefix="merge", ascii=True)
    add(42, 100, 3.75, ncols=0, prefix="merge")
    add(42, 100, 3.75, ncols=40, prefix="merge: ")
    add(42, 100, 3.75, ncols=20, prefix="a long description")
    add(42, 100, 3.75, ncols=30, prefix="zusammenführen")
    add(42, 100, 3.75, ncols=60, prefix="模型合并")
    add(42, 100, 3.75, ncols=6, prefix="模型合并")
    add(0, 100, 0, ncols=60)
    add(0, 100, 5, ncols=60)
    add(100, 100, 12.5, ncols=60)
    add(101, 100, 12.5, ncols=60, prefix="too many")
    add(3, None, 2.0, ncols=60, prefix="unknown", unit="batch")
    add(3, None, 2.0, ncols=20, prefix="unknown", unit="batch")
    add(0, None, 0.0)
    add(0, 0, 1.0, ncols=60)
    add(1, 2, 0.001, ncols=60)
    add(1, 200, 90, ncols=60, unit="epoch")
    add(5, 10, 3600 * 30 + 61, ncols=70)
    add(50, 100, 10, ncols=60, rate=123.456)
    add(50, 100, 10, ncols=60, rate=0.0123)
    add(60, 100, 10, ncols=60, initial=50)
    add(50, 100, 10, ncols=60, initial=50)
    add(996, 1000, 10, ncols=60)
    add(125, 1000, 10, ncols=60)
    add(135, 1000, 10, ncols=60)
    add(1, 3, 1, ncols=60, rate=1.0)
    add(123456789, 987654321, 100.5, ncols=100, unit="B")
    for n in range(0, 17):
        add(n, 16, 4, ncols=0 if n == 3 else 44)
        add(n, 16, 4, ncols=44, ascii=True)
    numbers = [0.0, 0.1, 0.123456, 1 / 3, 12.0, 1234.5678, 123456.0, 1e-5, 1.23456e-7, 1e22, -2.5, NAN, INFINITY, 100.0]
    ema = [EMA(), EMA()]
    measured = []
    for count, seconds in [(10, 1.0), (30, 1.0), (1, 0.5), (200, 2.0), (5, 0.1)]:
        measured.append([count, seconds, ema[0](count) / ema[1](seconds)])
    write("tqdm_lines.json", {
        "lines": cases,
        "numbers": [[number, tqdm.format_num(number)] for number in numbers],
        "rates": measured,
    })


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    csv_logger()
    event_records()
    tqdm_lines()
