package org.espalier.grade;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.numbers.fraction.BigFraction;
import org.espalier.grade.algebra.ArithmeticBudget;
import org.espalier.grade.algebra.Expr;
import org.espalier.grade.algebra.Expr.Based;
import org.espalier.grade.algebra.Expr.Difference;
import org.espalier.grade.algebra.Expr.Intersection;
import org.espalier.grade.algebra.Expr.Listing;
import org.espalier.grade.algebra.Expr.Matrix;
import org.espalier.grade.algebra.Expr.Num;
import org.espalier.grade.algebra.Expr.Product;
import org.espalier.grade.algebra.Expr.Proportion;
import org.espalier.grade.algebra.Expr.Quotient;
import org.espalier.grade.algebra.Expr.Relation;
import org.espalier.grade.algebra.Expr.Relator;
import org.espalier.grade.algebra.Expr.SetBuilder;
import org.espalier.grade.algebra.Expr.SetOf;
import org.espalier.grade.algebra.Expr.Sum;
import org.espalier.grade.algebra.Expr.Sym;
import org.espalier.grade.algebra.Expr.Text;
import org.espalier.grade.algebra.Expr.Tuple;
import org.espalier.grade.algebra.Expr.Union;
import org.espalier.grade.algebra.NormalForm;
import org.espalier.grade.algebra.NotExactException;
import org.espalier.grade.algebra.NumericFingerprint;
import org.espalier.grade.algebra.Polynomial;
import org.espalier.grade.algebra.RationalFunction;
import org.espalier.grade.algebra.Recognition;
import org.espalier.grade.parse.ParseException;

/**
 * Writes an answer's key: scalars in normal form, or as a numeric fingerprint where there is none, inside shapes with
 * a fixed order. A writer serves one answer.
 */
final class KeyWriter {

    private static final int WORK_UNITS = 8_000;
    private static final int RECOGNITION_UNITS = 40_000;

    private final ArithmeticBudget budget = new ArithmeticBudget(WORK_UNITS);
    private final Relations relations = new Relations(budget);

    private KeyWriter() {}

    /** @throws ParseException if a part has neither a normal form nor a finite value */
    static String key(Expr expr) {
        return new KeyWriter().write(expr);
    }

    private String write(Expr expr) {
        if (expr instanceof Text text) {
            return text(text.words());
        }
        if (expr instanceof Based based) {
            return "base" + based.base() + ":"
                    + based.digits().replaceFirst("^0+(?=.)", "").toUpperCase(Locale.ROOT);
        }
        if (expr instanceof Relation relation) {
            Expr resolved = relations.resolve(relation);
            return resolved instanceof Relation unresolved ? relation(unresolved) : write(resolved);
        }
        if (expr instanceof Listing listing) {
            Expr resolved = relations.resolve(listing);
            return resolved instanceof Listing list ? collection(list.children(), false) : write(resolved);
        }
        if (expr instanceof SetOf set) {
            return collection(set.children(), true);
        }
        if (expr instanceof Tuple tuple) {
            return tuple.open() + written(tuple.children()).collect(Collectors.joining(",")) + tuple.close();
        }
        if (expr instanceof Union || expr instanceof Difference || expr instanceof Intersection) {
            return realSet(expr);
        }
        if (expr instanceof SetBuilder builder) {
            return "{" + builder.domain() + ":" + write(builder.condition()) + "}";
        }
        if (expr instanceof Matrix matrix) {
            return matrix(matrix);
        }
        if (expr instanceof Proportion proportion) {
            List<Expr> parts = proportion.children();
            Expr last = parts.get(parts.size() - 1);
            return written(parts.stream()
                            .<Expr>map(part -> new Quotient(part, last))
                            .toList())
                    .collect(Collectors.joining(":"));
        }
        if (expr.isScalar()) {
            return scalarOrChoices(expr);
        }
        Optional<Expr> difference = expr instanceof Sum sum ? RealSets.difference(sum) : Optional.empty();
        return write(difference.isPresent() ? difference.get() : scaled(expr));
    }

    private String realSet(Expr set) {
        Expr simplified = RealSets.simplified(set).orElse(set);
        if (simplified instanceof Difference difference) {
            return write(difference.whole()) + "\\\\" + write(difference.removed());
        }
        if (simplified instanceof Intersection intersection) {
            return written(intersection.children()).distinct().sorted().collect(Collectors.joining("n"));
        }
        return simplified instanceof Union union
                ? written(union.children()).distinct().sorted().collect(Collectors.joining("u"))
                : write(simplified);
    }

    private Stream<String> written(List<Expr> exprs) {
        return exprs.stream().map(this::write);
    }

    private String scalarOrChoices(Expr expr) {
        List<Expr> values = SignChoices.expand(expr);
        return values.size() == 1 ? scalar(expr) : collection(values, true);
    }

