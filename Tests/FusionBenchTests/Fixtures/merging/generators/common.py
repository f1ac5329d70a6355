"""What all generators share: paths, exact files, and the list of cases."""

import contextlib
import importlib.metadata
import json
import os
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import torch
from safetensors.torch import load_file, save_file

StateDict = Dict[str, torch.Tensor]

PEERS = {
    "fusion-bench": "0.2.33",
    "mergekit": "0.1.5",
    "torch": "2.15.0",
    "transformers": "5.23.0",
    "safetensors": "0.8.0",
    "numpy": "2.4.6",
}


def check_versions() -> None:
    """Other versions may compute other numbers."""
    for package, expected in PEERS.items():
        installed = importlib.metadata.version(package)
        if installed.split("+")[0] != expected:
            raise SystemExit(f"{package} {expected} is needed, {installed} is installed")


def prepare_process(root: str) -> None:
    """One thread and no progress bars; relative paths start at `root`."""
    os.chdir(root)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()


@contextlib.contextmanager
def quiet():
    """Peers print what they do; keep that from the terminal."""
    with open(os.devnull, "w") as nothing:
        with contextlib.redirect_stdout(nothing), contextlib.redirect_stderr(nothing):
            yield


def write_tensors(path: str, tensors: StateDict) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    exact = {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}
    save_file(exact, path, metadata={"format": "pt"})


def write_json(path: str, value: Any) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text + "\n")


def same_bytes(left: StateDict, right: StateDict) -> bool:
    return left.keys() == right.keys() and all(
        left[name].dtype == right[name].dtype
        and left[name].shape == right[name].shape
        and torch.equal(bits(left[name]), bits(right[name]))
        for name in left
    )


def bits(tensor: torch.Tensor) -> torch.Tensor:
    """The bytes of a tensor: NaN equals itself, and −0 differs from 0."""
    return tensor.detach().contiguous().reshape(-1).view(torch.uint8)


def deviation(narrow: StateDict, wide: StateDict) -> float:
    """The largest |narrow − wide|, relative to the largest |wide| of its tensor."""
    largest = 0.0
    for name, tensor in narrow.items():
        if not tensor.is_floating_point() or tensor.numel() == 0:
            continue
        scale = wide[name].double().abs().max()
        if scale == 0:
            continue
        difference = (tensor.double() - wide[name].double()).abs().max()
        largest = max(largest, (difference / scale).item())
    return largest


def elementwise_deviation(narrow: StateDict, wide: StateDict) -> float:
    """The largest |narrow − wide| / |wide| of any element."""
    largest = 0.0
    for name, tensor in narrow.items():
        if not tensor.is_floating_point() or tensor.numel() == 0:
            continue
        reference = wide[name].double()
        difference = (tensor.double() - reference).abs()
        known = reference != 0
        if known.any():
            largest = max(largest, (difference[known] / reference[known].abs()).max().item())
    return largest


def rounded(value: float) -> float:
    """Two digits are enough to judge an error by."""
    return float(f"{value:.1e}")


class Recorder:
    """Collects the cases, writes their tensors, and then cases.json."""

    def __init__(self) -> None:
        self.cases: List[Dict[str, Any]] = []
        self.models: List[Tuple[str, StateDict]] = []
        self.written: Dict[str, StateDict] = {}

    def read_models(self) -> None:
        for folder, _, files in sorted(os.walk("models")):
            if "model.safetensors" in files:
                path = os.path.join(folder, "model.safetensors")
                self.models.append((path, load_file(path)))

    def add(
        self,
        id: str,
        *,
        peer: str,
        method: Dict[str, Any],
        models: Sequence[Tuple[str, str]],
        outputs: Optional[Dict[str, StateDict]] = None,
        notes: Sequence[str] = (),
        **more: Any,
    ) -> None:
        """Adds a case. `models` are pairs of name and pool path, in order."""
        if any(case["id"] == id for case in self.cases):
            raise ValueError(f"two cases are called {id}")
        case: Dict[str, Any] = {"id": id, "peer": peer, "method": method}
        case["models"] = [{"name": name, "path": f"models/{path}"} for name, path in models]
        if outputs is not None:
            case["expected"] = {
                part: self.store(id, part, tensors) for part, tensors in outputs.items()
            }
        case.update({key: value for key, value in more.items() if value is not None})
        if notes:
            case["notes"] = list(notes)
        self.cases.append(case)

    def write(self) -> None:
        write_json("cases.json", {"versions": PEERS, "cases": self.cases})

    def store(self, id: str, part: str, tensors: StateDict) -> str:
        """Writes one file, or names the file that holds the same tensors already."""
        for path, model in self.models:
            if same_bytes(tensors, model):
                return path
        for path, written in self.written.items():
            if same_bytes(tensors, written):
                return path
        name = id if part == "merged" else f"{id}.{part}"
        path = f"expected/{name}.safetensors"
        write_tensors(path, tensors)
        self.written[path] = {name: tensor.detach().clone() for name, tensor in tensors.items()}
        return path


def observe_error(call: Callable[[], Any]) -> Optional[Dict[str, str]]:
    """What a call raises: the evidence for a note that says "crashes"."""
    try:
        with quiet():
            call()
    except Exception as error:
        lines = str(error).strip().splitlines()
        return {"type": type(error).__name__, "message": lines[0] if lines else ""}
    return None
