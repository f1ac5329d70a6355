"""Writes optimizers.json: parameters along 20 steps of PyTorch's optimizers, rates of its schedules, clipped gradients.

Usage: python generate_optimizers.py
"""

import json
import os

import torch
from torch import optim
from torch.optim import lr_scheduler

torch.manual_seed(11)
STEPS = 20
SHAPES = {"weight": [3, 7], "bias": [5], "scale": []}

OPTIMIZERS = {
    "sgd": (optim.SGD, {"lr": 0.1}),
    "sgd_momentum": (optim.SGD, {"lr": 0.05, "momentum": 0.9, "weight_decay": 1e-2}),
    "sgd_dampening": (optim.SGD, {"lr": 0.05, "momentum": 0.8, "dampening": 0.3, "maximize": True}),
    "sgd_nesterov": (optim.SGD, {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 1e-3}),
    "adam": (optim.Adam, {}),
    "adam_decay": (optim.Adam, {"lr": 0.01, "weight_decay": 0.1, "betas": (0.8, 0.95), "eps": 1e-6}),
    "adam_amsgrad": (optim.Adam, {"lr": 0.01, "amsgrad": True, "maximize": True}),
    "adamw": (optim.AdamW, {"lr": 0.02}),
    "adamw_amsgrad": (optim.AdamW, {"lr": 0.02, "amsgrad": True, "weight_decay": 0.2, "betas": (0.4, 0.9)}),
}

SCHEDULES = {
    "cosine": lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=12, eta_min=0.01),
    "cosine_to_zero": lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=STEPS),
    "linear": lambda o: lr_scheduler.LinearLR(o, start_factor=0.25, end_factor=0.75, total_iters=8),
    "constant": lambda o: lr_scheduler.ConstantLR(o, factor=0.5, total_iters=4),
    "step": lambda o: lr_scheduler.StepLR(o, step_size=6, gamma=0.3),
    "exponential": lambda o: lr_scheduler.ExponentialLR(o, gamma=0.9),
}


def floats(tensor):
    return tensor.detach().flatten().tolist()


def optimizer_case(kind, arguments, initial, gradients):
    parameters = {name: torch.nn.Parameter(value.clone()) for name, value in initial.items()}
    optimizer = kind(parameters.values(), foreach=False, **arguments)
    trajectory = []
    for step in range(STEPS):
        for name, parameter in parameters.items():
            parameter.grad = gradients[step][name].clone()
        optimizer.step()
        trajectory.append({name: floats(parameter) for name, parameter in parameters.items()})
    return {"arguments": {k: list(v) if isinstance(v, tuple) else v for k, v in arguments.items()},
            "trajectory": trajectory}


def rates(make):
    optimizer = optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.4)
    schedule = make(optimizer)
    result = []
    for _ in range(2 * STEPS):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return result


def clipping(gradients):
    results = []
    for maximum in (1.0, 4.0, 1000.0):
        parameters = {name: torch.nn.Parameter(torch.zeros(shape)) for name, shape in SHAPES.items()}
        for name, parameter in parameters.items():
            parameter.grad = gradients[name].clone()
        norm = torch.nn.utils.clip_grad_norm_(parameters.values(), maximum, foreach=False)
        results.append({"maximum": maximum, "norm": norm.item(),
                        "clipped": {name: floats(parameter.grad) for name, parameter in parameters.items()}})
    return results


def main() -> None:
    initial = {name: torch.randn(shape) for name, shape in SHAPES.items()}
    # Of very different sizes, as gradients are.
    gradients = [
        {name: torch.randn(shape) * 10 ** (torch.rand(shape) * 4 - 3) for name, shape in SHAPES.items()}
        for _ in range(STEPS)
    ]
    result = {
        "torch": torch.__version__.split("+")[0],
        "shapes": SHAPES,
        "initial": {name: floats(value) for name, value in initial.items()},
        "gradients": [{name: floats(value) for name, value in step.items()} for step in gradients],
        "optimizers": {name: optimizer_case(*case, initial, gradients) for name, case in OPTIMIZERS.items()},
        "schedules": {name: rates(make) for name, make in SCHEDULES.items()},
        "clipping": clipping(gradients[0]),
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "optimizers.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(result, file)
        file.write("\n")


if __name__ == "__main__":
    main()
