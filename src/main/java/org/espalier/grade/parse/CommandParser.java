package org.espalier.grade.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.numbers.fraction.BigFraction;
import org.espalier.grade.algebra.Expr;
import org.espalier.grade.algebra.Expr.Call;
import org.espalier.grade.algebra.Expr.Constant;
import org.espalier.grade.algebra.Expr.Num;
import org.espalier.grade.algebra.Expr.Power;
import org.espalier.grade.algebra.Expr.Product;
import org.espalier.grade.algebra.Expr.Quotient;
import org.espalier.grade.algebra.Expr.SetOf;
import org.espalier.grade.algebra.Expr.Sym;
import org.espalier.grade.algebra.Fractions;
import org.espalier.grade.algebra.NamedFunction;
import org.espalier.grade.parse.LatexToken.Kind;

/** Recursive descent over commands with arguments: fractions, roots, binomials, functions, accents. */
final class CommandParser {

    private final TokenCursor cursor;
    private final TermParser terms;

    CommandParser(TokenCursor cursor, TermParser terms) {
        this.cursor = cursor;
        this.terms = terms;
    }

    /** The value of a command whose name was just read. */
    Expr command(String name) {
        return switch (name) {
            case "frac" -> new Quotient(argument(), argument());
            case "binom" -> new Call(NamedFunction.BINOMIAL, List.of(argument(), argument()));
            case "sqrt" -> root();
            case "pi" -> Constant.PI;
            case "infinity" -> Constant.INFINITY;
            case "emptyset" -> new SetOf(List.of());
            case "overline", "vec", "hat", "arc" -> new Sym(name + " " + cursor.argumentText());
            default ->
                NamedFunction.named(name)
                        .map(this::application)
                        .orElseThrow(() -> new ParseException("unexpected " + name));
        };
    }

    private Expr root() {
        Expr degree = new Num(BigFraction.of(2));
        if (cursor.accept("[")) {
            degree = terms.sum();
            cursor.expect("]");
        }
        Expr exponent = degree instanceof Num num && !num.value().isZero()
                ? new Num(BigFraction.ONE.divide(num.value()))
                : new Quotient(new Num(BigFraction.ONE), degree);
        return new Power(argument(), exponent);
    }

    private Expr application(NamedFunction function) {
        Optional<Expr> base = Optional.empty();
        Optional<Expr> power = Optional.empty();
        if (cursor.accept("_")) {
            base = Optional.of(argument());
        }
        if (cursor.accept("^")) {
            power = Optional.of(terms.exponent());
        }
        NamedFunction applied = function;
        if (power.isPresent()
                && power.get().equals(new Num(Fractions.MINUS_ONE))
                && function.inverse().isPresent()) {
            applied = function.inverse().get();
            power = Optional.empty();
        }
        Expr operand = operand();
        if (applied.isTrigonometric()) {
            operand = Angles.toRadians(operand);
        }
        if (applied == NamedFunction.EXP) {
            return new Power(Constant.E, operand);
        }
        Expr call = applied == NamedFunction.LOG
                ? new Call(applied, List.of(base.orElse(new Num(BigFraction.of(10))), operand))
                : new Call(applied, List.of(operand));
        return power.isPresent() ? new Power(call, power.get()) : call;
    }

    /** What a function applies to: a bracketed group, or the factors up to the next operator or function. */
    private Expr operand() {
        cursor.enter();
        Expr operand;
        if (cursor.peek().isOperator("(") || cursor.peek().isOperator("{")) {
            operand = terms.primary();
        } else {
            List<Expr> factors = new ArrayList<>();
            boolean negative = cursor.accept("-");
            do {
                factors.add(terms.factor());
            } while (terms.continuesProduct() && !isFunction(cursor.peek()));
            Expr product = factors.size() == 1 ? factors.get(0) : new Product(factors);
            operand = negative ? TermParser.negate(product) : product;
        }
        cursor.leave();
        return operand;
    }

    private static boolean isFunction(LatexToken token) {
        return token.kind() == Kind.COMMAND && NamedFunction.named(token.text()).isPresent();
    }

    /** An argument as TeX takes it: a brace group, or one digit, letter or command. */
    private Expr argument() {
        cursor.enter();
        cursor.splitFirstDigit();
        Expr argument = terms.primary();
        cursor.leave();
        return argument;
    }
}
