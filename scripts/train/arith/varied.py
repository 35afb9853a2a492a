"""
Stories in many more sentences than the test set has, about people and things that are mostly invented.

A policy that has read only the sentences and names of ``stories`` knows them by heart: with another name in the problem it
wrote one of its own. Here a sentence is put together from parts, so that hardly any occurs twice, and what the solution has
to restate can only be copied. What the shifted test set keeps for itself does not occur: its names, things, openings,
questions, phrasings of events, and the words around them.
"""

from dataclasses import dataclass

from .chain import Operation
from .draw import Draw
from .lexicon import draw_container, draw_person, draw_place, draw_things
from .stories import CONNECTIVES, EVENTS, TEMPLATES, Event, known_sentence

# How often a sentence is one of those of ``stories``.
KNOWN = 0.3

# Verb, and what may follow the things: {t} is somebody else, {p} a place, {c} a container.
_MORE = (
    ("buys", ("", " at the {p}", " from {t}", " for the {p}", " with pocket money", " on the way home", " at half price")),
    ("finds", ("", " in the {p}", " under a {c}", " near the {p}", " on the floor", " while looking for {t}")),
    ("gets", ("", " from {t}", " at the {p}", " as a reward", " from a friend", " by post", " for nothing")),
    ("wins", ("", " at the {p}", " against {t}", " in a contest", " at cards", " in a bet with {t}")),
    ("collects", ("", " in the {p}", " with {t}", " for the {c}", " along the road", " after lunch")),
    ("orders", (" and receives them", ", and they arrive", ", which {t} delivers", ", which come at once", " and has them in a {c} soon")),
    ("borrows", ("", " from {t}", " at the {p}", " for a day", " for the {p}")),
    ("unpacks", ("", " in the {p}", " from a {c}", " with {t}", " that came by post")),
    ("earns", ("", " at the {p}", " for cleaning the {p}", " by working with {t}", " as wages")),
    ("receives", ("", " from {t}", " in a {c}", " by post", " from the {p}")),
    ("adds", ("", " to the {c}", " from the {p}", " from another {c}")),
    ("gathers", ("", " in the {p}", " with {t}", " into a {c}")),
    ("picks up", ("", " at the {p}", " from the ground", " for {t}")),
    ("makes", ("", " in the {p}", " with {t}", " out of scraps", " by hand")),
    ("takes home", ("", " from the {p}", " in a {c}", " that {t} does not want")),
    ("brings in", ("", " from the {p}", " in a {c}", " with {t}")),
    ("inherits", ("", " from {t}", " from an aunt", " with a {c}")),
    ("discovers", ("", " in the {p}", " behind the {c}", " in an old {c}")),
)
_LESS = (
    ("sells", ("", " to {t}", " at the {p}", " for cash", " on the street", " to a stranger")),
    ("loses", ("", " in the {p}", " on the road", " at cards", " to {t} in a bet", " out of a {c}")),
    ("gives away", ("", " to {t}", " at the {p}", " for nothing", " to children", " as prizes")),
    ("breaks", (", so they are gone", " and throws them out", " in the {p}, and they are useless", ", which nobody can mend", " by mistake, and they are gone")),
    ("uses up", ("", " in the {p}", " for a job", " with {t}", " to repair the {c}")),
    ("throws out", ("", " at the {p}", " that are spoilt", " with {t}", " with the {c}")),
    ("returns", ("", " to {t}", " to the {p}", " to their owner", " in a {c}")),
    ("donates", ("", " to the {p}", " to a charity", " to {t}'s class", " for a raffle")),
    ("ships", ("", " to {t}", " to the {p}", " abroad", " in a {c}")),
    ("sends", (" to {t}", " to the {p}", " away", " off by post")),
    ("lends", (" to {t}", " to the {p}", " to a cousin")),
    ("hands over", ("", " to {t}", " at the {p}", " to the guard")),
    ("spends", ("", " at the {p}", " on a present for {t}", " on a new {c}")),
    ("drops", (" into the river, where they stay", " and cannot find them again", ", which roll away for good")),
    ("hands out", ("", " to the guests", " at the {p}", " to {t}'s friends")),
    ("leaves behind", ("", " at the {p}", " in a {c}", " on a bench", " for {t}")),
    ("removes", ("", " from the {c}", " for {t}", " and burns them")),
    ("wastes", ("", " in the {p}", " on a silly trick", " with {t}")),
)
_OBJECTS = (
    "{n} {o}", "{n} {o}", "{n} {o}", "{n}", "{n} more", "another {n}", "{n} more {o}", "another {n} {o}", "{n} of them", "{n} of the {o}",
    "{n} further {o}", "a further {n}", "exactly {n}", "just {n} {o}")
