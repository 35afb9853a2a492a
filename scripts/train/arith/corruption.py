"""Wrong solutions made from right ones: a mistake is put into one step, and the rest follows from it."""

from .chain import LARGEST_VALUE, Operation
from .draw import Draw
from .problems import Problem, closing

KINDS = ("result", "operand", "value", "symbol", "skipped", "repeated", "ended", "answer")


def _apply(symbol: str, value: int, operand: int) -> int:
    if symbol == "+":
        return min(value + operand, LARGEST_VALUE)
    if symbol == "-":
        return max(value - operand, 0)
    if symbol == "*":
        return min(value * operand, LARGEST_VALUE)
    return value // operand


def _other_number(draw: Draw, number: int) -> int:
    """A number that looks like this one: a digit changed, two exchanged, or a little more or less."""
    digits = list(str(number))
    kind = draw.choice(("digit", "near", "exchanged"))
    if kind == "digit":
        place = draw.between(0, len(digits) - 1)
        digits[place] = str((int(digits[place]) + draw.between(1, 9)) % 10)
    elif kind == "exchanged" and len(digits) > 1:
        place = draw.between(1, len(digits) - 1)
        digits[place - 1], digits[place] = digits[place], digits[place - 1]
    other = int("".join(digits))
    return other if other != number and str(other) == "".join(digits) else number + draw.choice((-10, -1, 1, 10, 100))


def corrupted(draw: Draw, problem: Problem) -> list[str]:
    """The steps of a wrong solution, the closing sentence included."""
    at = draw.between(0, len(problem.chain) - 1)
    kind = draw.choice(KINDS)
    steps: list[str] = []
    value = problem.chain[0].before
    index = 0
    broken = False
    while index < len(problem.chain):
        operation, clause = problem.chain[index], problem.clauses[index]
        symbol, operand, before, after = operation.symbol, operation.operand, value, None
        if index == at and not broken:
            broken = True
            if kind == "skipped" and len(problem.chain) > 1:
                index += 1
                continue
            if kind == "ended" and steps:
                break
            if kind == "operand":
                operand = max(1, _other_number(draw, operand))
                clause = clause.replace(str(operation.operand), str(operand))
            elif kind == "value":
                before = max(1, _other_number(draw, value))
            elif kind == "symbol":
                symbol = draw.choice([s for s in "+-*/" if s != symbol])
            elif kind == "repeated":
                index -= 1
            elif kind == "result":
                after = max(0, _other_number(draw, operation.after))
        value = _apply(symbol, before, operand) if after is None else after
        wrong = Operation(symbol, before, operand, value)
        steps.append(f"## Step {len(steps) + 1}: {clause}: {wrong.equation}")
        index += 1
    answer = value if kind != "answer" else max(0, _other_number(draw, value))
    return [*steps, closing(str(answer))]
