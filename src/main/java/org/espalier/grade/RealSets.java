package org.espalier.grade;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.grade.algebra.Complex;
import org.espalier.grade.algebra.Expr;
import org.espalier.grade.algebra.Expr.Constant;
import org.espalier.grade.algebra.Expr.Difference;
import org.espalier.grade.algebra.Expr.Intersection;
import org.espalier.grade.algebra.Expr.Listing;
import org.espalier.grade.algebra.Expr.Num;
import org.espalier.grade.algebra.Expr.Product;
import org.espalier.grade.algebra.Expr.SetOf;
import org.espalier.grade.algebra.Expr.Sum;
import org.espalier.grade.algebra.Expr.Tuple;
import org.espalier.grade.algebra.Expr.Union;
import org.espalier.grade.algebra.Fractions;
import org.espalier.grade.algebra.NumericFingerprint;
import org.espalier.grade.algebra.RealLine;

/**
 * Sets of reals with constant ends: unions, intersections and differences of intervals and points, brought to disjoint
 * intervals in ascending order.
 */
final class RealSets {

    private static final double SAME = 1e-12;
    private static final int MAX_SEGMENTS = 64;

    private RealSets() {}

    private record End(Expr expr, double value) {}

    private record Segment(End low, boolean lowClosed, End high, boolean highClosed) {
        boolean isEmpty() {
            int order = compare(low.value, high.value);
            return order > 0 || (order == 0 && !(lowClosed && highClosed));
        }
    }

    private static final End BELOW = new End(RealLine.MINUS_INFINITY, Double.NEGATIVE_INFINITY);
    private static final End ABOVE = new End(Constant.INFINITY, Double.POSITIVE_INFINITY);

    /** The set as an interval, a set of points or a union of both; none if it is no set of reals with constant ends. */
    static Optional<Expr> simplified(Expr set) {
        return segments(set).map(RealSets::expr);
    }

    private static Optional<List<Segment>> segments(Expr set) {
        if (set instanceof Union union) {
            return all(union.children())
                    .map(parts -> merged(parts.stream().flatMap(List::stream).toList()));
        }
        if (set instanceof Intersection intersection) {
            return all(intersection.children())
                    .map(parts -> parts.stream().reduce(RealSets::common).orElseThrow());
        }
        if (set instanceof Difference difference) {
            return all(difference.children()).map(parts -> common(parts.get(0), complement(merged(parts.get(1)))));
        }
        if (set instanceof Tuple tuple && tuple.children().size() == 2) {
            return segment(tuple).map(segment -> segment.isEmpty() ? List.of() : List.of(segment));
        }
        if (set instanceof SetOf || set instanceof Listing || set.isScalar()) {
            return points(set);
        }
        return Optional.empty();
    }

    private static Optional<List<List<Segment>>> all(List<Expr> sets) {
        List<List<Segment>> all = new ArrayList<>();
        for (Expr set : sets) {
            Optional<List<Segment>> segments = segments(set);
            if (segments.isEmpty() || all.size() > MAX_SEGMENTS) {
                return Optional.empty();
            }
            all.add(segments.get());
        }
        return Optional.of(all);
    }

    private static Optional<Segment> segment(Tuple tuple) {
        Optional<End> low = end(tuple.children().get(0));
        Optional<End> high = end(tuple.children().get(1));
        return low.isPresent() && high.isPresent()
                ? Optional.of(new Segment(low.get(), tuple.open() == '[', high.get(), tuple.close() == ']'))
                : Optional.empty();
    }

    private static Optional<List<Segment>> points(Expr set) {
        List<Segment> points = new ArrayList<>();
        for (Expr element : set.isScalar() ? List.of(set) : set.children()) {
            if (!element.isScalar()) {
                return Optional.empty();
            }
            for (Expr value : SignChoices.expand(element)) {
                Optional<End> end = end(value);
                if (end.isEmpty() || Double.isInfinite(end.get().value)) {
                    return Optional.empty();
                }
                points.add(new Segment(end.get(), true, end.get(), true));
            }
        }
        return Optional.of(merged(points));
    }