_OBJECTS_LESS = (
    "{n} {o}", "{n} {o}", "{n} {o}", "{n}", "{n} of them", "{n} of the {o}", "{n} of these", "{n} from the {c}", "exactly {n}", "as many as {n}",
    "just {n} {o}", "{n} of those {o}")
# What may stand before: "At the harbour Ben sells 12."
_FRONTS = (
    "At the {p} ", "In the {p} ", "Near the {p} ", "On {d} ", "On {d}, ", "During the {e} ", "After the {e} ", "After {e}, ", "Before the {e} ",
    "Thanks to {t}, ", "Together with {t}, ", "By chance ", "By mistake ", "By bus ", "By boat ", "By the {p} ", "From a {c} ", "From the {p} ", "Out of the {c} ",
    "In a hurry ", "In a letter ", "In one hour ", "For the {p} ", "For {t}, ", "For a friend ", "For a joke ", "With a smile ", "With great care ",
    "While {t} watches, ", "While waiting ", "While cooking ", "When {t} calls, ", "To the surprise of {t}, ", "To a customer ", "Without a word ", "Through {t}, ",
    "As a reward ", "As usual ", "As {t} wishes, ", "At home ", "At night ", "At six ", "Under the {p} ", "Behind the {p} ", "Around noon ", "Over the {e} ",
    "Within a day ", "Because of {t}, ", "According to the plan ", "Only ", "This time ", "Somehow ", "Meanwhile ")
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_EVENTS_OF_LIFE = "break concert dinner feast flood game holiday lesson lunch meeting party picnic race rain show snow storm supper trip walk wedding winter".split()

# Wording, and sentences that say the same.
_TIMES = (
    ("multiplies them by {n}", (
        "{s} multiplies the {o} by {n}.", "{s} makes it {n} times as many.", "Thanks to {t}, {s} has {n} times as many {o}.",
        "{n} times as many {o} is what {s} has after the {e}.", "The number of {o} becomes {n} times as large.", "After the {e} there are {n} times as many {o}.",
        "{t} helps, and the number grows {n} times as large.", "A machine makes {n} times as many out of them.", "By magic there are {n} times as many {o}.",
        "{t} makes sure that {s} has {n} times as many.", "In the {p} the number of {o} is multiplied by {n}.", "Now the {c} holds {n} times as many {o}.")),
    ("swaps each for {n}", (
        "{s} swaps each for {n} others at the {p}.", "For each of the {o} {s} gets {n} new ones from {t}.", "{t} swaps every one of them for {n} {o}.",
        "Every single one is swapped for {n} new ones.", "{s} gets {n} {o} for each one at the {p}.", "Each of the {o} is swapped for {n} smaller ones in the {p}.",
        "At the {p} {s} swaps each one for {n} of another kind.", "{t} wants them all and gives {n} others for each.", "One by one {s} swaps them, each for {n} new {o}.",
        "All are swapped by {t}, each for {n} others.")),
    ("fills {n} like this", (
        "{s} fills {n} such {c}s, all with as many {o}.", "{n} rooms are filled like this, each with the same number of {o}.", "There are {n} of these in the end, each with as many {o}.",
        "{s} and {t} fill {n} {c}s, each with this number of {o}.", "At the {p} {s} fills {n} places with as many {o} each.", "{n} {c}s are filled by {s}, every one with the same number.",
        "{s} does the same for {n} {c}s and counts all the {o}.", "Each of {n} {c}s gets this number of {o}, and all are counted.", "In {n} {c}s there are as many {o} each, by the work of {t}.")),
)
_SHARES = (
    ("keeps one of {n} shares", (
        "{s} shares them equally among {n} friends and keeps one share.", "In the {p} the {o} are shared equally by {n} people, of whom {s} is one.",
        "{n} people, {s} among them, share the {o} equally.", "{s} and the others share all of them equally, {n} in all.", "{t} makes {n} equal shares, and {s} keeps one.",
        "The {o} are shared out equally to {n} people and {s} keeps one share.", "{s} keeps one share of {n} equal ones.", "{n} equal shares are made, and one is for {s}.",
        "After the {e} {n} people share them equally; {s} takes one share.", "They are divided into {n} equal shares and {s} gets one.")),
    ("keeps one of {n} piles", (
        "{s} makes {n} equal piles of {o} and takes only one of them.", "At the {p} {s} makes {n} equal piles and keeps one.", "{t} sorts them into {n} equal piles, and {s} keeps one.",
        "Out of {n} equal piles {s} keeps a single one.", "The {o} lie in {n} equal piles; {s} keeps one pile.", "{s} puts the {o} into {n} equal piles and gives {t} all but one.",
        "All but one of {n} equal piles go to {t}.", "{n} equal piles are made, but {s} keeps one alone.", "{s} divides them into {n} equal piles and leaves all others to {t}.")),
    ("trades {n} for one", (
        "{s} trades {n} for one at the {p}.", "{t} trades with {s}: one for every {n} {o}.", "For every {n} {s} gets one larger one.", "{s} gets one big one for each {n} of the {o}.",
        "At the {p} every {n} {o} are traded for one.", "Every {n} of them become one in a trade with {t}.", "{s} gives {n} for one until all {o} are traded.",
        "{t} offers one for {n}, and {s} trades all of them.", "Always {n} are traded for one by {s}.")),
)

