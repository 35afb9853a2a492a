"""Chains as stories: somebody has a number of things, and things happen to them."""

from dataclasses import dataclass

from .chain import Operation
from .draw import Draw
from .words import NAMES, NAMES_SHIFTED, THINGS, THINGS_SHIFTED


@dataclass(frozen=True)
class Event:
    """Something that happens: one operation, one wording in solutions, several phrasings in problems.

    ``{s}`` stands for the person or the pronoun, ``{t}`` for somebody else, ``{n}`` for the operand, ``{o}`` for the
    things. The last phrasing is kept for the shifted test set.
    """

    symbol: str
    wording: str
    phrasings: tuple[str, ...]


EVENTS = tuple(
    Event(*event)
    for event in (
        ("+", "buys {n}", ("{s} buys {n} more {o}.", "{s} buys another {n}.", "{s} goes to the shop and buys {n} {o}.",
                           "At the market {s} buys {n} of them.")),
        ("+", "finds {n}", ("{s} finds {n} {o}.", "{s} finds {n} more in a drawer.", "In the shed {s} finds {n} {o}.",
                            "Behind the door {s} finds another {n}.")),
        ("+", "gets {n}", ("{t} gives {s} {n} {o}.", "{s} gets {n} more from {t}.", "{s} gets {n} {o} from {t}.",
                           "As a present {s} gets {n} {o}.")),
        ("+", "wins {n}", ("{s} wins {n} {o} in a game.", "{s} plays and wins {n} more.", "{s} wins another {n} {o}.",
                           "In the raffle {s} wins {n} of them.")),
        ("+", "collects {n}", ("{s} collects {n} more {o}.", "{s} collects another {n}.", "On a walk {s} collects {n} {o}.",
                               "With {t}'s help {s} collects {n} {o}.")),
        ("+", "orders {n}", ("{s} orders {n} {o}, which arrive at once.", "{s} orders {n} more and receives them.",
                             "{s} orders another {n} {o}, and they arrive.", "By telephone {s} orders {n}, delivered at noon.")),
        ("+", "borrows {n}", ("{s} borrows {n} {o} from {t}.", "{s} borrows {n} more.", "From {t}, {s} borrows {n}.",
                              "For the week {s} borrows another {n} {o}.")),
        ("+", "unpacks {n}", ("{s} unpacks {n} more {o}.", "A parcel comes and {s} unpacks {n} {o}.", "{s} unpacks another {n}.",
                              "Out of a crate {s} unpacks {n} of them.")),
        ("+", "earns {n}", ("{s} earns {n} {o} by helping {t}.", "{s} works and earns {n} more {o}.", "{s} earns another {n}.",
                            "For a day's work {s} earns {n} {o}.")),
        ("-", "sells {n}", ("{s} sells {n} {o}.", "{s} sells {n} of them.", "{s} sells {n} {o} to {t}.",
                            "At the gate {s} sells {n}.")),
        ("-", "loses {n}", ("{s} loses {n} {o}.", "{s} loses {n} of them on the way.", "{s} loses {n} {o} in a game against {t}.",
                            "In the park {s} loses {n}.")),
        ("-", "gives away {n}", ("{s} gives away {n} {o}.", "{s} gives {n} to {t}.", "{s} gives {t} {n} of the {o}.",
                                 "To a neighbour {s} gives away {n}.")),
        ("-", "breaks {n}", ("{s} breaks {n} {o} and throws them out.", "{s} breaks {n} of them, which are lost.",
                             "By accident {s} breaks {n} {o}, so they are gone.", "In a fall {s} breaks {n}, which cannot be mended.")),
        ("-", "uses up {n}", ("{s} uses up {n} {o}.", "{s} uses up {n} of them.", "{s} uses up {n} {o} for a project.",
                              "At work {s} uses up {n}.")),
        ("-", "throws out {n}", ("{s} throws out {n} {o}.", "{s} throws out {n} bad ones.", "{s} and {t} throw out {n} of the {o}.",
                                 "While tidying {s} throws out {n}.")),
        ("-", "returns {n}", ("{s} returns {n} {o} to {t}.", "{s} returns {n} of them.", "{s} returns {n} {o} to the shop.",
                              "Before noon {s} returns {n}.")),
        ("-", "donates {n}", ("{s} donates {n} {o}.", "{s} donates {n} of them to the school.", "{s} donates {n} {o} to a fair.",
                              "For a good cause {s} donates {n}.")),
        ("-", "ships {n}", ("{s} ships {n} {o} to {t}.", "{s} ships {n} of them.", "{s} packs and ships {n} {o}.",
                            "By train {s} ships {n}.")),
        ("*", "multiplies them by {n}", ("{s} multiplies the number of {o} by {n}.", "{s} manages to have {n} times as many {o}.",
                                         "With luck the number of {o} grows {n} times as large.",
                                         "{t} sees to it that there are {n} times as many.")),
        ("*", "swaps each for {n}", ("{s} swaps each of the {o} for {n} smaller ones.", "{s} swaps every one for {n} others.",
                                     "{t} takes them all, with {n} new {o} for each.", "Each of them is swapped for {n} by {t}.")),
        ("*", "fills {n} like this", ("{s} fills {n} rooms with as many {o} each, and counts them all.",
                                      "{s} fills {n} shelves like this one, all with the same number of {o}.",
                                      "In the end there are {n} shelves, each with this number of {o}.",
                                      "{n} carts are filled, each with as many.")),
        ("/", "keeps one of {n} shares", ("{s} shares the {o} equally among {n} people and keeps one share.",
                                          "{s} makes {n} equal shares and keeps one of them.",
                                          "{s} and the others, {n} in all, share the {o} equally.",
                                          "They are dealt out in {n} equal shares, of which {s} has one.")),
        ("/", "keeps one of {n} piles", ("{s} makes {n} equal piles and keeps only one.", "{s} sorts the {o} into {n} equal piles and leaves all but one.",
                                         "Of {n} equal piles {s} keeps one.", "{t} takes all but one of {n} equal piles.")),
        ("/", "trades {n} for one", ("{s} trades every {n} {o} for one large one.", "{s} trades them, {n} for one.",
                                     "For every {n} of the {o} {s} gets one new one from {t} in a trade.",
                                     "{t} takes {n} for each one that {s} has after the trade.")),
    ))

