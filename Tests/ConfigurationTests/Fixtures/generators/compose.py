"""Compositions, shown the way `--cfg` shows them."""
import os
from typing import Any, Dict, List, Optional

from hydra._internal.hydra import Hydra
from hydra._internal.utils import create_config_search_path
from hydra.core.config_search_path import SearchPathQuery
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import CompactHydraException
from omegaconf.errors import OmegaConfBaseException

from .common import ENVIRONMENT, FIXTURES, Outcome, error_entry, observe
from .compose_cases import CASES, Case

TREE = os.path.join(FIXTURES, "tree")


def create_hydra(directory: Optional[str]) -> Hydra:
    search_path = create_config_search_path(TREE)
    if directory is not None:
        search_path.prepend(
            provider="command-line",
            path="file://" + os.path.join(FIXTURES, directory),
            anchor=SearchPathQuery(provider="schema"),
        )
    return Hydra.create_main_hydra2("cli", search_path)


def show(
    case: Case, kind: str, package: Optional[str] = None, resolve: bool = False
) -> Outcome:
    def call() -> None:
        GlobalHydra.instance().clear()
        HydraConfig.instance().cfg = None
        create_hydra(case.directory).show_cfg(
            case.config, list(case.overrides), kind, package, resolve
        )

    try:
        return observe(call)
    finally:
        GlobalHydra.instance().clear()
        HydraConfig.instance().cfg = None


def composition_error(exception: BaseException) -> Dict[str, Any]:
    """The error, and its cause where the command line prints that too."""
    entry = error_entry(exception)
    cause = exception.__cause__
    known = isinstance(cause, OmegaConfBaseException)
    entry["cause"] = str(cause) if known else None
    entry["cause_type"] = type(cause).__name__ if known else None
    entry["compact"] = isinstance(exception, CompactHydraException)
    return entry


def package_entry(case: Case, package: str) -> Dict[str, Any]:
    result: Dict[str, Any] = {"package": package}
    for name, resolve in (("output", False), ("resolved", True)):
        outcome = show(case, "job", package, resolve)
        if outcome.exception is not None:
            result[name + "_error"] = composition_error(outcome.exception)
        elif outcome.exit_code is not None:
            result[name + "_stderr"] = outcome.stderr
            result["exit"] = outcome.exit_code
        else:
            result[name] = outcome.stdout
    return result


def entry(case: Case) -> Dict[str, Any]:
    result: Dict[str, Any] = {
        "name": case.name,
        "config_name": case.config,
        "config_dir": case.directory,
        "overrides": case.overrides,
    }
    job = show(case, "job")
    if job.warnings:
        result["warnings"] = job.warnings
    if job.exception is not None:
        return {**result, "error": composition_error(job.exception)}
    result["job"] = job.stdout
    if case.hydra:
        hydra = show(case, "hydra")
        if hydra.exception is not None:
            result["hydra_error"] = composition_error(hydra.exception)
        else:
            result["hydra"] = hydra.stdout
    resolved = show(case, "job", resolve=True)
    later_warnings = [text for text in resolved.warnings if text not in job.warnings]
    if later_warnings:
        result["resolve_warnings"] = later_warnings
    if resolved.exception is not None:
        result["resolve_error"] = composition_error(resolved.exception)
    else:
        result["resolved"] = resolved.stdout
    if case.packages:
        result["packages"] = [package_entry(case, package) for package in case.packages]
    return result


def generate() -> Dict[str, Any]:
    cases: List[Dict[str, Any]] = [entry(case) for case in CASES]
    names = [case["name"] for case in cases]
    repeated = {name for name in names if names.count(name) > 1}
    assert not repeated, f"names used twice: {repeated}"
    return {"environment": dict(ENVIRONMENT), "cases": cases}
