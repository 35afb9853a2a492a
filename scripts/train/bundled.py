"""Where finished models go: into the folder of bundled models, with their size and sum in the catalogue."""

import hashlib
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from export import export
from training import load
from vocabulary import SINGLE_DIGITS, PreTokenizer

REPOSITORY = Path(__file__).resolve().parents[2]
MODELS = REPOSITORY / "models"
CATALOGUE = REPOSITORY / "src/main/resources/org/espalier/catalog/models.yaml"
DATA = REPOSITORY / "src/main/resources/org/espalier/data"
REFERENCES = REPOSITORY / "src/test/resources/org/espalier/pair"
# The policies are trained without an instruction; an empty one says that none is to be given.
POLICY = {"system_prompt": ""}


def once(path: Path, make: Callable[[Path], None]) -> None:
    """Makes a file, unless it is there."""
    if not path.exists():
        partial = path.with_suffix(".part")
        make(partial)
        partial.replace(path)


def sample(problems: Path, rollouts: Path, policy: str, samples: int, max_tokens: int) -> None:
    """Has Espalier write solutions with a bundled policy, unless it has written them all."""
    done = rollouts.with_suffix(".done")
    if not done.exists():
        subprocess.run(
            [REPOSITORY / "espalier", "rollouts", problems, "--out", rollouts, "--policy", MODELS / f"{policy}-f16.gguf",
             "-n", str(samples), "--max-tokens", str(max_tokens)],
            check=True,
        )
        done.touch()


def bundle_model(
    weights: Path,
    vocabulary: Path,
    name: str,
    description: str,
    notes: dict[str, str],
    pre_tokenizer: PreTokenizer = SINGLE_DIGITS,
) -> None:
    file = MODELS / f"{name}-f16.gguf"
    export(load(weights), vocabulary, file, name, description, notes, pre_tokenizer)
    content = file.read_bytes()
    entry = re.compile(rf"(?<=  - name: {name}\n)(.*?)bytes: \d+\n    sha256: \w+", re.DOTALL)
    pinned = rf"\g<1>bytes: {len(content)}\n    sha256: {hashlib.sha256(content).hexdigest()}"
    CATALOGUE.write_text(entry.sub(pinned, CATALOGUE.read_text(encoding="utf-8"), count=1), encoding="utf-8")