    private String scalar(Expr expr) {
        try {
            return new NormalForm(budget).of(expr).canonicalText();
        } catch (NotExactException e) {
            return recognised(expr)
                    .or(() -> NumericFingerprint.fingerprint(expr))
                    .orElseThrow(() -> new ParseException("no finite value"));
        }
    }

    private static Optional<String> recognised(Expr expr) {
        try {
            return Recognition.simplified(expr, new ArithmeticBudget(RECOGNITION_UNITS))
                    .map(RationalFunction::canonicalText);
        } catch (NotExactException e) {
            return Optional.empty();
        }
    }

    /**
     * Elements in a fixed order. One element alone stands for itself, as in {@code \{5\}}, and so does one that is only
     * written several ways, as in "3/4 or 0.75".
     */
    private String collection(List<Expr> elements, boolean distinct) {
        List<String> keys = new ArrayList<>();
        for (Expr element : elements) {
            List<Expr> values = element.isScalar() ? SignChoices.expand(element) : List.of(element);
            written(values).forEach(keys::add);
        }
        TreeSet<String> different = new TreeSet<>(keys);
        List<String> sorted = distinct || different.size() == 1
                ? List.copyOf(different)
                : keys.stream().sorted().toList();
        return sorted.size() == 1 ? sorted.get(0) : "{" + String.join(",", sorted) + "}";
    }

    private String matrix(Matrix matrix) {
        boolean column = matrix.rows().stream().allMatch(row -> row.size() == 1);
        if (column) {
            return write(new Tuple('(', matrix.children(), ')'));
        }
        return matrix.rows().stream()
                .map(row -> written(row).collect(Collectors.joining(",", "[", "]")))
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** Multiplies a scalar factor into a matrix or vector. */
    private static Expr scaled(Expr expr) {
        if (expr instanceof Quotient quotient && quotient.denominator().isScalar()) {
            Expr inverse = new Quotient(new Num(BigFraction.ONE), quotient.denominator());
            return scaled(new Product(List.of(inverse, quotient.numerator())));
        }
        if (expr instanceof Product product) {
            List<Expr> scalars =
                    product.children().stream().filter(Expr::isScalar).toList();
            List<Expr> others =
                    product.children().stream().filter(e -> !e.isScalar()).toList();
            if (others.size() == 1 && others.get(0) instanceof Matrix matrix) {
                return new Matrix(matrix.rows().stream()
                        .map(row ->
                                row.stream().map(cell -> times(scalars, cell)).toList())
                        .toList());
            }
            if (others.size() == 1 && others.get(0) instanceof Tuple tuple && tuple.open() == '(') {
                return new Tuple(
                        tuple.open(),
                        tuple.children().stream()
                                .map(cell -> times(scalars, cell))
                                .toList(),
                        tuple.close());
            }
        }
        throw new ParseException("shapes in arithmetic");
    }

    private static Expr times(List<Expr> factors, Expr cell) {
        List<Expr> product = new ArrayList<>(factors);
        product.add(cell);
        return new Product(product);
    }

    /** An equation up to a constant factor, an inequality up to a positive one. */
    private String relation(Relation relation) {
        List<Expr> sides = relation.children();
        if (sides.size() == 2 && sides.stream().allMatch(Expr::isScalar)) {
            try {
                return polynomialRelation(relation);
            } catch (NotExactException e) {
                return equation(relation);
            }
        }
        return equation(relation);
    }

    private String equation(Relation relation) {
        List<Expr> sides = relation.children();
        if (relation.operators().stream().allMatch(sign -> sign == Relator.EQUAL)) {
            return "eq:" + written(sides).sorted().collect(Collectors.joining("="));
        }
        StringBuilder text = new StringBuilder(write(sides.get(0)));
        for (int i = 1; i < sides.size(); i++) {
            text.append(relation.operators().get(i - 1)).append(write(sides.get(i)));
        }
        return text.toString();
    }

    private String polynomialRelation(Relation relation) {
        RationalFunction difference = relations.difference(relation);
        Polynomial numerator = difference.numerator();
        if (!difference.isPolynomial() || numerator.generators().isEmpty()) {
            throw new NotExactException("not a polynomial relation");
        }
        BigFraction leading = numerator.leading().coefficient();
        Relator sign = relation.operators().get(0);
        boolean order = sign.isOrder();
        BigFraction factor = order ? leading.abs() : leading;
        boolean flip = sign == Relator.GREATER || sign == Relator.AT_LEAST;
        BigFraction divisor = flip ? factor.negate() : factor;
        Polynomial scaled = numerator.mapCoefficients(c -> c.divide(divisor));
        return (flip ? sign.flipped() : sign) + ":" + scaled;
    }

    private String text(String words) {
        String key = TextAnswers.key(words);
        return TextAnswers.choice(words).map(letter -> scalar(new Sym(letter))).orElse("text:" + key);
    }
}
