"""Compares a whole configuration directory between hydra-core and fusion_bench.

Composes every root configuration and every option of every config group with both, and compares the job's part, the
job's part with interpolations resolved, and the settings of the run, byte for byte.

    python compare_tree.py CONFIG_DIRECTORY FUSION_BENCH_BINARY [ROOT_CONFIG]
"""
import contextlib
import io
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

from hydra import version
from hydra._internal.hydra import Hydra
from hydra._internal.utils import create_config_search_path
from hydra.core.global_hydra import GlobalHydra

warnings.simplefilter("ignore")
# Two processes see different moments.
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}_\d{2}-\d{2}-\d{2}")


def with_hydra(directory, name, overrides, part, resolve):
    """The text that Hydra's --cfg prints, or None where it fails."""
    GlobalHydra.instance().clear()
    output = io.StringIO()
    try:
        hydra = Hydra.create_main_hydra2("cli", create_config_search_path(f"file://{directory}"))
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
            hydra.show_cfg(config_name=name, overrides=overrides, cfg_type=part, package=None, resolve=resolve)
    except (Exception, SystemExit):
        return None
    return output.getvalue()


def with_fusion_bench(binary, directory, name, overrides, part, resolve):
    """The text that fusion_bench --cfg prints, or None where it fails."""
    command = [binary, "--config-path", directory, "--config-name", name, "--cfg", part, *overrides]
    if resolve:
        command.append("--resolve")
    result = subprocess.run(command, capture_output=True, text=True)
    return result.stdout if result.returncode == 0 else None


def cases(directory, root):
    """The name and overrides of every composition."""
    chosen = {"method", "modelpool", "taskpool", "fabric", "path", "hydra", "fabric/loggers", "hydra/help", "hydra/job_logging"}
    for path in sorted(directory.rglob("*.yaml")):
        relative = path.relative_to(directory).with_suffix("").as_posix()
        group, slash, option = relative.rpartition("/")
        if not slash:
            yield relative, []
            continue
        # An option of a nested group is one of each group above it as well: method=pruning/x and +method/pruning=x.
        top, _, rest = relative.partition("/")
        yield root, [f"{'' if top in chosen else '+'}{top}={rest}"]
        if group != top:
            yield root, [f"{'' if group in chosen else '+'}{group}={option}"]


def main():
    directory, binary = Path(sys.argv[1]).resolve(), os.path.abspath(sys.argv[2])
    root = sys.argv[3] if len(sys.argv) > 3 else "fabric_model_fusion"
    version.setbase(None)
    agree = both_fail = 0
    for name, overrides in cases(directory, root):
        for part, resolve in [("job", False), ("job", True), ("hydra", False)]:
            expected = with_hydra(directory, name, overrides, part, resolve)
            found = with_fusion_bench(binary, str(directory), name, overrides, part, resolve)
            if expected is None and found is None:
                both_fail += 1
            elif None not in (expected, found) and MOMENT.sub("", expected) == MOMENT.sub("", found):
                agree += 1
            else:
                print("differs:", name, *overrides, "--cfg", part, "--resolve" if resolve else "")
                print("  hydra:", None if expected is None else expected[:200])
                print("  found:", None if found is None else found[:200])
    print(f"{agree} agree, {both_fail} are errors in both")


main()
