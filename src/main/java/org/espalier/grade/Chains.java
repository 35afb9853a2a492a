package org.espalier.grade;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.numbers.fraction.BigFraction;
import org.espalier.grade.algebra.ArithmeticBudget;
import org.espalier.grade.algebra.Complex;
import org.espalier.grade.algebra.Expr;
import org.espalier.grade.algebra.Expr.Num;
import org.espalier.grade.algebra.Expr.Percent;
import org.espalier.grade.algebra.Expr.Product;
import org.espalier.grade.algebra.Expr.Quotient;
import org.espalier.grade.algebra.Expr.Sum;
import org.espalier.grade.algebra.Fractions;
import org.espalier.grade.algebra.NormalForm;
import org.espalier.grade.algebra.NotExactException;
import org.espalier.grade.algebra.NumericFingerprint;

/** The value of a calculation written as a chain of equal constants, such as {@code 2 + 3 = 5}. */
final class Chains {

    private static final int MAX_DECIMALS = 12;

    private Chains() {}

    /** The value all sides have; none if a side is no constant or if the sides differ. */
    static Optional<Expr> value(List<Expr> sides, ArithmeticBudget budget) {
        if (!sides.stream().allMatch(side -> side.isScalar() && side.isConstant())) {
            return Optional.empty();
        }
        Expr first = sides.get(0);
        Expr last = sides.get(sides.size() - 1);
        if (sides.stream().allMatch(side -> same(first, side, budget))) {
            return Optional.of(last);
        }
        boolean hundredths = sides.stream().allMatch(side -> same(asHundredths(first), asHundredths(side), budget));
        if (hundredths) {
            return sides.stream().filter(side -> !(side instanceof Percent)).findFirst();
        }
        return rounds(last, first) ? Optional.of(first) : Optional.empty();
    }

    private static boolean same(Expr a, Expr b, ArithmeticBudget budget) {
        try {
            return new NormalForm(budget)
                    .of(a)
                    .canonicalText()
                    .equals(new NormalForm(budget).of(b).canonicalText());
        } catch (NotExactException e) {
            Optional<String> value = NumericFingerprint.fingerprint(a);
            return value.isPresent() && value.equals(NumericFingerprint.fingerprint(b));
        }
    }

    private static Expr asHundredths(Expr expr) {
        if (expr instanceof Percent percent) {
            return new Quotient(percent.measure(), new Num(BigFraction.of(100)));
        }
        if (expr instanceof Sum sum) {
            return new Sum(sum.children().stream().map(Chains::asHundredths).toList());
        }
        if (expr instanceof Product product) {
            return new Product(
                    product.children().stream().map(Chains::asHundredths).toList());
        }
        return expr;
    }

    /** Whether a decimal is another number rounded to its places. */
    private static boolean rounds(Expr decimal, Expr exact) {
        if (!(decimal instanceof Num num) || Fractions.isInteger(num.value()) || exact instanceof Num) {
            return false;
        }
        Complex value = NumericFingerprint.valueAt(exact, Map.of());
        for (int places = 1; places <= MAX_DECIMALS && value.isReal() && value.isFinite(); places++) {
            BigFraction scaled = num.value().multiply(BigFraction.of(10).pow(places));
            if (Fractions.isInteger(scaled)) {
                BigDecimal rounded =
                        new BigDecimal(value.re(), MathContext.DECIMAL64).setScale(places, RoundingMode.HALF_UP);
                return rounded.unscaledValue().equals(Fractions.numerator(scaled));
            }
        }
        return false;
    }
}
