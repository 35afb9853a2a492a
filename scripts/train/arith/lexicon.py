"""Many names, things and places, and ways to invent more, so that a policy learns to copy them and not to know them."""

from .draw import Draw
from .words import NAMES, NAMES_SHIFTED, THINGS, THINGS_SHIFTED

_HE = (
    "Aaron Abel Ahmed Alan Albert Alex Alfred Andre Andrew Anton Arjun Arthur Axel Benjamin Bernard Bilal Bjorn Brian Bruno "
    "Caleb Cedric Charles Chen Chris Colin Conrad Cyrus Daniel Darius Dean Dennis Diego Dominic Duncan Edgar Edward Elias "
    "Elliot Enzo Eric Ethan Fabian Faisal Fernando Finn Frank Fred Gabriel Gareth Gilbert Goran Gregory Gustav Hamza Harold "
    "Hector Henry Hiroshi Ian Ibrahim Igor Isaac Jacob Jamal James Jan Jason Javier Jens Jerome Joel John Jonas Joseph Juan "
    "Julian Justin Keith Kevin Kofi Konrad Kyle Lars Leon Levi Lewis Liam Lorenzo Louis Lucas Magnus Malik Marco Marcus Mark "
    "Martin Mason Matthew Mehmet Michael Miguel Milan Mohamed Nathan Neil Nicholas Nikhil Nils Oliver Otto Owen Pablo Patrick "
    "Pedro Philip Pierre Quentin Rafael Ralph Raymond Remy Richard Robert Robin Roger Roland Roman Ruben Rupert Ryan Samuel "
    "Santiago Sebastian Simon Stefan Steven Sven Takumi Theo Thomas Timothy Toby Tristan Umar Uwe Valentin Vikram Vincent "
    "Warren Wesley William Xavier Yannick Zachary").split()
_SHE = (
    "Abigail Ada Agnes Aisha Alice Alina Amanda Amara Amelia Andrea Angela Anita April Ariana Astrid Audrey Beatrice Bianca "
    "Bridget Camila Carla Carmen Caroline Cecilia Charlotte Christine Cora Cynthia Daisy Dana Daphne Deborah Diana Eleanor "
    "Elena Elise Elizabeth Emily Emma Erica Esther Eve Faith Farah Flora Frances Freya Gabriela Gemma Georgia Gina Gloria "
    "Hannah Harriet Hazel Heidi Helen Hilda Holly Imani Irene Iris Isabel Ivy Jane Jasmine Jessica Joan Johanna Josephine "
    "Joy Judith June Karen Katrina Kavya Keiko Kim Kira Laila Lara Laura Leah Lily Linda Lisa Lotte Louise Lydia Mabel "
    "Madison Margaret Marie Marta Mary Matilda Maya Megan Melissa Mercy Mila Miriam Molly Monica Naomi Natalie Nina Noor "
    "Octavia Odette Olivia Paula Pearl Petra Phoebe Rachel Rebecca Rhea Rita Robyn Ruth Sabine Sandra Sarah Selma Serena "
    "Shirin Silvia Sofia Stella Susan Sylvia Tamara Tanya Teresa Thea Ursula Valerie Veronica Vivian Willow Yara Yuki Zara").split()
_THINGS = (
    "acorns almonds anchors ants apricots arrows axes bagels bananas bandages banners barrels bats bears bees bells belts "
    "benches berries bicycles birds biscuits blankets blocks boats bones boots bowls bracelets branches brooms brushes "
    "buckets bulls burgers buses butterflies cabbages cactuses cakes calculators cameras cans caps carpets carrots cars "
    "chains chairs chalks cheeses chess_pieces chestnuts chickens chips chocolates clips clocks cloths clouds coats coconuts "
    "combs cones cookbooks copies corks costumes cows crabs crates crickets crowns cubes cucumbers cups_of_tea curtains "
    "cushions daisies dates desks diamonds dice dishes dogs donuts doors dresses drums ears_of_corn earrings emeralds erasers "
    "fans feathers fences files flags flashlights flutes folders footballs frames frogs gems gifts glasses gloves goldfish "
    "grapes guitars hammers handles hats hooks horses hoses ice_creams insects jackets jewels jigsaws jugs kettles kittens "
    "knives ladders lamps laptops leaves lego_bricks lentils letters light_bulbs lilies lizards locks loaves logs magazines "
    "magnets mangoes masks matches melons mice microphones mirrors mittens monkeys mops motors mugs mushrooms necklaces "
    "needles nets newspapers olives onions oranges oysters paintings pancakes papers parcels pastries paving_stones peanuts "
    "pearls peas pens peppers phones pianos pies pigeons pigs pillows pine_cones pineapples pipes pizzas plants plugs "
    "postcards potatoes pots prizes pumpkins puppets puppies puzzles rabbits rackets radios raisins records rings robots rocks "
    "rods rugs rulers sacks saddles sandwiches saws scissors seashells shawls sheep ships shirts shoes shovels skates "
    "sketches skirts snails soaps socks sofas spades sponges spools squirrels stars sticks stools strawberries straws "
    "suitcases sunflowers sweaters swords tables tacks tags teapots tents ties tomatoes toolboxes towels trains trays "
    "triangles trucks trumpets tulips turnips turtles umbrellas vases vegetables violins waffles wallets wands watches "
    "wheels whistles windows wires wreaths yachts yo-yos zebras zippers").replace("_", "\u00a0").split()