_OPENINGS = (
    "{s} has {v} {o} in the {p}.", "{s} has a {c} with {v} {o}.", "There are {v} {o} in {s}'s {c}.", "At first {s} has {v} {o}.", "{s} begins with {v} {o}.",
    "{v} {o} belong to {s}.", "{s}, a friend of {t}, has {v} {o}.", "{s} and {t} are in the {p}. {s} has {v} {o}.", "The {p} of {s} has {v} {o}.", "A {c} of {s}'s holds {v} {o}.",
    "{s} finds {v} {o} in the {p}.", "{s} gets {v} {o} from {t}.", "{t} lends {s} {v} {o}.", "{t} hands {s} {v} {o}.", "The {p} gives {s} {v} {o}.", "A friend leaves {s} {v} {o}.",
    "On {d} {s} counts {v} {o} in the {p}.", "Before the {e} {s} has {v} {o}.", "Before the {e} {s} counts {v} {o}.", "In a {p} that {s} owns there are {v} {o}.", "In {s}'s {p} lie {v} {o}.",
    "In the {c} of {s} lie {v} {o}.", "Under the {c} {s} keeps {v} {o}.", "Behind the {p} {s} stores {v} {o}.", "{s} works at the {p} and has {v} {o}.", "{s}, who lives near the {p}, owns {v} {o}.",
    "{s}, who likes {o}, has {v} of them.", "{s} is the owner of {v} {o}.", "A {p} run by {s} begins the day with {v} {o}.", "The group of {s} starts with {v} {o}.", "The class of {s} has {v} {o}.",
    "{s} makes {v} {o} for the {e}.", "{s} puts {v} {o} on the table.", "{s} carries {v} {o} in a {c}.", "With {v} {o} {s} goes to the {p}.", "{s} writes that there are {v} {o}.",
    "Everybody knows that {s} has {v} {o}.", "It is {d}. {s} has {v} {o}.", "{v} is the number of {o} that {s} has.", "{s} arrives at the {p} with {v} {o}.", "{s} loads {v} {o} into a {c}.",
    "At the {p} {s} looks after {v} {o}.", "For the {e} {s} prepares {v} {o}.", "{s} says: I have {v} {o}.", "{s} owns a {p} with {v} {o}.", "From the {p} {s} brings {v} {o}.")
_QUESTIONS = (
    "How many {o} does {s} have?", "How many {o} does {s} have at the end?", "How many {o} are left?", "How many are there now?", "How many {o} are there after the {e}?",
    "How many {o} are in the {p} now?", "How many {o} are in the {c} at the end?", "How many does {s} have after the {e}?", "What is the number of {o} at the end?",
    "What number of {o} does {s} have now?", "With how many {o} is {s} left?", "With how many {o} does {s} go home?", "How many of them does {s} still have?", "Count the {o} that {s} has now.",
    "Say how many {o} {s} has now.", "Find the number of {o}.", "Tell how many {o} there are in the end.", "How many {o} belong to {s} now?", "How many {o} does {s} have when {t} asks?",
    "How many {o} will {s} count?", "What does {s} count after the {e}?", "How many {o} would {t} see in the {p}?", "How many {o} remain with {s}?", "What should {s} say when {t} asks how many {o} there are?",
    "How many lie in the {c} then?", "How many {o} stand in the {p} at the end?", "On {d}, how many {o} are there?", "How many {o} does the {p} have at the end of the day?", "How many {o} does the {c} contain in the end?",
    "So how many {o} are with {s} now?", "How large is the number of {o} now?", "How many {o} can {s} show to {t}?", "Which number does {s} write down after the {e}?", "How many {o} has {s} got?")
_ASIDES = (
    "It is raining.", "The sun is out.", "{t} is late today.", "The {p} is quiet.", "{s} is in a good mood.", "Nobody is in a hurry.", "The {c} is old.", "{t} smiles.")
