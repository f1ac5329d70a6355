"""Writes operators.json: what PyTorch computes for each operator, with gradients, in float64.

Usage: python generate.py

The loss of a case is the sum of its output times a projection. Numbers are written so that reading them gives the same bits.
"""

import json
import os

import torch
import torch.nn.functional as F

torch.manual_seed(20240607)
CASES = []


def numbers(tensor):
    return {"shape": list(tensor.shape), "values": tensor.detach().flatten().tolist()}


def random(*shape, scale=1.0, shift=0.0):
    return (torch.randn(*shape, dtype=torch.float64) * scale + shift).requires_grad_()


def case(name, function, compute, inputs, options=None, integers=None):
    output = compute(*inputs)
    projection = torch.randn_like(output)
    gradients = torch.autograd.grad((output * projection).sum(), inputs, allow_unused=True)
    CASES.append(
        {
            "name": name,
            "function": function,
            "options": options or {},
            "integers": integers or [],
            "inputs": [numbers(x) for x in inputs],
            "projection": numbers(projection),
            "output": numbers(output),
            "gradients": [numbers(torch.zeros_like(x) if g is None else g) for g, x in zip(gradients, inputs)],
        }
    )


FUNCTIONS = {
    "exponential": torch.exp,
    "tangent": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": F.relu,
    "gelu": F.gelu,
    "geluTangent": lambda x: F.gelu(x, approximate="tanh"),
    "quickGELU": lambda x: x * torch.sigmoid(1.702 * x),
    "silu": F.silu,
    "square": torch.square,
    "absoluteValue": torch.abs,
}
POSITIVE = {"logarithm": torch.log, "squareRoot": torch.sqrt, "reciprocal": torch.reciprocal}


def functions():
    for name, function in FUNCTIONS.items():
        case(f"function {name}", "function", function, [random(3, 7, scale=2)], {"function": name})
    for name, function in POSITIVE.items():
        x = (torch.rand(3, 7, dtype=torch.float64) * 4 + 0.1).requires_grad_()
        case(f"function {name}", "function", function, [x], {"function": name})


def products():
    case("product", "product", torch.matmul, [random(2, 3, 4), random(2, 4, 5)])
    case("product with one matrix", "product", torch.matmul, [random(2, 3, 4), random(4, 5)])
    case("product of one matrix", "product", torch.matmul, [random(3, 4), random(2, 4, 5)])
    for name in ["identity", "quickGELU", "gelu"]:
        function = FUNCTIONS.get(name, lambda x: x)
        case(
            f"linear {name}", "linear", lambda x, w, b, f=function: f(F.linear(x, w, b)),
            [random(2, 3, 4), random(5, 4), random(5)], {"function": name},
        )


def rows():
    case(
        "layer norm", "layerNorm", lambda x, w, b: F.layer_norm(x, (37,), w, b, 1e-5),
        [random(3, 37, scale=2, shift=1), random(37), random(37)],
    )
    case(
        "add and layer norm", "addAndLayerNorm",
        lambda x, u, ub, w, b: F.layer_norm(x + u + ub, (37,), w, b, 1e-5) + 2 * (x + u + ub),
        [random(3, 37), random(3, 37), random(37), random(37), random(37)],
    )
    case("softmax", "softmax", lambda x: F.softmax(x, -1), [random(3, 35, scale=3)])
    case("log softmax", "logSoftmax", lambda x: F.log_softmax(x, -1), [random(3, 35, scale=3)])
    case("normalize", "normalize", lambda x: F.normalize(x, dim=-1), [random(3, 9)])


