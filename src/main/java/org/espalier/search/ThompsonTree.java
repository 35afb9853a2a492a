package org.espalier.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.espalier.search.ScorePosterior.Belief;
import org.jspecify.annotations.Nullable;

/**
 * A tree of attempts that is widened or deepened by Thompson sampling, with node aggregation (AB-MCTS-A, arXiv 2503.04412,
 * §3.3, and TreeQuest's {@code ABMCTSA}). At each place there are three kinds of belief about scores: GEN, of those that were made
 * here; CONT, of those that were made further below; and one for each child, of its own and of those below it. One is drawn
 * from GEN and one from CONT. If GEN's is the greater, or there is no child, the next attempt is made here; else the way goes
 * on to the child with the greatest draw of its own.
 *
 * <p>Where attempts may begin in several ways, as with several policies, each of these is an arm above all others: the way begins
 * with the one that has the greatest draw of its own.
 *
 * @param <T> what is at the places
 */
final class ThompsonTree<T> {
    /** An attempt; the root stands for none. */
    static final class Place<T> {
        private final T attempt;
        private final @Nullable Place<T> parent;
        private final List<Place<T>> children = new ArrayList<>();
        private final ScorePosterior worth;
        private final ScorePosterior wider;
        private final ScorePosterior deeper;
        private boolean barren;
        private boolean forks;

        private Place(T attempt, @Nullable Place<T> parent, Posterior family) {
            this.attempt = attempt;
            this.parent = parent;
            worth = new ScorePosterior(family);
            wider = new ScorePosterior(family);
            deeper = new ScorePosterior(family);
        }

        T attempt() {
            return attempt;
        }
    }

    private final Posterior family;
    private final ToDoubleFunction<Belief> draw;
    private final Place<T> root;

    /**
     * @param origins what stands for no attempt, one for each way in which attempts may begin
     * @param draw from a belief
     */
    ThompsonTree(List<T> origins, Posterior family, ToDoubleFunction<Belief> draw) {
        this.family = family;
        this.draw = draw;
        root = new Place<>(origins.get(0), null, family);
        if (origins.size() > 1) {
            root.forks = true;
            origins.forEach(origin -> root.children.add(new Place<>(origin, root, family)));
        }
    }

    /** Where the next attempt is to be made. */
    Place<T> select() {
        Place<T> place = root;
        while (true) {
            boolean wider = !place.forks && draw(place.wider) >= draw(place.deeper);
            Map<Place<T>, Double> drawn = new LinkedHashMap<>();
            if (!wider) {
                place.children.stream()
                        .filter(child -> !child.barren)
                        .forEach(child -> drawn.put(child, draw(child.worth)));
            }
            if (drawn.isEmpty()) {
                return place;
            }
            place = ArgMax.firstOfGreatest(List.copyOf(drawn.keySet()), Comparator.comparingDouble(drawn::get));
        }
    }

    private double draw(ScorePosterior posterior) {
        return draw.applyAsDouble(posterior.belief());
    }

    /**
     * An attempt was made.
     *
     * @param from the place that was selected for it
     * @param score from 0 to 1
     * @return its place
     */
    Place<T> add(Place<T> from, T attempt, double score) {
        Place<T> place = new Place<>(attempt, from, family);
        from.children.add(place);
        place.worth.observe(score);
        from.wider.observe(score);
        Place<T> child = from;
        for (Place<T> above = child.parent; above != null; above = child.parent) {
            child.worth.observe(score);
            above.deeper.observe(score);
            child = above;
        }
        return place;
    }

    /** Nothing can be made from an attempt, and nothing has been: it is selected no more. */
    void close(Place<T> place) {
        place.barren = true;
    }
}
