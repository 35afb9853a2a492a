package org.espalier.grade.parse;

import java.util.List;
import org.apache.commons.numbers.fraction.BigFraction;
import org.espalier.grade.algebra.Expr;
import org.espalier.grade.algebra.Expr.Constant;
import org.espalier.grade.algebra.Expr.Degrees;
import org.espalier.grade.algebra.Expr.Num;
import org.espalier.grade.algebra.Expr.Product;
import org.espalier.grade.algebra.Expr.Quotient;
import org.espalier.grade.algebra.Expr.Sum;

/** Degrees under a trigonometric function; everywhere else the degree sign is a unit and is dropped. */
final class Angles {

    private static final BigFraction DEGREE = BigFraction.of(1, 180);

    private Angles() {}

    static Expr toRadians(Expr angle) {
        if (angle instanceof Degrees degrees) {
            return new Product(List.of(degrees.measure(), new Num(DEGREE), Constant.PI));
        }
        if (angle instanceof Sum sum) {
            return new Sum(sum.children().stream().map(Angles::toRadians).toList());
        }
        if (angle instanceof Product product) {
            return new Product(
                    product.children().stream().map(Angles::toRadians).toList());
        }
        if (angle instanceof Quotient quotient) {
            return new Quotient(toRadians(quotient.numerator()), quotient.denominator());
        }
        return angle;
    }
}
