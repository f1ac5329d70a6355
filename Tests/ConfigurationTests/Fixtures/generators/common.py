"""What all generators share: the environment, the encoding of values, capturing."""
import contextlib
import io
import os
import warnings
from datetime import date, datetime
from typing import Any, Callable, Dict, List

from hydra import version
from hydra.core.override_parser.types import (
    ChoiceSweep,
    Glob,
    IntervalSweep,
    QuotedString,
    RangeSweep,
)
from hydra.core.utils import setup_globals

FIXTURES = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

ENVIRONMENT: Dict[str, str] = {
    "FB_TEST_WORD": "merlin",
    "FB_TEST_NUMBER": "42",
    "FB_TEST_EMPTY": "",
    "FB_TEST_BOOLEAN": "true",
    "FB_TEST_LIST": "[1, two, 3.0]",
    "FB_TEST_DICT": "{a: 1, b: [x, y]}",
    "FB_TEST_LINK": "${target}",
    "FB_TEST_SPACES": "  two  words ",
    "FB_TEST_UNICODE": "größe→∞",
    "FB_TEST_MORE": "more",
}


def prepare_process() -> None:
    """Sets the working directory, the environment and the 1.3 behaviours."""
    os.chdir(FIXTURES)
    for name in [n for n in os.environ if n.startswith(("FB_TEST_", "HYDRA_"))]:
        del os.environ[name]
    os.environ.update(ENVIRONMENT)
    version.setbase(None)
    setup_globals()


def hide_paths(value: Any) -> Any:
    """Replaces the absolute path of this folder in all texts."""
    if isinstance(value, str):
        return value.replace(FIXTURES, "{FIXTURES}")
    if isinstance(value, list):
        return [hide_paths(item) for item in value]
    if isinstance(value, dict):
        return {key: hide_paths(item) for key, item in value.items()}
    return value


def tagged(value: Any) -> Any:
    """Encodes a value so that JSON loses nothing of its type."""
    if value is None:
        return {"t": "null"}
    if isinstance(value, bool):
        return {"t": "bool", "v": value}
    if isinstance(value, int):
        return {"t": "int", "v": str(value)}
    if isinstance(value, float):
        return {"t": "float", "v": repr(value)}
    if isinstance(value, str):
        return {"t": "str", "v": value}
    if isinstance(value, QuotedString):
        return {"t": "quoted", "v": value.text, "q": value.quote.name}
    if isinstance(value, (list, tuple)):
        return {"t": "list", "v": [tagged(item) for item in value]}
    if isinstance(value, dict):
        return {"t": "dict", "v": [[tagged(k), tagged(v)] for k, v in value.items()]}
    if isinstance(value, (ChoiceSweep, RangeSweep, IntervalSweep, Glob)):
        return tagged_sweep(value)
    if isinstance(value, (date, datetime, bytes, set)):
        return {"t": type(value).__name__}
    raise TypeError(f"no encoding for {type(value)}")


def tagged_sweep(sweep: Any) -> Any:
    if isinstance(sweep, Glob):
        return {
            "t": "glob",
            "include": [plain_text(item) for item in sweep.include],
            "exclude": [plain_text(item) for item in sweep.exclude],
        }
    tags = sorted(sweep.tags)
    if isinstance(sweep, ChoiceSweep):
        return {
            "t": "choice",
            "list": [tagged(item) for item in sweep.list],
            "simple": sweep.simple_form,
            "shuffle": sweep.shuffle,
            "tags": tags,
        }
    if isinstance(sweep, RangeSweep):
        return {
            "t": "range",
            "start": tagged(sweep.start),
            "stop": tagged(sweep.stop),
            "step": tagged(sweep.step),
            "shuffle": sweep.shuffle,
            "tags": tags,
        }
    return {
        "t": "interval",
        "start": tagged(sweep.start),
        "end": tagged(sweep.end),
        "tags": tags,
    }


def plain_text(value: Any) -> str:
    return value.text if isinstance(value, QuotedString) else str(value)


class Outcome:
    """What a call gave: its value or exception, its output and its warnings."""

    value: Any = None
    exception: Any = None
    exit_code: Any = None
    stdout: str = ""
    stderr: str = ""
    warnings: List[str]


def observe(call: Callable[[], Any]) -> Outcome:
    outcome = Outcome()
    stdout, stderr = io.StringIO(), io.StringIO()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            try:
                outcome.value = call()
            except SystemExit as exit_request:
                outcome.exit_code = exit_request.code
            except Exception as exception:
                outcome.exception = exception
    outcome.stdout = stdout.getvalue()
    outcome.stderr = stderr.getvalue()
    outcome.warnings = [str(item.message) for item in caught]
    return outcome


def error_entry(exception: BaseException) -> Dict[str, Any]:
    return {"type": type(exception).__name__, "message": str(exception)}


def unique(texts: List[str]) -> List[str]:
    return list(dict.fromkeys(texts))
