"""Has lm-eval evaluate a server, unchanged, and prints one JSON object: feature by client, true or why not.

Arguments: the server's address, its key, and, where there is one, the address of llama.cpp's own server with the same model:
then every log-likelihood that lm-eval reads is computed there again, a token at a time.
The tasks' data is here: nothing is downloaded.
"""

import json
import os
import sys
import tempfile
import warnings

os.environ.update(
    HF_DATASETS_OFFLINE="1", HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false",
    HF_HOME=tempfile.mkdtemp(prefix="lm-eval-"), LMEVAL_LOG_LEVEL="ERROR", OPENAI_API_KEY=sys.argv[2])
warnings.filterwarnings("ignore")

import lm_eval
import requests
from lm_eval.tasks import TaskManager

BASE, KEY = sys.argv[1], sys.argv[2]
REFERENCE = sys.argv[3] if len(sys.argv) > 3 else None
MODEL = "default@greedy"
HEADERS = {"Authorization": "Bearer " + KEY}
# What two ways to compute may differ by, as a share of one nat a token and what is said of it: llama.cpp's own server differs from
# itself by 0.068 at most (0.28 nats) with flash attention and without it and repacked weights, of these tokens and SmolLM2-135M.
TOLERANCE = 0.1

CAPITALS = [("France", "Paris"), ("Germany", "Berlin"), ("Italy", "Rome"), ("Japan", "Tokyo"), ("Spain", "Madrid"),
            ("Russia", "Moscow"), ("Egypt", "Cairo"), ("Greece", "Athens"), ("Austria", "Vienna"), ("Cuba", "Havana")]
NAMES = [capital for _, capital in CAPITALS]

LIKELIHOOD = """
task: espalier_choices
dataset_path: json
dataset_kwargs: {data_files: {test: %s}}
test_split: test
output_type: multiple_choice
doc_to_text: "The capital of {{country}} is"
doc_to_choice: "{{choices}}"
doc_to_target: "{{gold}}"
metric_list: [{metric: acc}, {metric: acc_norm}]
"""

PERPLEXITY = """
task: espalier_texts
dataset_path: json
dataset_kwargs: {data_files: {test: %s}}
test_split: test
output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: "The capital of {{country}} is {{capital}}."
metric_list: [{metric: word_perplexity}]
"""

GENERATION = """
task: espalier_generation
dataset_path: json
dataset_kwargs: {data_files: {test: %s}}
test_split: test
output_type: generate_until
doc_to_text: "What is the capital of {{country}}? Answer with its name."
doc_to_target: "{{capital}}"
generation_kwargs: {until: ["\\n\\n"], max_gen_toks: 40, temperature: 0.0, do_sample: false}
filter_list:
  - name: capital
    filter:
      - {function: regex, regex_pattern: "(%s)"}
      - {function: take_first}
metric_list: [{metric: exact_match}]
"""


def evaluate(kind, path, task, **more):
    arguments = {"model": MODEL, "base_url": BASE + path, "max_retries": 1, "auth_token": KEY, **more.pop("given", {})}
    return lm_eval.simple_evaluate(
        model=kind, model_args=arguments, tasks=[task], task_manager=manager, log_samples=True, bootstrap_iters=0,
        **more)


def tokens(text):
    answer = requests.post(BASE + "/tokenize", json={"prompt": text, "add_special_tokens": False}, headers=HEADERS)
    return answer.json()["tokens"]


def reference(prompt, continuation):
    """The continuation's log-likelihood by llama.cpp's own server, each token behind those before it."""
    whole, begin = tokens(prompt + continuation), len(tokens(prompt))
    total = 0
    for at in range(begin, len(whole)):
        answer = requests.post(REFERENCE + "/completion", json={
            "prompt": whole[:at], "n_predict": 1, "temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0,
            "n_probs": 60000, "post_sampling_probs": False}).json()
        likely = answer["completion_probabilities"][0]["top_logprobs"]
        total += next(one["logprob"] for one in likely if one["id"] == whole[at])
    return total, len(whole) - begin


