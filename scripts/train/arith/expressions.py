"""Chains as expressions: in symbols, worked from left to right, or as instructions in words."""

from .chain import Operation
from .draw import Draw

WORDING = {"+": "Add {n}", "-": "Subtract {n}", "*": "Multiply by {n}", "/": "Divide by {n}"}

# Each phrasing says that the order is from left to right, without regard to precedence.
SYMBOLS = (
    "Work out {e}, going from left to right.",
    "Going from left to right, compute {e}.",
    "Compute {e} strictly from left to right.",
    "Evaluate from left to right: {e}",
    "From left to right, what is {e}?",
    "What do you get for {e} if you take the operations in the order in which they stand?",
    "Taking each operation as it comes, work out {e}.",
    "Calculate {e} step by step from left to right.",
    "A simple calculator without precedence is given {e}. What does it show?",
    "Find the value of {e}, in the order written.",
    "{e}: give the result, working from left to right.",
    "Do the operations in the order written: {e} = ?",
)
SYMBOLS_SHIFTED = (
    "Ignoring the usual precedence, read {e} from left to right and give its value.",
    "Key in {e} one operation at a time. Which number stands at the end?",
    "Left to right only: {e}. What is the outcome?",
)

# (opening, name of each operation, how the instructions are joined, question)
_SHORT = {"+": "add {n}", "-": "subtract {n}", "*": "multiply by {n}", "/": "divide by {n}"}
_PLAIN = {"+": "plus {n}", "-": "minus {n}", "*": "times {n}", "/": "divided by {n}"}
_LATIN = {"+": "increase it by {n}", "-": "decrease it by {n}", "*": "multiply it by {n}", "/": "divide it by {n}"}
_NOUN = {"+": "put {n} on", "-": "take {n} off", "*": "make it {n} times as large", "/": "cut it into {n} and keep one part"}
WORDS = (
    ("Start with {v}, then ", _SHORT, ", then ", ". What is the result?"),
    ("Take {v}, ", _SHORT, ", ", ". What do you get?"),
    ("Begin at {v}. Now ", _SHORT, ", ", ". Where do you end?"),
    ("In order: {v} ", _PLAIN, ", ", ". What is it?"),
    ("Think of {v}; ", _LATIN, "; ", ". Which number is it now?"),
    ("The number is {v}. First ", _LATIN, ", and next ", ". Say the number."),
    ("Write down {v}, ", _NOUN, ", ", ". What is left on the paper?"),
    ("From {v}: ", _SHORT, " and ", ". Give the final number."),
)
WORDS_SHIFTED = (
    ("Somebody picks {v} and is told to ", _SHORT, ", after that to ", ". What does the person say?"),
    ("A counter shows {v}. You ", _LATIN, ", you ", ". Read the counter."),
)


def clause(operation: Operation) -> str:
    return WORDING[operation.symbol].format(n=operation.operand)


def draw_expression(draw: Draw, chain: list[Operation], shifted: bool) -> tuple[str, list[str]]:
    """The problem's text, and for each operation the clause that restates it."""
    clauses = [clause(operation) for operation in chain]
    start = chain[0].before
    if draw.chance(0.6):
        expression = str(start) + "".join(f" {o.symbol} {o.operand}" for o in chain)
        return draw.choice(SYMBOLS_SHIFTED if shifted else SYMBOLS).format(e=expression), clauses
    opening, names, joint, question = draw.choice(WORDS_SHIFTED if shifted else WORDS)
    told = joint.join(names[o.symbol].format(n=o.operand) for o in chain)
    return opening.format(v=start) + told + question, clauses
