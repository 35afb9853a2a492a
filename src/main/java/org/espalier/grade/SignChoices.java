package org.espalier.grade;

import java.util.ArrayList;
import java.util.List;
import org.espalier.grade.algebra.Expr;
import org.espalier.grade.algebra.Expr.Call;
import org.espalier.grade.algebra.Expr.Degrees;
import org.espalier.grade.algebra.Expr.Percent;
import org.espalier.grade.algebra.Expr.PlusMinus;
import org.espalier.grade.algebra.Expr.Power;
import org.espalier.grade.algebra.Expr.Product;
import org.espalier.grade.algebra.Expr.Quotient;
import org.espalier.grade.algebra.Expr.Sum;
import org.espalier.grade.algebra.Fractions;
import org.espalier.grade.parse.ParseException;

/**
 * The values of a scalar with {@code ±}. Several {@code ±} choose independently, unless a {@code ∓} ties them all to
 * one choice.
 */
final class SignChoices {

    private static final int MAX_CHOICES = 4;

    private final int choice;
    private final boolean tied;
    private int index;

    private SignChoices(int choice, boolean tied) {
        this.choice = choice;
        this.tied = tied;
    }

    /** @throws ParseException if there are more signs than an answer would have */
    static List<Expr> expand(Expr scalar) {
        int signs = count(scalar, false);
        if (signs == 0) {
            return List.of(scalar);
        }
        boolean tied = count(scalar, true) > 0;
        if (signs > MAX_CHOICES) {
            throw new ParseException("too many signs");
        }
        List<Expr> values = new ArrayList<>();
        for (int choice = 0; choice < (tied ? 2 : 1 << signs); choice++) {
            values.add(new SignChoices(choice, tied).apply(scalar));
        }
        return values;
    }

    private static int count(Expr expr, boolean oppositeOnly) {
        int own = expr instanceof PlusMinus sign && (sign.opposite() || !oppositeOnly) ? 1 : 0;
        return own
                + expr.children().stream()
                        .mapToInt(child -> count(child, oppositeOnly))
                        .sum();
    }

    private Expr apply(Expr expr) {
        if (expr instanceof PlusMinus sign) {
            boolean bit = (choice >> (tied ? 0 : index++) & 1) == 1;
            Expr operand = apply(sign.operand());
            return bit != sign.opposite() ? new Product(List.of(new Expr.Num(Fractions.MINUS_ONE), operand)) : operand;
        }
        if (expr instanceof Sum sum) {
            return new Sum(applyAll(sum.children()));
        }
        if (expr instanceof Product product) {
            return new Product(applyAll(product.children()));
        }
        if (expr instanceof Quotient quotient) {
            return new Quotient(apply(quotient.numerator()), apply(quotient.denominator()));
        }
        if (expr instanceof Power power) {
            return new Power(apply(power.base()), apply(power.exponent()));
        }
        if (expr instanceof Call call) {
            return new Call(call.function(), applyAll(call.children()));
        }
        if (expr instanceof Percent percent) {
            return new Percent(apply(percent.measure()));
        }
        if (expr instanceof Degrees degrees) {
            return new Degrees(apply(degrees.measure()));
        }
        return expr;
    }

    private List<Expr> applyAll(List<Expr> exprs) {
        List<Expr> applied = new ArrayList<>();
        for (Expr expr : exprs) {
            applied.add(apply(expr));
        }
        return applied;
    }
}
