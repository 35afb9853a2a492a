"""Names and things that stories are about. Those of the ``_SHIFTED`` lists occur in no training text."""

# (name, pronoun)
NAMES = tuple(
    [(name, "He") for name in (
        "Adam Ben Carl David Emil Felix George Hugo Ivan Jack Karim Leo Max Noah Omar Paul Ravi Sam Tom Victor "
        "Walter Yusuf Peter Luke Dan Ali").split()]
    + [(name, "She") for name in (
        "Anna Bella Clara Dora Ella Fatima Grace Hanna Ida Julia Kate Lena Mia Nora Olga Priya Rosa Sara Tina Vera "
        "Wendy Zoe Maria Lucy Eva Amina").split()])
NAMES_SHIFTED = tuple(
    [(name, "He") for name in "Boris Mateo Kenji Oscar Tariq".split()]
    + [(name, "She") for name in "Greta Chloe Ingrid Wanda Leila".split()])

THINGS = tuple(
    "apples pears plums cherries lemons eggs cookies muffins nuts beans candles stamps coins marbles cards books "
    "pencils notebooks stickers buttons beads shells stones bricks nails screws bottles jars boxes bags baskets "
    "tickets tokens medals toys dolls kites balls ropes tiles planks bolts plates cups spoons forks ribbons flowers "
    "roses seeds bulbs trees fish ducks hens photos posters maps pins badges".split())
THINGS_SHIFTED = tuple("walnuts peaches lanterns helmets pebbles crayons scarves goats batteries envelopes".split())
