package org.espalier.grade;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.numbers.fraction.BigFraction;
import org.espalier.grade.algebra.ArithmeticBudget;
import org.espalier.grade.algebra.Expr;
import org.espalier.grade.algebra.Expr.Constant;
import org.espalier.grade.algebra.Expr.Difference;
import org.espalier.grade.algebra.Expr.Listing;
import org.espalier.grade.algebra.Expr.Num;
import org.espalier.grade.algebra.Expr.Product;
import org.espalier.grade.algebra.Expr.Relation;
import org.espalier.grade.algebra.Expr.Relator;
import org.espalier.grade.algebra.Expr.SetOf;
import org.espalier.grade.algebra.Expr.Sum;
import org.espalier.grade.algebra.Expr.Sym;
import org.espalier.grade.algebra.Expr.Text;
import org.espalier.grade.algebra.Expr.Tuple;
import org.espalier.grade.algebra.Expr.Union;
import org.espalier.grade.algebra.Fractions;
import org.espalier.grade.algebra.Generator;
import org.espalier.grade.algebra.Monomial;
import org.espalier.grade.algebra.NormalForm;
import org.espalier.grade.algebra.NotExactException;
import org.espalier.grade.algebra.Polynomial;
import org.espalier.grade.algebra.RationalFunction;
import org.espalier.grade.algebra.RealLine;

/**
 * What a relation says as an answer: {@code x = 5} says 5, {@code x \in S} says S, {@code 0 \le x < 1} is an interval,
 * {@code y = 2x + 3} is an equation and stays one. The reference graders cut every left-hand side of up to two
 * characters; here a coordinate keeps its equation, because {@code y = 2x + 3} and {@code 2x - y + 3 = 0} must meet.
 */
final class Relations {

    private static final Set<String> COORDINATES = Set.of("x", "y", "z", "r");

    /** Names of unknowns; with numbers they are the roots of one equation, in any order. */
    private static final Pattern NUMBERED = Pattern.compile("([a-zA-Z]|lambda|theta|alpha)_\\{?\\d+\\}?");

    private final ArithmeticBudget budget;

    Relations(ArithmeticBudget budget) {
        this.budget = budget;
    }

    /** The answer a relation states; a relation itself only if it says nothing simpler. */
    Expr resolve(Relation relation) {
        List<Relator> signs = relation.operators();
        List<Expr> sides = relation.children();
        Expr first = sides.get(0);
        Expr last = sides.get(sides.size() - 1);
        if (signs.contains(Relator.IN)) {
            return last;
        }
        if (signs.stream().allMatch(sign -> sign == Relator.EQUAL)) {
            boolean named = sides.size() > 2 && isName(first);
            Optional<Expr> value = Chains.value(named ? sides.subList(1, sides.size()) : sides, budget);
            if (value.isPresent()) {
                return value.get();
            }
        }
        if (signs.stream().allMatch(sign -> sign == Relator.EQUAL || sign == Relator.APPROXIMATELY)) {
            int approximation = signs.indexOf(Relator.APPROXIMATELY);
            if (approximation >= 0 && sides.get(approximation).isConstant()) {
                last = sides.get(approximation);
                return approximation == 0 ? last : equality(first, last);
            }
            boolean chain = sides.size() > 2;
            return chain && !isName(first) && !last.isConstant() ? relation : equality(first, last);
        }
        if (signs.size() == 1 && signs.get(0) == Relator.NOT_EQUAL && first instanceof Sym && last.isConstant()) {
            return new Difference(RealLine.WHOLE, new SetOf(List.of(last)));
        }
        if (signs.size() == 1 && signs.get(0).isOrder()) {
            return inequality(first, signs.get(0), last).orElse(relation);
        }
        if (signs.size() == 2 && isUnknown(sides.get(1)) && first.isConstant() && last.isConstant()) {
            return between(first, signs.get(0), signs.get(1), last).orElse(relation);
        }
        return relation;
    }

    private Expr equality(Expr left, Expr right) {
        if (isName(right) && left.isConstant() && !isName(left)) {
            return left;
        }
        if (!right.isScalar()) {
            return right;
        }
        if (right.isConstant() && isName(left)) {
            return right;
        }
        if (left instanceof Sym name
                && !COORDINATES.contains(name.name())
                && !right.variables().contains(name.name())) {
            return right;
        }
        if (left instanceof Text) {
            return right;
        }
        Relation equation = new Relation(List.of(left, right), List.of(Relator.EQUAL));
        return linear(equation).<Expr>map(solution -> new Num(solution.bound())).orElse(equation);
    }