def likelihood():
    results = evaluate("local-completions", "/v1/completions", "espalier_choices")
    samples = results["samples"]["espalier_choices"]
    right, worst = 0, 0
    for sample in samples:
        read = [float(resp[0][0]) for resp in sample["resps"]]
        best = max(range(len(read)), key=read.__getitem__)
        right += best == int(sample["target"])
        if REFERENCE:
            for own, choice in zip(read, sample["doc"]["choices"]):
                again, length = reference("The capital of " + sample["doc"]["country"] + " is", " " + choice)
                worst = max(worst, abs(own - again) / (length + abs(again)))
    accuracy = results["results"]["espalier_choices"]["acc,none"]
    compared = f", likelihoods within {100 * worst:.1f} % of llama.cpp's" if REFERENCE else ""
    print(f"lm-eval, local-completions: accuracy {accuracy} over {len(samples)}{compared}", file=sys.stderr)
    if worst > TOLERANCE:
        return f"a likelihood is {100 * worst:.1f} % from llama.cpp's"
    # Even a small model knows capitals: one of four is chance.
    return accuracy == right / len(samples) and accuracy >= 0.6


def perplexity():
    results = evaluate("local-completions", "/v1/completions", "espalier_texts")
    value = results["results"]["espalier_texts"]["word_perplexity,none"]
    print(f"lm-eval, local-completions: word perplexity {value:.2f}", file=sys.stderr)
    return 1 < value < 1000


def generation():
    results = evaluate(
        "local-chat-completions", "/v1/chat/completions", "espalier_generation", apply_chat_template=True)
    samples = results["samples"]["espalier_generation"]
    score = results["results"]["espalier_generation"]["exact_match,capital"]
    print(f"lm-eval, local-chat-completions: exact match {score} over {len(samples)}", file=sys.stderr)
    right = 0
    for sample in samples:
        question = "What is the capital of " + sample["doc"]["country"] + "? Answer with its name."
        asked = {"model": MODEL, "messages": [{"role": "user", "content": question}], "max_tokens": 40,
                 "temperature": 0, "stop": ["\n\n"]}
        answer = requests.post(BASE + "/v1/chat/completions", json=asked, headers=HEADERS).json()
        if answer["choices"][0]["message"]["content"] != sample["resps"][0][0]:
            return "a reply is another one than without lm-eval"
        named = [name for name in NAMES if name in sample["resps"][0][0]]
        first = min(named, key=sample["resps"][0][0].index, default=None)
        right += first == sample["doc"]["capital"]
    return score == right / len(samples) and score >= 0.6


def completion():
    """A text's continuation, whose prompt goes over as tokens."""
    results = evaluate("local-completions", "/v1/completions", "espalier_generation")
    return all(sample["resps"][0][0] for sample in results["samples"]["espalier_generation"])


found = {}
with tempfile.TemporaryDirectory() as folder:
    data = os.path.join(folder, "capitals.jsonl")
    with open(data, "w") as lines:
        for i, (country, capital) in enumerate(CAPITALS):
            others = [NAMES[(i + away) % len(NAMES)] for away in (3, 5, 7)]
            choices = sorted([capital, *others])
            lines.write(json.dumps({
                "country": country, "capital": capital, "choices": choices, "gold": choices.index(capital)}) + "\n")
    for name, task in (("choices", LIKELIHOOD % data), ("texts", PERPLEXITY % data),
                       ("generation", GENERATION % (data, "|".join(NAMES)))):
        with open(os.path.join(folder, name + ".yaml"), "w") as file:
            file.write(task)
    manager = TaskManager(include_path=folder, include_defaults=False)
    tests = {"chat": (generation, completion), "logprobs": (likelihood, perplexity)}
    for feature, parts in tests.items():
        for test in parts:
            try:
                outcome = test()
            except Exception as e:
                outcome = (type(e).__name__ + ": " + str(e)).splitlines()[0][:160]
            if isinstance(outcome, str) or not outcome:
                break
        found[feature] = outcome if isinstance(outcome, str) else bool(outcome) or "not what it should be"
print(json.dumps({"lm-eval": found}, indent=1))
