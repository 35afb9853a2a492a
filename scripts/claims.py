"""What `espalier compare` finds of two results, in the words of the pages that scripts write."""


def in_words(found):
    """Whether the second is better, and by how much."""
    text = (f"{100 * found['firstAccuracy']:.1f} against {100 * found['secondAccuracy']:.1f} %, difference "
            f"{100 * found['difference']:+.1f} ({100 * found['low']:+.1f} to {100 * found['high']:+.1f})")
    if found["p"] is not None:
        text += f", p {found['p']:.3f}"
    if not found["differenceShown"]:
        return "not shown", text
    return "yes" if found["difference"] > 0 else "no, the opposite", text