    private static Optional<End> end(Expr expr) {
        if (!expr.isConstant() || !expr.isScalar()) {
            return Optional.empty();
        }
        Optional<Integer> infinite = infinite(expr);
        if (infinite.isPresent()) {
            return Optional.of(infinite.get() < 0 ? BELOW : ABOVE);
        }
        Complex value = NumericFingerprint.valueAt(expr, Map.of());
        return value.isReal() && value.isFinite() ? Optional.of(new End(expr, value.re())) : Optional.empty();
    }

    private static Optional<Integer> infinite(Expr expr) {
        if (expr == Constant.INFINITY) {
            return Optional.of(1);
        }
        return expr.equals(RealLine.MINUS_INFINITY) ? Optional.of(-1) : Optional.empty();
    }

    private static int compare(double a, double b) {
        boolean finite = !Double.isInfinite(a) && !Double.isInfinite(b);
        boolean same = a == b || (finite && Math.abs(a - b) <= SAME * Math.max(Math.abs(a), Math.abs(b)));
        return same ? 0 : Double.compare(a, b);
    }

    private static List<Segment> merged(List<Segment> segments) {
        List<Segment> sorted = segments.stream()
                .sorted(Comparator.<Segment>comparingDouble(s -> s.low.value).thenComparing(s -> !s.lowClosed))
                .toList();
        List<Segment> merged = new ArrayList<>();
        for (Segment next : sorted) {
            Segment last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            int gap = last == null ? 1 : compare(next.low.value, last.high.value);
            if (last == null || gap > 0 || (gap == 0 && !next.lowClosed && !last.highClosed)) {
                merged.add(next);
                continue;
            }
            int order = compare(next.high.value, last.high.value);
            End high = order > 0 ? next.high : last.high;
            boolean closed =
                    order > 0 ? next.highClosed : order < 0 ? last.highClosed : next.highClosed || last.highClosed;
            merged.set(merged.size() - 1, new Segment(last.low, last.lowClosed, high, closed));
        }
        return merged;
    }

    private static List<Segment> complement(List<Segment> merged) {
        List<Segment> gaps = new ArrayList<>();
        End from = BELOW;
        boolean closed = false;
        for (Segment segment : merged) {
            gaps.add(new Segment(from, closed, segment.low, !segment.lowClosed));
            from = segment.high;
            closed = !segment.highClosed;
        }
        gaps.add(new Segment(from, closed, ABOVE, false));
        return gaps.stream().filter(gap -> !gap.isEmpty()).toList();
    }

    private static List<Segment> common(List<Segment> first, List<Segment> second) {
        List<Segment> common = new ArrayList<>();
        for (Segment a : first) {
            for (Segment b : second) {
                int low = compare(a.low.value, b.low.value);
                int high = compare(a.high.value, b.high.value);
                Segment overlap = new Segment(
                        low >= 0 ? a.low : b.low,
                        low == 0 ? a.lowClosed && b.lowClosed : low > 0 ? a.lowClosed : b.lowClosed,
                        high <= 0 ? a.high : b.high,
                        high == 0 ? a.highClosed && b.highClosed : high < 0 ? a.highClosed : b.highClosed);
                if (!overlap.isEmpty()) {
                    common.add(overlap);
                }
            }
        }
        return merged(common);
    }

    private static Expr expr(List<Segment> segments) {
        List<Expr> intervals = new ArrayList<>();
        List<Expr> points = new ArrayList<>();
        for (Segment segment : segments) {
            if (compare(segment.low.value, segment.high.value) == 0) {
                points.add(segment.low.expr);
            } else {
                intervals.add(new Tuple(
                        segment.lowClosed ? '[' : '(',
                        List.of(segment.low.expr, segment.high.expr),
                        segment.highClosed ? ']' : ')'));
            }
        }
        if (!points.isEmpty() || intervals.isEmpty()) {
            intervals.add(new SetOf(points));
        }
        return intervals.size() == 1 ? intervals.get(0) : new Union(intervals);
    }

    /** {@code \mathbb{R} - \{2\}}: a difference written as one of numbers. */
    static Optional<Expr> difference(Sum sum) {
        if (sum.children().size() == 2
                && sum.children().get(0) instanceof Tuple whole
                && sum.children().get(1) instanceof Product negated
                && negated.children().get(0).equals(new Num(Fractions.MINUS_ONE))
                && negated.children().get(1) instanceof SetOf removed) {
            return Optional.of(new Difference(whole, removed));
        }
        return Optional.empty();
    }
}
