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

# For training alone: how an expression is introduced, and what is asked.
_ORDERS = (
    "from left to right", "strictly from left to right", "in the order given", "in the given order", "one operation after the other", "operation by operation",
    "without any precedence", "with no operation before another", "reading from the left", "as it is read", "from the first number on", "the simple way, left to right")
_ASKED = (
    "Give the value of {e}, {w}.", "Calculate {e} {w}.", "{e} is to be worked out {w}.", "What does {e} give, {w}?", "How much is {e}, {w}?",
    "Here is a calculation: {e}. Do it {w}.", "Do {e} {w} and say what comes out.", "Solve {w}: {e}.", "{w}, please: {e}", "Read {e} {w}. What is it?",
    "Take {e} {w}. Which number results?", "The keys of a calculator are pressed {w}: {e}. What is shown?", "Forget precedence and work out {e} {w}.",
    "Enter {e} {w}. What does the display show?", "Evaluate {e}. Work {w}.", "I need the value of {e}, taken {w}.", "Precedence is ignored here: {e}. What is it {w}?")
_STARTS = (
    "A display shows {v}. ", "The first number is {v}. ", "A child thinks of {v}. ", "You have the number {v}. ", "We begin with {v}. ", "On the board stands {v}. ",
    "A machine is given {v}. ", "Somebody has {v} in mind. ", "Let the number be {v}. ", "A game starts at {v}. ", "{v} is written on a card. ", "The meter reads {v}. ")
_LINKS = (", then ", ", and then ", "; then ", ". Next, ", ". After that ", ", after which you ", ". Now ", ", next ", "; ", ", and ", ". Then ")
_ENDS = (
    "What number is it now?", "Which number is shown?", "What is the final number?", "What does the display say?", "Give the result.", "What comes out?", "Read the number.",
    "What stands on the board?", "Which number is reached?", "What number do you say?", "Say what you get.", "Where does it end?")
_VERBS = (
    _SHORT, _SHORT, _LATIN, _NOUN, {"+": "count {n} up", "-": "count {n} down", "*": "take it {n} times", "/": "take one of {n} equal parts"},
    {"+": "raise it by {n}", "-": "lower it by {n}", "*": "multiply the number by {n}", "/": "divide the number by {n}"},
    {"+": "add another {n}", "-": "take away {n}", "*": "make {n} times that", "/": "split it by {n}"},
    {"+": "you add {n}", "-": "you subtract {n}", "*": "you multiply by {n}", "/": "you divide by {n}"})


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


def draw_varied_expression(draw: Draw, chain: list[Operation]) -> tuple[str, list[str]]:
    """As ``draw_expression``, in many more phrasings."""
    if draw.chance(0.4):
        return draw_expression(draw, chain, shifted=False)
    clauses = [clause(operation) for operation in chain]
    start = chain[0].before
    if draw.chance(0.5):
        expression = str(start) + "".join(f" {o.symbol} {o.operand}" for o in chain)
        text = draw.choice(_ASKED).format(e=expression, w=draw.choice(_ORDERS))
        return text[0].upper() + text[1:], clauses
    verbs = draw.choice(_VERBS)
    text = draw.choice(_STARTS).format(v=start)
    one_link = draw.choice(_LINKS) if draw.chance(0.6) else None
    for index, operation in enumerate(chain):
        told = verbs[operation.symbol].format(n=operation.operand)
        link = (one_link or draw.choice(_LINKS)) if index > 0 else ""
        capital = index == 0
        text += link + (told[0].upper() + told[1:] if capital else told)
    return f"{text}. {draw.choice(_ENDS)}", clauses