    /** A variable, a word, or a figure such as {@code AB} or {@code m\angle ABC}. */
    private static boolean isName(Expr expr) {
        if (!(expr instanceof Product product)) {
            return expr instanceof Sym || expr instanceof Text;
        }
        List<String> names = product.children().stream()
                .map(child -> child instanceof Sym sym ? sym.name() : "")
                .toList();
        return names.contains("angle") || names.stream().allMatch(name -> name.length() > 1 || name.matches("[A-Z]"));
    }

    /** A variable, which unlike the value of a function ranges over a set when it is bounded. */
    private static boolean isUnknown(Expr expr) {
        return expr instanceof Sym symbol && symbol.name().indexOf('(') < 0;
    }

    private Optional<Expr> inequality(Expr left, Relator sign, Expr right) {
        if (isUnknown(left) && right.isConstant()) {
            return Optional.of(ray(sign, right));
        }
        if (isUnknown(right) && left.isConstant()) {
            return Optional.of(ray(sign.flipped(), left));
        }
        return linear(new Relation(List.of(left, right), List.of(sign)))
                .map(solution -> ray(solution.positive() ? sign : sign.flipped(), new Num(solution.bound())));
    }

    private static Expr ray(Relator sign, Expr bound) {
        return switch (sign) {
            case LESS -> new Tuple('(', List.of(RealLine.MINUS_INFINITY, bound), ')');
            case AT_MOST -> new Tuple('(', List.of(RealLine.MINUS_INFINITY, bound), ']');
            case GREATER -> new Tuple('(', List.of(bound, Constant.INFINITY), ')');
            default -> new Tuple('[', List.of(bound, Constant.INFINITY), ')');
        };
    }

    private static Optional<Expr> between(Expr low, Relator lower, Relator upper, Expr high) {
        if (lower == Relator.GREATER || lower == Relator.AT_LEAST) {
            return upper == Relator.GREATER || upper == Relator.AT_LEAST
                    ? between(high, upper.flipped(), lower.flipped(), low)
                    : Optional.empty();
        }
        if (!lower.isOrder() || (upper != Relator.LESS && upper != Relator.AT_MOST)) {
            return Optional.empty();
        }
        char open = lower == Relator.LESS ? '(' : '[';
        char close = upper == Relator.LESS ? ')' : ']';
        return Optional.of(new Tuple(open, List.of(low, high), close));
    }

    /** The root of a linear polynomial in one variable, and whether its slope is positive. */
    private record Solution(BigFraction bound, boolean positive) {}

    private Optional<Solution> linear(Relation relation) {
        try {
            RationalFunction form = difference(relation);
            SortedSet<Generator> generators = form.numerator().generators();
            if (!form.isPolynomial()
                    || generators.size() != 1
                    || generators.first().kind() != Generator.Kind.VARIABLE
                    || (relation.operators().get(0).isOrder()
                            && generators.first().name().indexOf('(') >= 0)) {
                return Optional.empty();
            }
            Monomial variable =
                    Monomial.of(generators.first(), BigFraction.ONE, budget).monomial();
            Polynomial polynomial = form.numerator();
            BigFraction slope = polynomial.coefficientOf(variable);
            BigFraction constant = polynomial.coefficientOf(Monomial.ONE);
            int expected = constant.isZero() ? 1 : 2;
            if (slope.isZero() || polynomial.terms().size() != expected) {
                return Optional.empty();
            }
            return Optional.of(new Solution(constant.negate().divide(slope), slope.signum() > 0));
        } catch (NotExactException e) {
            return Optional.empty();
        }
    }

    /** Left side minus right side of a relation with two sides. */
    RationalFunction difference(Relation relation) {
        Expr right = relation.children().get(1);
        return new NormalForm(budget)
                .of(new Sum(List.of(
                        relation.children().get(0), new Product(List.of(new Num(Fractions.MINUS_ONE), right)))));
    }

