"""The policies: language models of solutions that random play has found, and of single sums."""

from pathlib import Path

import numpy as np

from arith.draw import Draw
from llama import Llama, Shape
from packing import Document
from policy import DOCUMENTS_PER_CHUNK, language_documents, language_loss
from training import Run
from vocabulary import THREE_DIGITS, TURN_START, Vocabulary
from vocabulary import train as train_vocabulary

from .puzzles import COUNTS, MOST_BETWEEN, MOST_VALUE, STEP_DELIMITER, Puzzle, TestPuzzles, draw_puzzle, moves

# At first mostly sums of two numbers, later mostly puzzles of four.
EASY_FIRST, HARD_AT_LAST = (3.0, 1.0, 1.0), (0.5, 1.5, 4.0)
SETTLED_FROM = 0.3
# A document of two, of three and of four numbers.
ROW_LENGTHS = (48, 68, 90)
VOCABULARY_SIZE = 2048
ROLES = ("user\n", "assistant\n")
TOKENIZER_PUZZLES = 500


def draw_training_puzzle(draw: Draw, tests: TestPuzzles, progress: float) -> Puzzle:
    share = min(1.0, progress / SETTLED_FROM)
    weights = [easy * (1 - share) + hard * share for easy, hard in zip(EASY_FIRST, HARD_AT_LAST)]
    while True:
        puzzle = draw_puzzle(draw, draw.weighted(COUNTS, weights))
        if puzzle not in tests:
            return puzzle


# A solution teaches two sums at most, since its last one is the target; so sums are a lesson of their own, at first the main one.
SUMS_PER_DOCUMENT = 10
MOST_SUMS, FEWEST_SUMS = 0.8, 0.2
LARGEST_OPERANDS = ((MOST_VALUE, MOST_VALUE), (200, MOST_VALUE), (99, 99))
OPERAND_WEIGHTS = (0.5, 0.3, 0.2)


def share_of_sums(progress: float) -> float:
    return MOST_SUMS + (FEWEST_SUMS - MOST_SUMS) * min(1.0, progress / (2 * SETTLED_FROM))


def sums(vocabulary: Vocabulary, draw: Draw) -> Document:
    """Sums, differences, products and quotients, of which the results are predicted."""
    tokens = [vocabulary.ids[TURN_START], *vocabulary.text(ROLES[1])]
    weights = [0.0] * len(tokens)
    for _ in range(SUMS_PER_DOCUMENT):
        most = draw.weighted(LARGEST_OPERANDS, OPERAND_WEIGHTS)
        step = draw.choice(moves((draw.between(1, most[0]), draw.between(1, most[1]))))
        asked = vocabulary.text(f"{step.one} {step.symbol} {step.other} = ")
        tokens += [*asked, *vocabulary.text(f"{step.result}"), *vocabulary.text(STEP_DELIMITER)]
        weights += [*[0.0] * len(asked), 1.0, 0.0]
    return Document(np.array(tokens[:-1]), np.array(tokens[1:]), np.array(weights[1:], np.float32))


def train_tokenizer(tests: TestPuzzles, path: Path) -> None:
    """Every number up to a thousand becomes one token. Steps and their delimiter are apart, so that none holds both."""
    draw = Draw(0)
    puzzles = [draw_training_puzzle(draw, tests, 1.0) for _ in range(TOKENIZER_PUZZLES)]
    texts = [text for puzzle in puzzles for text in (puzzle.text, *map(str, puzzle.steps))]
    numbers = [str(number) for number in range(MOST_BETWEEN + 1)] * 10
    train_vocabulary([*texts, *numbers, *[STEP_DELIMITER, *ROLES] * TOKENIZER_PUZZLES], path, THREE_DIGITS, VOCABULARY_SIZE)


class PolicyRun:
    """Picklable, because each rank builds its own."""

    def __init__(self, seed: int, vocabulary: Path, tests: Path, shape: Shape):
        self.seed = seed
        self.vocabulary = vocabulary
        self.tests = tests
        self.shape = shape

    def build(self) -> Llama:
        model = Llama(self.shape)
        model.initialise(self.seed)
        return model

    def documents(self, chunk: int, progress: float) -> list[Document]:
        draw, tests, vocabulary = Draw(self.seed, chunk), TestPuzzles(self.tests), Vocabulary(self.vocabulary)
        single = round(DOCUMENTS_PER_CHUNK * share_of_sums(progress))
        puzzles = [draw_training_puzzle(draw, tests, progress) for _ in range(DOCUMENTS_PER_CHUNK - single)]
        return language_documents(vocabulary, puzzles) + [sums(vocabulary, draw) for _ in range(single)]

    def run(self, name: str, steps: int) -> Run:
        return Run(name, steps, self.build, self.documents, language_loss, row_lengths=ROW_LENGTHS)
