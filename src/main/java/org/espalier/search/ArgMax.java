package org.espalier.search;

import java.util.Comparator;
import java.util.List;

/** Every choice of a search is repeatable: of equals, the first wins. */
final class ArgMax {
    private ArgMax() {}

    /** The first of the greatest; there must be one. */
    static <T> T firstOfGreatest(List<T> items, Comparator<? super T> order) {
        return items.stream()
                .reduce((best, next) -> order.compare(next, best) > 0 ? next : best)
                .orElseThrow();
    }
}
