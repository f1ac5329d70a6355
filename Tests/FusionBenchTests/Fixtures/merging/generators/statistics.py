"""Numbers that say how a random method is distributed."""

import math
from typing import Any, Dict, List, Optional

import torch


def estimate(name: str, values: List[float], theory: Optional[float] = None) -> Dict[str, Any]:
    """The mean of independent values, with its standard error."""
    count = len(values)
    mean = math.fsum(values) / count
    variance = math.fsum((value - mean) ** 2 for value in values) / max(1, count - 1)
    entry: Dict[str, Any] = {
        "name": name,
        "value": significant(mean),
        "standard_error": significant(math.sqrt(variance / count), 2),
        "runs": count,
    }
    if theory is not None:
        entry["theory"] = significant(theory)
    return entry


def significant(value: float, digits: int = 8) -> float:
    return float(f"{value:.{digits}g}")


def flat(state_dict: Dict[str, torch.Tensor], names: Optional[List[str]] = None) -> torch.Tensor:
    names = sorted(state_dict) if names is None else names
    return torch.cat([state_dict[name].double().reshape(-1) for name in names])
