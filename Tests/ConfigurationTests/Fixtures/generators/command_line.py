"""Whole command lines with --cfg: flags, their places, output and exit code."""
import os
import sys
from typing import Any, Dict, List

from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig

from .common import ENVIRONMENT, FIXTURES, Outcome, observe

# Compiled as if it stood in a file cli.py of the fixtures folder.
APPLICATION = """
import hydra

@hydra.main(config_path="tree", config_name="no_defaults", version_base=None)
def main(config):
    raise AssertionError("the application itself is not run")

main()
"""

LINES = """
--cfg job
-c job
-cjob
--cfg=job
--cf job
--cfg all
--cfg hydra
--cfg other
--cfg
-c job a=5
a=5 -c job
a=5 -c job b.c=6
a=5 b.c=6 -c job
-c job a=5 b.c=6
-c job a=5 --config-name self_last
-c job a=5 --config-name self_last +b=6
--config-name self_last dataset=digits -c job
-c job -cn links --resolve
-c job --resolve -cn links root=9
-c job -cn=links
-cn links -c job -p group
-c job -cn links -p group --resolve
-c job -cn links -p group.inner
-c job -cn links -p group.own
-c job -cn links -p flag
-c job -cn links -p small
-c job -cn links -p nothing
-c job -cn links -p absent
-c job -cn links -p nowhere
-c job -cn links -p nowhere.deep
-c job -cn links -p items[0]
-c job -cn links -p items.1.ref
-c job -cn links -p _global_
-c job -cn links -p=root
-c job -cn links --package root
-c job -cn links -p hydra
-c hydra -p hydra.run
-c hydra -p hydra.job.name
-c hydra -p hydra.job.num
-c hydra -p hydra.help
-c hydra -p a
-c all -p a
-c all -p hydra.sweep
-c job -cn links_broken
-c job -cn links_broken --resolve
-c job -cn links_broken -p bad
-c job -cn links_broken -p good --resolve
-c job -cn links_cycle -p a
-c job -cn no_such_config
-c job -cn self_absent
-c job nowhere=1
-c job a=1,2
-c job a=range(3)
-c job +dataset=unknown
-c job +dataset=from_extra
-c job +dataset=from_extra -cd extra
-c job +dataset=from_extra --config-dir extra
-c job +dataset=from_extra --config-dir=extra
-c job --config-dir no_such_directory
-c job -cp extra -cn extra_primary
-c job --config-path more -cn more_primary
-c job --config-path no_such_directory
-c job --config-path tree/sub -cn y
-c job --unknown-flag
-c job -x
-c job a=5 -x b.c=6
-c job -a=5
-c job -- a=5
-c job -- -a=5
-c job a=5 -- b.c=6
--resolve
-c job --multirun
-c job --run
-c job -m a=1,2
-c job -cn hydra_link --resolve
-c job -cn resolvers -p job
-c job -cn broken/override_other_package
-c job -cn missing_option_mark
-c job -cn links_malformed
-c job a=[1
-c job a
-c job =
-c job ~a
-c job ~a ~b
-c job hydra.job.num=abc
-c job hydra.job.name=x -p hydra
""".strip("\n").split("\n")


def run(arguments: List[str]) -> Outcome:
    code = compile(APPLICATION, os.path.join(FIXTURES, "cli.py"), "exec")
    before = sys.argv

    def call() -> None:
        sys.argv = ["fusion_bench", *arguments]
        exec(code, {"__name__": "__main__"})

    try:
        return observe(call)
    finally:
        sys.argv = before
        GlobalHydra.instance().clear()
        HydraConfig.instance().cfg = None


def entry(line: str) -> Dict[str, Any]:
    """Of usage errors only the last line is kept, of tracebacks nothing."""
    arguments = line.split(" ")
    outcome = run(arguments)
    stderr: Any = outcome.stderr
    if "Traceback" in stderr or outcome.exception is not None:
        stderr = None
    elif stderr.startswith("usage:"):
        stderr = stderr.rstrip("\n").split("\n")[-1] + "\n"
    code = outcome.exit_code or 0
    if outcome.exception is not None:
        code = 1
    result = {"arguments": arguments, "stdout": outcome.stdout, "stderr": stderr, "exit": code}
    if outcome.warnings:
        result["warnings"] = outcome.warnings
    return result


def generate() -> Dict[str, Any]:
    return {"environment": dict(ENVIRONMENT), "cases": [entry(line) for line in LINES]}