def attention():
    def attend(packed, bias, heads, mask):
        batch, tokens, width = packed.shape
        q, k, v = ((packed + bias).view(batch, tokens, 3, heads, -1).permute(2, 0, 3, 1, 4)).unbind(0)
        result = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return result.transpose(1, 2).reshape(batch, tokens, width // 3)

    causal = torch.ones(5, 5, dtype=torch.bool).tril()
    padding = torch.tensor([[1, 1, 1, 1, 0], [1, 1, 0, 0, 0]], dtype=torch.bool)
    masks = {"none": None, "causal": causal, "padding": padding[:, None, None, :],
             "both": padding[:, None, None, :] & causal}
    for name, mask in masks.items():
        case(
            f"attention {name}", "attention", lambda p, b, m=mask: attend(p, b, 2, m), [random(2, 5, 24), random(24)],
            {"heads": 2, "causal": int(name in ("causal", "both"))},
            padding.flatten().int().tolist() if name in ("padding", "both") else [],
        )
    tokens = 70
    mask = torch.ones(tokens, tokens, dtype=torch.bool).tril()
    case(
        "attention over several tiles", "attention", lambda p, b: attend(p, b, 1, mask),
        [random(1, tokens, 6), random(6)], {"heads": 1, "causal": 1},
    )


def losses():
    labels = [3, 0, 4, 4]
    for smoothing in [0, 0.1]:
        case(
            f"cross entropy {smoothing}", "crossEntropy",
            lambda x, s=smoothing: F.cross_entropy(x, torch.tensor(labels), label_smoothing=s),
            [random(4, 5, scale=3)], {"smoothing": smoothing}, labels,
        )
    case(
        "entropy", "entropy", lambda x: -(x.softmax(1) * x.log_softmax(1)).sum(1).mean(0), [random(4, 5, scale=3)])


def images():
    for stride, padding in [(1, 0), (2, 1)]:
        case(
            f"convolution {stride} {padding}", "convolution",
            lambda x, w, b, s=stride, p=padding: F.conv2d(x, w, b, s, p),
            [random(2, 3, 6, 7), random(4, 3, 3, 2), random(4)], {"stride": stride, "padding": padding},
        )
    case(
        "patch embedding", "patchEmbedding", lambda x, w, b: F.conv2d(x, w, b, 3).flatten(2).transpose(1, 2),
        [random(2, 3, 6, 9), random(4, 3, 3, 3), random(4)],
    )
    for kernel, stride, padding in [(2, 2, 0), (3, 2, 1)]:
        options = {"kernel": kernel, "stride": stride, "padding": padding}
        case(
            f"maximum pool {kernel}", "maximumPool", lambda x, k=kernel, s=stride, p=padding: F.max_pool2d(x, k, s, p),
            [random(2, 2, 6, 7)], options,
        )
        case(
            f"average pool {kernel}", "averagePool", lambda x, k=kernel, s=stride, p=padding: F.avg_pool2d(x, k, s, p),
            [random(2, 2, 6, 7)], options,
        )
    for size in [1, 4]:
        case(
            f"adaptive average pool {size}", "adaptivePool", lambda x, n=size: F.adaptive_avg_pool2d(x, (n, n + 1)),
            [random(2, 2, 6, 7)], {"size": size},
        )
    mean, variance = torch.randn(3, dtype=torch.float64), torch.rand(3, dtype=torch.float64) + 0.5
    statistics = {"mean": mean.tolist(), "variance": variance.tolist()}
    case(
        "batch norm", "batchNorm", lambda x, w, b: F.batch_norm(x, mean, variance, w, b),
        [random(2, 3, 2, 4), random(3), random(3)], statistics,
    )
    x, w, b = random(2, 3, 2, 4), random(3), random(3)
    after_mean, after_variance = mean.clone(), variance.clone()
    F.batch_norm(x.detach(), after_mean, after_variance, w, b, training=True)
    after = {"meanAfter": after_mean.tolist(), "varianceAfter": after_variance.tolist()}
    case(
        "batch norm in training", "batchNormInTraining",
        lambda x, w, b: F.batch_norm(x, mean.clone(), variance.clone(), w, b, training=True), [x, w, b],
        statistics | after,
    )


def movement():
    indices = [2, 0, 2, 5]
    case("embedding", "embedding", lambda w: F.embedding(torch.tensor(indices), w), [random(6, 3)], {}, indices)
    case("concatenation", "concatenation", lambda a, b: torch.cat([a, b], 1), [random(2, 3, 2), random(2, 1, 2)])
    case("permutation", "permutation", lambda x: x.permute(2, 0, 1), [random(2, 3, 4)])
    case("broadcast", "broadcast", lambda a, b, c: (a + b) * c / (b * b + 1) - c, [random(2, 3, 4), random(4), random(3, 1)])
    case("means", "means", lambda x: x.mean(1) * x.sum(0).mean(), [random(2, 3, 4)])


def main():
    for part in [functions, products, rows, attention, losses, images, movement]:
        part()
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "operators.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write('{"torch": "%s", "cases": [\n' % torch.__version__.split("+")[0])
        file.write(",\n".join(json.dumps(item) for item in CASES))
        file.write("\n]}\n")
    print(f"{len(CASES)} cases")


if __name__ == "__main__":
    main()
