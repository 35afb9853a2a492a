"""Programs, models and figures that the parts share."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
POLICY = "smollm2-135m-instruct"
# The bundled pair.
SMALL, LARGE, PRM = "arith-small", "arith-large", "arith-prm"


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def output(*command, **more):
    return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT, **more).stdout


def require_result(command, code):
    """A solve without an answer, such as one that was cut off, has an exit code of its own."""
    if code not in (0, 3):
        raise RuntimeError(f"{' '.join(map(str, command))} ended with exit code {code}")


class Workbench:
    """Builds what is needed, and keeps every figure with the part that it belongs to."""

    def __init__(self, threads):
        self.threads = threads
        self.figures = []
        settings = subprocess.run(
            ["java", "-XshowSettings:properties", "-version"], check=True, stderr=subprocess.PIPE, text=True).stderr
        self.java = re.search(r"java\.vm\.name = (.*)", settings).group(1) + " " + \
            re.search(r"java\.vm\.version = (.*)", settings).group(1)
        self.java_home = re.search(r"java\.home = (.*)", settings).group(1)
        self.build = ROOT / "target" / "native-bench"
        output("./espalier", "--version")
        output("scripts/build-native", self.build, self.java_home, "ON")
        self.environment = os.environ | {"ESPALIER_LLAMA_LIB": (self.build / "llama.root").read_text().strip()}
        self.files = {}

    def file(self, model):
        """The GGUF file of a model of the catalogue."""
        if model not in self.files:
            bundled = ROOT / "target" / "classes" / "org" / "espalier" / "models" / f"{model}-f16.gguf"
            self.files[model] = str(bundled) if bundled.exists() else output("./espalier", "models", "fetch", model).strip()
        return self.files[model]

    def bare(self, model, layout, branches, prefix, own):
        """llama.cpp alone."""
        return json.loads(output(
            self.build / "espalier-ceiling", model, layout, branches, prefix, own, self.threads, env=self.environment))

    def engine(self, model, layout, branches, prefix, own):
        return json.loads(output(
            "./espalier", "bench", "--json", "--runs", 1, "--policy", model, "--kv-layout", layout, "--branches", branches,
            "--prefix", prefix, "--tokens", own, "--threads", self.threads))

    def note(self, part, **values):
        self.figures.append({"part": part} | values)
        say(f"  {part}: " + ", ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in values.items()))
