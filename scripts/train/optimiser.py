"""Muon for the matrices (Jordan et al. 2024), Adam for the rest, under one warm-up and one decay."""

import torch
from torch import Tensor, nn

# Where there is no unit for it, a product of bf16 matrices takes nearly twice the time of a product of float32 ones.
FAST_BFLOAT16 = torch.cuda.is_available() or torch.cpu._is_amx_tile_supported()
WARM_UP = 0.02
DECAY = 0.4


def schedule(step: int, steps: int) -> float:
    """The factor on every learning rate: linear warm-up, a plateau, linear decay to zero."""
    return min(1.0, (step + 1) / (WARM_UP * steps), (steps - step) / (DECAY * steps))


def orthogonalised(gradients: Tensor) -> Tensor:
    """The nearest semi-orthogonal matrices to a stack of matrices, by five Newton-Schulz iterations."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = gradients.bfloat16() if FAST_BFLOAT16 else gradients
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).float()


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters: list[nn.Parameter], lr: float, momentum: float, weight_decay: float):
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            of_shape: dict[torch.Size, list[nn.Parameter]] = {}
            for parameter in group["params"]:
                of_shape.setdefault(parameter.shape, []).append(parameter)
            for same in of_shape.values():
                directions = []
                for parameter in same:
                    state = self.state[parameter]
                    if not state:
                        state["momentum"] = torch.zeros_like(parameter)
                    average = state["momentum"].lerp_(parameter.grad, 1 - group["momentum"])
                    directions.append(parameter.grad.lerp(average, group["momentum"]))
                rows, columns = same[0].shape
                scale = max(1.0, rows / columns) ** 0.5
                for parameter, direction in zip(same, orthogonalised(torch.stack(directions))):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"])
                    parameter.add_(direction, alpha=-group["lr"] * scale)


def optimisers(model: nn.Module) -> list[torch.optim.Optimizer]:
    """For what of a model is to be trained: its layers' matrices, and the rest."""
    trained = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    matrices = [p for name, p in trained if p.dim() == 2 and "layers." in name]
    others = [p for name, p in trained if p.dim() < 2 or "layers." not in name]
    return [
        Muon(matrices, lr=0.02, momentum=0.95, weight_decay=0.01),
        torch.optim.Adam(others, lr=0.003, betas=(0.9, 0.97)),
    ]