# (opening, question)
TEMPLATES = (
    ("{s} has {v} {o}.", "How many {o} does {s} have now?"),
    ("{s} has {v} {o} at home.", "How many {o} are there in the end?"),
    ("{s} starts the day with {v} {o}.", "How many {o} does {s} have in the evening?"),
    ("There are {v} {o} in {s}'s shop.", "How many {o} are in the shop now?"),
    ("There are {v} {o} on {s}'s shelf.", "How many are there at last?"),
    ("In the morning {s} counts {v} {o}.", "What does {s} count at the end?"),
    ("{s} owns {v} {o}.", "How many {o} does {s} own after all this?"),
    ("{s} keeps {v} {o} in a box.", "How many {o} does the box hold now?"),
    ("A store run by {s} holds {v} {o}.", "How many {o} does it hold now?"),
    ("{s} brings {v} {o} to school.", "How many {o} does {s} take home?"),
    ("{s} has saved {v} {o}.", "What is the number of {o} now?"),
    ("On Monday {s} has {v} {o}.", "How many {o} does {s} have on Friday?"),
    ("{s}'s collection has {v} {o}.", "How large is the collection now?"),
    ("A farm of {s}'s has {v} {o}.", "How many {o} has the farm in the end?"),
    ("{s} packs {v} {o} for a trip.", "How many {o} are there after the trip?"),
    ("{s} and {t} look at {s}'s {v} {o}.", "How many {o} has {s} when all is done?"),
    ("In {s}'s garden shed there are {v} {o}.", "Count the {o} in the shed now."),
    ("{s} sets out with {v} {o}.", "With how many {o} does {s} come back?"),
    ("{s} opens a stall with {v} {o}.", "How many {o} has the stall at closing time?"),
    ("Last year {s} had {v} {o}.", "How many {o} does {s} have this year?"),
    ("{s} is given {v} {o}.", "How many {o} does {s} have after that?"),
    ("{s} stores {v} {o} in the cellar.", "How many {o} are in the cellar now?"),
    ("The list of {s} says {v} {o}.", "Which number of {o} should the list say now?"),
    ("{s} takes over {v} {o} from a friend.", "How many {o} does {s} have at the end of the story?"),
)
TEMPLATES_SHIFTED = (
    ("A museum lends {s} {v} {o}.", "How many {o} are with {s} when the museum asks?"),
    ("Before the holidays {s} writes down {v} {o}.", "What should {s} write down after the holidays?"),
    ("In a barn that belongs to {s} lie {v} {o}.", "How many lie there afterwards?"),
    ("The team led by {s} begins with {v} {o}.", "With how many {o} does the team finish?"),
    ("Under a tarpaulin {s} hides {v} {o}.", "How many {o} would one find there now?"),
    ("{s}, who likes order, has {v} {o} in rows.", "How many {o} stand in rows at last?"),
)
CONNECTIVES = ("Then ", "After that, ", "Next, ", "Later ", "Now ")

EVENTS_OF = {symbol: [event for event in EVENTS if event.symbol == symbol] for symbol in "+-*/"}


def known_sentence(draw: Draw, event: Event) -> str:
    """A phrasing that the training knows."""
    return draw.choice(event.phrasings[:-1])


def _phrasing(draw: Draw, event: Event, shifted: bool) -> str:
    # Most of the shifted sentences are new too, but a story made of nothing else would hardly be English.
    new = shifted and draw.chance(0.7)
    return event.phrasings[-1] if new else known_sentence(draw, event)


def _inside(sentence: str, names: tuple[str, ...]) -> str:
    """A sentence as it stands after other words."""
    return sentence if sentence.startswith(names) else sentence[0].lower() + sentence[1:]


def draw_story(draw: Draw, chain: list[Operation], shifted: bool) -> tuple[str, list[str]]:
    """The problem's text, and for each operation the clause that restates it."""
    (name, pronoun), (other, _) = draw.sample(NAMES_SHIFTED if shifted else NAMES, 2)
    things = draw.choice(THINGS_SHIFTED if shifted else THINGS)
    opening, question = draw.choice(TEMPLATES_SHIFTED if shifted else TEMPLATES)
    sentences = [opening.format(s=name, t=other, v=chain[0].before, o=things)]
    clauses = []
    for index, operation in enumerate(chain):
        event = draw.choice(EVENTS_OF[operation.symbol])
        clauses.append(f"{name} {event.wording.format(n=operation.operand)}")
        phrasing = _phrasing(draw, event, shifted)
        subject = pronoun if index > 0 and phrasing.startswith("{s} ") and draw.chance(0.5) else name
        sentence = phrasing.format(s=subject, t=other, n=operation.operand, o=things)
        if index > 0 and draw.chance(0.2):
            sentences[-1] = sentences[-1].removesuffix(".") + ", and then " + _inside(sentence, (name, other))
        elif index > 0 and draw.chance(0.3):
            sentences.append(draw.choice(CONNECTIVES) + _inside(sentence, (name, other)))
        else:
            sentences.append(sentence)
    sentences.append(question.format(s=name, o=things))
    return " ".join(sentences), clauses
