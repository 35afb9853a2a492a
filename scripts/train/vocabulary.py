"""The pairs' tokenizers: byte-level BPE, and the special tokens of ChatML and of the PRMs."""

from dataclasses import dataclass
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

SIZE = 1024
END_OF_TEXT, TURN_START, TURN_END, STEP, RIGHT, WRONG = SPECIALS = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|step|>",
    "<|right|>",
    "<|wrong|>",
)


@dataclass(frozen=True)
class PreTokenizer:
    """One of llama.cpp's (src/llama-vocab.cpp): its name there, and what may become one token."""

    name: str
    pattern: str


def _pre_tokenizer(name: str, number: str) -> PreTokenizer:
    return PreTokenizer(
        name,
        r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|"
        + number
        + r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    )


SINGLE_DIGITS = _pre_tokenizer("qwen2", r"\p{N}")
THREE_DIGITS = _pre_tokenizer("llama-bpe", r"\p{N}{1,3}")


def train(texts: list[str], path: Path, pre_tokenizer: PreTokenizer = SINGLE_DIGITS, size: int = SIZE) -> None:
    """
    Learns the merges from training texts, and writes them.

    :param size: of the vocabulary, at most
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pre_tokenizer.pattern), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=list(SPECIALS),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.save(str(path))


class Vocabulary:
    """Turns the texts of problems and solutions into tokens."""

    def __init__(self, path: Path):
        self.tokenizer = Tokenizer.from_file(str(path))
        self.size = self.tokenizer.get_vocab_size()
        self.ids = {token: self.tokenizer.token_to_id(token) for token in SPECIALS}
        self._opening = [self.ids[TURN_START], *self.text("user\n")]
        self._middle = [self.ids[TURN_END], *self.text("\n"), self.ids[TURN_START], *self.text("assistant\n")]

    def text(self, text: str) -> list[int]:
        return self.tokenizer.encode(text).ids

    def texts(self, texts: list[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]

    def decode(self, tokens: list[int]) -> str:
        return self.tokenizer.decode(tokens, skip_special_tokens=False)

    def around(self, problem: list[int]) -> list[int]:
        """The prompt for a problem's tokens, up to where the policy starts to write."""
        return [*self._opening, *problem, *self._middle]

    def prompt(self, problem: str) -> list[int]:
        return self.around(self.text(problem))
