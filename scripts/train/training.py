"""The training loop: data-parallel ranks, checkpoints from which a killed run goes on."""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import Tensor, nn

from llama import Llama
from optimiser import FAST_BFLOAT16, optimisers, schedule
from packing import ROW_LENGTHS, Batch, Document, batches

CHECKPOINT_SECONDS = 60
LOG_STEPS = 50


def _itself(model: Llama) -> Llama:
    return model


@dataclass(frozen=True)
class Run:
    """
    One training run.

    :param name: of its checkpoint
    :param build: makes the model that the run starts with
    :param documents: the documents of a chunk of data, given its number and the progress (0..1) at its beginning
    :param loss: of a model on a batch of tensors, per weighted token
    :param finish: what of the trained model is kept
    :param row_lengths: of the batches' rows; a longer document is left out
    :param pace: the factor on every learning rate: less for a model that is to keep what it knows
    """

    name: str
    steps: int
    build: Callable[[], nn.Module]
    documents: Callable[[int, float], list[Document]]
    loss: Callable[[nn.Module, Batch], Tensor]
    finish: Callable[[nn.Module], Llama] = _itself
    row_lengths: tuple[int, ...] = ROW_LENGTHS
    pace: float = 1.0


def train(run: Run, folder: Path) -> Path:
    """Trains, or goes on training; the path of the finished weights."""
    finished = folder / f"{run.name}.pt"
    if not finished.exists():
        cuda = torch.cuda.is_available()
        # Two processes of one thread each are half again as fast as one of two: small matrices parallelise badly.
        ranks = 1 if cuda else len(os.sched_getaffinity(0))
        with tempfile.TemporaryDirectory() as meeting:
            mp.spawn(_rank, (ranks, run, folder, Path(meeting) / "ranks", "cuda" if cuda else "cpu"), nprocs=ranks)
    return finished


def _rank(rank: int, ranks: int, run: Run, folder: Path, meeting: Path, device: str) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    if ranks > 1:
        dist.init_process_group("gloo", f"file://{meeting}", rank=rank, world_size=ranks)
    checkpoint = folder / f"{run.name}.checkpoint"
    model = run.build().to(device)
    rates = optimisers(model)
    base_rates = [group["lr"] for optimiser in rates for group in optimiser.param_groups]
    step, chunk, skip = 0, 0, 0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device)
        model.load_state_dict(state["model"])
        for optimiser, saved in zip(rates, state["optimisers"]):
            optimiser.load_state_dict(saved)
        step, chunk, skip = state["step"], state["chunk"], state["skip"]
    compiled = torch.compile(run.loss, dynamic=False)
    began = saved_at = time.time()
    tokens, total, counted = 0, 0.0, 0
    while step < run.steps:
        documents = run.documents(chunk, step / run.steps)
        for index, parts in enumerate(batches(documents, ranks, np.random.default_rng(chunk), run.row_lengths)):
            if index < skip:
                continue
            if step >= run.steps:
                break
            factor = run.pace * schedule(step, run.steps)
            groups = (group for optimiser in rates for group in optimiser.param_groups)
            for group, rate in zip(groups, base_rates):
                group["lr"] = rate * factor
            total += _step(model, compiled, parts[rank], ranks, device, rates)
            tokens += int((parts[rank].documents > 0).sum()) * ranks
            counted += 1
            step += 1
            if rank == 0 and (step % LOG_STEPS == 0 or step == run.steps):
                speed = tokens / (time.time() - began)
                print(f"{run.name} step {step}/{run.steps} loss {total / counted:.4f} {speed:,.0f} tokens/s", flush=True)
                began, tokens, total, counted = time.time(), 0, 0.0, 0
            if rank == 0 and time.time() - saved_at > CHECKPOINT_SECONDS:
                states = [optimiser.state_dict() for optimiser in rates]
                _save(
                    {"model": model.state_dict(), "optimisers": states, "step": step, "chunk": chunk, "skip": index + 1},
                    checkpoint,
                )
                saved_at = time.time()
        chunk, skip = chunk + 1, 0
    if rank == 0:
        kept = run.finish(model)
        _save({"model": kept.state_dict(), "shape": kept.shape}, folder / f"{run.name}.pt")
        checkpoint.unlink(missing_ok=True)
    if ranks > 1:
        dist.destroy_process_group()


def _step(model: nn.Module, loss: Callable, batch: Batch, ranks: int, device: str, rates: list) -> float:
    tensors = Batch(*(torch.from_numpy(array).to(device) for array in batch))
    with torch.autocast(device, dtype=torch.bfloat16, enabled=FAST_BFLOAT16):
        value = loss(model, tensors)
    value.backward()
    if ranks > 1:
        gradients = [parameter.grad for parameter in model.parameters() if parameter.requires_grad]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        dist.all_reduce(flat)
        flat /= ranks
        for gradient, mean in zip(gradients, flat.split([g.numel() for g in gradients])):
            gradient.copy_(mean.view_as(gradient))
    for optimiser in rates:
        optimiser.step()
    model.zero_grad(set_to_none=True)
    return value.item()


def _save(state: dict, path: Path) -> None:
    """All or nothing: a run killed here finds the previous file."""
    partial = path.with_suffix(".part")
    torch.save(state, partial)
    partial.replace(path)


def load(path: Path) -> Llama:
    state = torch.load(path, weights_only=False, map_location="cpu")
    model = Llama(state["shape"])
    model.load_state_dict(state["model"])
    return model.eval()