    /**
     * What a list states: {@code x = 1, y = 2} is the point (1, 2) in the order of the names; {@code x = 1, x = 2} and
     * {@code x = 1, 2} are two values; {@code x < 1 or x > 2} is a union.
     */
    Expr resolve(Listing listing) {
        List<Expr> items = listing.children();
        if (items.stream().allMatch(Relations::isAssignment)) {
            TreeMap<String, Expr> values = new TreeMap<>();
            for (Expr item : items) {
                values.put(
                        ((Sym) item.children().get(0)).name(), item.children().get(1));
            }
            if (areNumbered(items)) {
                return new Listing(
                        items.stream().map(item -> item.children().get(1)).toList());
            }
            if (values.size() == items.size()) {
                return new Tuple('(', new ArrayList<>(values.values()), ')');
            }
        }
        Optional<Expr> excepted = exceptions(items);
        if (excepted.isPresent()) {
            return excepted.get();
        }
        List<Expr> resolved = new ArrayList<>();
        for (Expr item : items) {
            boolean value = isAssignment(item) && items.indexOf(item) == 0;
            resolved.add(value ? item.children().get(1) : item instanceof Relation r ? resolve(r) : item);
        }
        boolean rays = items.stream()
                .allMatch(item -> item instanceof Relation relation
                        && relation.operators().stream().allMatch(Relator::isOrder));
        if (rays && resolved.stream().allMatch(item -> item instanceof Tuple)) {
            return overlap(resolved).orElse(new Union(resolved));
        }
        return new Listing(resolved);
    }

    /** {@code x > 1, x \\ne 3} and {@code x \\ne 1, 3}: what holds except at some points. */
    private Optional<Expr> exceptions(List<Expr> items) {
        List<Expr> points = new ArrayList<>();
        List<Expr> others = new ArrayList<>();
        for (Expr item : items) {
            if (item instanceof Relation relation
                    && relation.operators().equals(List.of(Relator.NOT_EQUAL))
                    && relation.children().get(0) instanceof Sym
                    && relation.children().get(1).isConstant()) {
                points.add(relation.children().get(1));
            } else if (!points.isEmpty() && item.isScalar() && item.isConstant()) {
                points.add(item);
            } else {
                others.add(item);
            }
        }
        if (points.isEmpty()) {
            return Optional.empty();
        }
        Expr whole = RealLine.WHOLE;
        if (others.size() == 1) {
            whole = others.get(0) instanceof Relation relation ? resolve(relation) : others.get(0);
        } else if (others.size() > 1) {
            whole = resolve(new Listing(others));
        }
        return Optional.of(new Difference(whole, new SetOf(points)));
    }

    private static boolean areNumbered(List<Expr> assignments) {
        Set<String> names = new TreeSet<>();
        for (Expr assignment : assignments) {
            Matcher name = NUMBERED.matcher(((Sym) assignment.children().get(0)).name());
            if (!name.matches() || name.group(1).matches("[abcdpquvABCD]")) {
                return false;
            }
            names.add(name.group(1));
        }
        return names.size() == 1;
    }

    /** Two rays that meet were joined by "and", for an "or" of them would say nothing: {@code x > 2 and x < 5}. */
    private Optional<Expr> overlap(List<Expr> rays) {
        if (rays.size() != 2) {
            return Optional.empty();
        }
        Tuple first = (Tuple) rays.get(0);
        Tuple second = (Tuple) rays.get(1);
        boolean ascending = first.children().get(1) == Constant.INFINITY;
        Tuple below = ascending ? second : first;
        Tuple above = ascending ? first : second;
        if (!below.children().get(0).equals(RealLine.MINUS_INFINITY)
                || above.children().get(1) != Constant.INFINITY) {
            return Optional.empty();
        }
        Expr low = above.children().get(0);
        Expr high = below.children().get(1);
        try {
            NormalForm form = new NormalForm(budget);
            Optional<BigFraction> lowest = form.of(low).asRational();
            Optional<BigFraction> highest = form.of(high).asRational();
            return lowest.isPresent() && highest.isPresent() && lowest.get().compareTo(highest.get()) < 0
                    ? Optional.of(new Tuple(above.open(), List.of(low, high), below.close()))
                    : Optional.empty();
        } catch (NotExactException e) {
            return Optional.empty();
        }
    }

    private static boolean isAssignment(Expr expr) {
        return expr instanceof Relation relation
                && relation.children().size() == 2
                && relation.operators().get(0) == Relator.EQUAL
                && relation.children().get(0) instanceof Sym
                && relation.children().get(1).isConstant();
    }
}
