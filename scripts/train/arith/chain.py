"""What a problem is made of: a start value and a chain of operations on it."""

from dataclasses import dataclass

from .draw import Draw

LARGEST_VALUE = 999
LARGEST_FACTOR = 9
STEPS_OF_LEVEL = {1: (1, 2), 2: (3, 3), 3: (4, 5), 4: (6, 7), 5: (8, 10)}


@dataclass(frozen=True)
class Operation:
    """One step: ``before symbol operand = after``, with ``symbol`` one of ``+ - * /``."""

    symbol: str
    before: int
    operand: int
    after: int

    @property
    def equation(self) -> str:
        return f"{self.before} {self.symbol} {self.operand} = {self.after}"


def _operand(draw: Draw, most: int) -> int:
    """For a sum or a difference: small, of two digits, or any."""
    size = draw.weighted((20, 99, LARGEST_VALUE), (0.35, 0.4, 0.25))
    return draw.between(2, max(2, min(size, most)))


def _operate(draw: Draw, value: int) -> Operation:
    divisors = [d for d in range(2, LARGEST_FACTOR + 1) if value % d == 0]
    factors = [f for f in range(2, LARGEST_FACTOR + 1) if value * f <= LARGEST_VALUE]
    symbols, weights = [], []
    for symbol, weight, possible in (
        ("+", 3, value + 2 <= LARGEST_VALUE),
        ("-", 3, value > 3),
        ("*", 2, bool(factors) and value > 1),
        ("/", 2.5, bool(divisors)),
    ):
        if possible:
            symbols.append(symbol)
            weights.append(weight)
    symbol = draw.weighted(symbols, weights)
    if symbol == "+":
        operand = _operand(draw, LARGEST_VALUE - value)
        after = value + operand
    elif symbol == "-":
        operand = _operand(draw, value - 1)
        after = value - operand
    elif symbol == "*":
        operand = draw.choice(factors)
        after = value * operand
    else:
        operand = draw.choice(divisors)
        after = value // operand
    return Operation(symbol, value, operand, after)


def draw_chain(draw: Draw, level: int) -> list[Operation]:
    """As many operations as the level asks for, every value in 1..999."""
    low, high = STEPS_OF_LEVEL[level]
    value = draw.between(2, draw.choice((20, 99, 400)))
    chain = []
    for _ in range(draw.between(low, high)):
        operation = _operate(draw, value)
        chain.append(operation)
        value = operation.after
    return chain