_ADJECTIVES = (
    "red blue green yellow black white brown grey pink golden silver small large big tiny old new used wooden plastic paper "
    "glass metal iron round square shiny rare cheap heavy light dried frozen fresh striped painted broken spare empty foreign").split()
PLACES = (
    "attic barn basement bakery beach camp canteen castle cellar church city classroom club corner corridor courtyard desk "
    "factory fair farm field forest garage garden gym hall harbour hospital hotel house kitchen lake library lobby "
    "meadow mill museum office orchard playground pond pool port post office school shed shop square stable stadium "
    "station storeroom street studio tent theatre tower town valley village warehouse workshop yard zoo").replace(
        "post office", "post\u00a0office").split()
CONTAINERS = (
    "bag barrel basket bin bowl box bucket cabinet can carton case chest cupboard drawer jar locker pocket pouch rack "
    "sack safe shelf suitcase tin tray trunk van wagon").split()

HELD_OUT_NAMES = tuple(
    [(name, "He") for name in (
        "Tobias Dmitri Quincy Ulrich Kwame Anselm Bartholomew Zeke Haruto Ignacio Lachlan Mustafa Nikolai Osvaldo Percival "
        "Radek Thaddeus Vaughn Wilfred Yosef").split()]
    + [(name, "She") for name in (
        "Siobhan Xiomara Beatrix Calliope Delphine Evangeline Francesca Gwendolyn Hyacinth Isolde Jocelyn Kirsten Lucinda "
        "Marguerite Nadezhda Ottilie Philippa Rosalind Svetlana Tallulah").split()])
HELD_OUT_THINGS = tuple((
    "keys backpacks pinwheels hourglasses chisels cupcakes dominoes thimbles kumquats sweatshirts trophies cassettes "
    "toothbrushes doorknobs figurines paperclips crossbows snowglobes radishes bookmarks rosettes harmonicas hedgehogs "
    "telescopes doughnuts zucchinis paintbrushes typewriters gemstones ukuleles").split())
_NEVER = {name for name, _ in (*NAMES_SHIFTED, *HELD_OUT_NAMES)} | {*THINGS_SHIFTED, *HELD_OUT_THINGS}

_ONSETS = "b bl br c ch cl cr d dr f fl fr g gl gr h j k kl kr l m n p pl pr qu r s sc sh sk sl sm sn sp st str t th tr v w wh x y z".split()
_VOWELS = "a e i o u a e i o u ai au ea ee ei ie io oa oo ou y".split()
_CODAS = ["", "", "", *"b ck d ff g k l ll lt m mp n nd ng nk nn nt p r rd rk rm rn rt s sh ss st t th tt v x z".split()]


_LONGEST = 9


def _invented(draw: Draw, syllables: int) -> str:
    """A word that nobody has heard: mostly pronounceable, now and then any letters at all."""
    if draw.chance(0.12):
        return "".join(draw.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(draw.between(3, 6)))
    while True:
        word = "".join(draw.choice(_ONSETS) + draw.choice(_VOWELS) + draw.choice(_CODAS) for _ in range(syllables))
        if len(word) <= _LONGEST:
            return word


def draw_person(draw: Draw) -> tuple[str, str]:
    """A name and its pronoun: one of the fifty that the test set has, one of many, or an invented one."""
    pronoun = draw.choice(("He", "She"))
    kind = draw.weighted(("known", "many", "invented"), (0.25, 0.3, 0.45))
    if kind == "known":
        return draw.choice(NAMES)
    if kind == "many":
        return draw.choice(_HE if pronoun == "He" else _SHE), pronoun
    while True:
        name = _invented(draw, draw.between(1, 2)).capitalize()
        if draw.chance(0.04):
            name = name[:4] + draw.choice((" ", "-")) + draw.choice(_HE if pronoun == "He" else _SHE)
        if len(name) > 1 and name not in _NEVER:
            return name, pronoun


def draw_things(draw: Draw) -> str:
    """The plural of what a story is about, with an adjective now and then."""
    kind = draw.weighted(("known", "many", "invented"), (0.25, 0.35, 0.4))
    if kind == "invented":
        while True:
            things = _invented(draw, draw.between(1, 2)) + draw.choice(("s", "s", "s", "es", "ies"))
            if things not in _NEVER:
                break
    else:
        things = draw.choice(THINGS if kind == "known" else _THINGS).replace("\u00a0", " ")
    return f"{draw.choice(_ADJECTIVES)} {things}" if draw.chance(0.15) else things


def draw_place(draw: Draw) -> str:
    return (_invented(draw, 2) if draw.chance(0.2) else draw.choice(PLACES)).replace("\u00a0", " ")


def draw_container(draw: Draw) -> str:
    return _invented(draw, 2) if draw.chance(0.15) else draw.choice(CONTAINERS)