_CONNECTIVES = (*CONNECTIVES, "Soon ", "Soon after, ", "Some time later ", "Afterwards ", "In the afternoon ", "The next day ", "Finally ", "A little later, ", "And ", "But ")


@dataclass(frozen=True)
class _Cast:
    """Whom and what a story is about."""

    name: str
    pronoun: str
    other: str
    things: str

    @staticmethod
    def drawn(draw: Draw) -> "_Cast":
        name, pronoun = draw_person(draw)
        other = name
        while other == name:
            other, _ = draw_person(draw)
        return _Cast(name, pronoun, other, draw_things(draw))

    def told(self, draw: Draw, sentence: str, **numbers: int) -> str:
        """The sentence with people, things, numbers, and scenery drawn for it."""
        return sentence.format(
            **numbers, o=self.things, t=self.other, s="{s}", p=draw_place(draw) if "{p}" in sentence else "",
            c=draw_container(draw) if "{c}" in sentence else "", d=draw.choice(_DAYS), e=draw.choice(_EVENTS_OF_LIFE))


def _new_sentence(draw: Draw, operation: Operation) -> tuple[str, str]:
    """The wording of an operation in the solution, and a sentence for the problem."""
    if operation.symbol in "*/":
        wording, phrasings = draw.choice(_TIMES if operation.symbol == "*" else _SHARES)
        return wording, draw.choice(phrasings)
    more = operation.symbol == "+"
    verb, tails = draw.choice(_MORE if more else _LESS)
    thing = draw.choice(_OBJECTS if more else _OBJECTS_LESS)
    if draw.chance(0.12):
        return f"{verb} {{n}}", draw.choice((
            f"{thing} is what {{s}} {verb}{draw.choice(tails)}.", f"It is {{s}} who {verb} {thing}{draw.choice(tails)}.", f"Then it happens that {{s}} {verb} {thing}.",
            f"We hear that {{s}} {verb} {thing}{draw.choice(tails)}.", f"{{t}} sees that {{s}} {verb} {thing}."))
    if draw.chance(0.45):
        front = draw.choice(_FRONTS)
        return f"{verb} {{n}}", f"{front}{{s}} {verb} {thing}{draw.choice(tails) if draw.chance(0.3) or tails[0] else ''}."
    return f"{verb} {{n}}", f"{{s}} {verb} {thing}{draw.choice(tails)}."


def _known_event(draw: Draw, operation: Operation) -> tuple[str, str]:
    event: Event = draw.choice([event for event in EVENTS if event.symbol == operation.symbol])
    return event.wording, known_sentence(draw, event)


def draw_varied_story(draw: Draw, chain: list[Operation]) -> tuple[str, list[str]]:
    """The problem's text, and for each operation the clause that restates it."""
    cast = _Cast.drawn(draw)
    known = draw.weighted((0.0, KNOWN, 0.8), (0.4, 0.3, 0.3))
    opening = draw.choice(TEMPLATES)[0] if draw.chance(known) else draw.choice(_OPENINGS)
    question = draw.choice(TEMPLATES)[1] if draw.chance(known) else draw.choice(_QUESTIONS)
    sentences = [cast.told(draw, opening, v=chain[0].before).format(s=cast.name)]
    clauses = []
    for index, operation in enumerate(chain):
        wording, pattern = (_known_event if draw.chance(known) else _new_sentence)(draw, operation)
        clauses.append(f"{cast.name} {wording.format(n=operation.operand)}")
        pattern = cast.told(draw, pattern, n=operation.operand)
        begins = pattern.startswith("{s} ")
        pronoun = index > 0 and draw.chance(0.5 if begins else 0.2) and "{s}'s" not in pattern
        subject = cast.pronoun if begins else cast.pronoun.lower()
        sentence = pattern.format(s=subject if pronoun and pattern.count("{s}") == 1 else cast.name)
        sentence = sentence[0].upper() + sentence[1:]
        if draw.chance(0.04):
            sentences.append(cast.told(draw, draw.choice(_ASIDES)).format(s=cast.name))
        inside = sentence if sentence.startswith((cast.name, cast.other)) else sentence[0].lower() + sentence[1:]
        if index > 0 and draw.chance(0.2):
            sentences[-1] = sentences[-1].removesuffix(".") + draw.choice((", and then ", ", and then ", " and ", ", but ", "; ")) + inside
        elif index > 0 and draw.chance(0.3):
            sentences.append(draw.choice(_CONNECTIVES) + inside)
        else:
            sentences.append(sentence)
    sentences.append(cast.told(draw, question).format(s=cast.name))
    return " ".join(sentences), clauses
