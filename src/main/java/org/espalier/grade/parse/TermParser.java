package org.espalier.grade.parse;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.numbers.fraction.BigFraction;
import org.espalier.grade.algebra.Expr;
import org.espalier.grade.algebra.Expr.Based;
import org.espalier.grade.algebra.Expr.Call;
import org.espalier.grade.algebra.Expr.Constant;
import org.espalier.grade.algebra.Expr.Degrees;
import org.espalier.grade.algebra.Expr.Num;
import org.espalier.grade.algebra.Expr.Percent;
import org.espalier.grade.algebra.Expr.PlusMinus;
import org.espalier.grade.algebra.Expr.Power;
import org.espalier.grade.algebra.Expr.Product;
import org.espalier.grade.algebra.Expr.Quotient;
import org.espalier.grade.algebra.Expr.Sum;
import org.espalier.grade.algebra.Expr.Sym;
import org.espalier.grade.algebra.Expr.Text;
import org.espalier.grade.algebra.Fractions;
import org.espalier.grade.algebra.NamedFunction;
import org.espalier.grade.algebra.RealLine;
import org.espalier.grade.parse.LatexToken.Kind;

/** Recursive descent over arithmetic: sums, products with implied multiplication, powers, functions, units. */
final class TermParser {

    private static final int MAX_SIGNS = 8;

    private final TokenCursor cursor;
    private final Parser shapes;
    private final CommandParser commands;
    private boolean unitDropped;
    private Set<String> units = new TreeSet<>();
    private int bars;

    TermParser(TokenCursor cursor, Parser shapes) {
        this.cursor = cursor;
        this.shapes = shapes;
        this.commands = new CommandParser(cursor, this);
    }

    Expr sum() {
        cursor.enter();
        Set<String> outside = units;
        units = new TreeSet<>();
        List<Expr> addends = new ArrayList<>();
        addends.add(signed());
        while (isSign(cursor.peek())) {
            addends.add(signed());
        }
        if (addends.size() > 1 && (units.size() > 1 || units.stream().anyMatch(unit -> unit.length() == 1))) {
            throw new ParseException("a sum of different units");
        }
        outside.addAll(units);
        units = outside;
        cursor.leave();
        return addends.size() == 1 ? addends.get(0) : new Sum(addends);
    }

    private static boolean isSign(LatexToken token) {
        return token.isOperator("+") || token.isOperator("-") || token.isOperator("pm") || token.isOperator("mp");
    }

    private Expr signed() {
        List<String> signs = new ArrayList<>();
        while (isSign(cursor.peek())) {
            signs.add(cursor.next().text());
            if (signs.size() > MAX_SIGNS) {
                throw new ParseException("too many signs");
            }
        }
        Expr operand = product();
        for (int i = signs.size() - 1; i >= 0; i--) {
            operand = switch (signs.get(i)) {
                case "-" -> negate(operand);
                case "pm" -> new PlusMinus(operand, false);
                case "mp" -> new PlusMinus(operand, true);
                default -> operand;
            };
        }
        return operand;
    }

    static Expr negate(Expr operand) {
        return operand instanceof Num num
                ? new Num(num.value().negate())
                : new Product(List.of(new Num(Fractions.MINUS_ONE), operand));
    }

    private Expr product() {
        List<Expr> factors = new ArrayList<>();
        unitDropped = false;
        factors.add(mixedNumber().orElseGet(this::factor));
        while (true) {
            if (cursor.accept("*")) {
                unitDropped = false;
                factors.add(signedFactor());
            } else if (cursor.accept("/")) {
                unitDropped = false;
                int last = factors.size() - 1;
                factors.set(last, new Quotient(factors.get(last), signedFactor()));
            } else if (startsFactor(cursor.peek())) {
                if (unitDropped || joinsNumbers()) {
                    throw new ParseException("two quantities side by side");
                }
                factors.add(factor());
            } else {
                return factors.size() == 1 ? factors.get(0) : new Product(factors);
            }
        }
    }

    private Expr signedFactor() {
        return isSign(cursor.peek()) ? signed() : factor();
    }

    /** Whether the next token goes on with an implied product. */
    boolean continuesProduct() {
        return startsFactor(cursor.peek()) && !joinsNumbers();
    }

    private boolean joinsNumbers() {
        return cursor.peek().kind() == Kind.NUMBER && cursor.peek(-1).kind() == Kind.NUMBER;
    }

    private boolean startsFactor(LatexToken token) {
        return switch (token.kind()) {
            case NUMBER, LETTER, WORD, BEGIN -> true;
            case COMMAND -> !token.text().equals("choose") && !token.text().equals("over");
            case TEXT, UNIT, END -> false;
            case OPERATOR ->
                token.text().equals("(")
                        || token.text().equals("{")
                        || token.text().equals("[")
                        || token.text().equals("lfloor")
                        || token.text().equals("lceil")
                        || (token.text().equals("|") && bars == 0);
        };
    }

    /** {@code 1\frac{1}{2}} or {@code 1 1/2}: an integer and a proper fraction. */
    private Optional<Expr> mixedNumber() {
        if (!isInteger(cursor.peek())) {
            return Optional.empty();
        }
        BigFraction whole = Fractions.parseDecimal(cursor.peek().text());
        if (cursor.peek(1).is(Kind.COMMAND, "frac")) {
            int numerator = cursor.peek(2).isOperator("{") ? 3 : 2;
            if (cursor.peek(numerator).kind() != Kind.NUMBER) {
                return Optional.empty();
            }
            cursor.skip(1);
            Expr fraction = primary();
            if (fraction instanceof Quotient quotient
                    && quotient.numerator() instanceof Num top
                    && quotient.denominator() instanceof Num bottom
                    && top.value().compareTo(bottom.value()) < 0) {
                return Optional.of(postfix(new Sum(List.of(new Num(whole), fraction))));
            }
            return Optional.of(new Product(List.of(new Num(whole), postfix(fraction))));
        }
        boolean slashed = isInteger(cursor.peek(1))
                && cursor.peek(2).isOperator("/")
                && isInteger(cursor.peek(3))
                && !new BigInteger(cursor.peek(3).text()).equals(BigInteger.ZERO);
        if (!slashed) {
            return Optional.empty();
        }
        BigFraction part = BigFraction.of(
                new BigInteger(cursor.peek(1).text()),
                new BigInteger(cursor.peek(3).text()));
        cursor.skip(4);
        return Optional.of(postfix(new Num(whole.add(part))));
    }

    private static boolean isInteger(LatexToken token) {
        return token.kind() == Kind.NUMBER && token.text().indexOf('.') < 0;
    }

    Expr factor() {
        return postfix(primary());
    }

    private Expr postfix(Expr operand) {
        Expr result = operand;
        while (true) {
            if (cursor.accept("^")) {
                result = new Power(result, exponent());
            } else if (cursor.accept("!")) {
                result = new Call(NamedFunction.FACTORIAL, List.of(result));
            } else if (cursor.accept("deg")) {
                result = new Degrees(minutes(result));
            } else if (cursor.accept("%")) {
                result = new Percent(result);
            } else if (isUnit(cursor.peek())) {
                dropUnit();
            } else {
                return result;
            }
        }
    }

    /** Degrees with the minutes and seconds that follow, as in {@code 45^\\circ 30'}. */
    private Expr minutes(Expr degrees) {
        if (!(degrees instanceof Num whole)) {
            return degrees;
        }
        BigFraction value = whole.value();
        if (cursor.peek().kind() == Kind.NUMBER
                && cursor.peek(1).isOperator("'")
                && !cursor.peek(2).isOperator("'")) {
            value = value.add(part(60));
        }
        if (cursor.peek().kind() == Kind.NUMBER
                && cursor.peek(1).isOperator("'")
                && cursor.peek(2).isOperator("'")) {
            value = value.add(part(3600));
            cursor.skip(1);
        }
        return new Num(value);
    }

    private BigFraction part(int parts) {
        BigFraction part = Fractions.parseDecimal(cursor.peek().text()).multiply(BigFraction.of(1, parts));
        cursor.skip(2);
        return part;
    }

    private static boolean isUnit(LatexToken token) {
        return token.kind() == Kind.UNIT;
    }

    /** A letter that divides a unit is a unit itself, as in {@code 90 km/h}. */
    private static boolean isUnitAfterSlash(LatexToken token) {
        boolean text = token.kind() == Kind.TEXT || token.kind() == Kind.WORD;
        return isUnit(token)
                || (token.kind() == Kind.LETTER && Units.isUnitLetter(token.text()))
                || (text && Units.droppable(token.text()));
    }

    private void dropUnit() {
        while (isUnit(cursor.peek())
                || ((cursor.peek().isOperator("/") || cursor.peek().isOperator("*"))
                        && isUnitAfterSlash(cursor.peek(1)))) {
            LatexToken token = cursor.next();
            if (!isUnit(token)) {
                token = cursor.next();
            }
            units.add(token.text());
            if (cursor.accept("^")) {
                exponent();
            }
        }
        unitDropped = true;
    }

    Expr exponent() {
        cursor.enter();
        Expr exponent = isSign(cursor.peek()) ? signedPrimary() : primary();
        cursor.leave();
        return exponent;
    }

    private Expr signedPrimary() {
        boolean negative = cursor.next().text().equals("-");
        Expr operand = primary();
        return negative ? negate(operand) : operand;
    }

    Expr primary() {
        LatexToken token = cursor.next();
        return switch (token.kind()) {
            case NUMBER -> number(token.text());
            case LETTER -> letter(token.text());
            case WORD -> words(token);
            case UNIT -> throw new ParseException("a unit without a number");
            case TEXT -> subscriptBase(token.text().replace(" ", "")).orElseGet(() -> new Text(token.text()));
            case COMMAND -> commands.command(token.text());
            case BEGIN -> shapes.matrix(token.text());
            case END -> throw new ParseException("unexpected \\end");
            case OPERATOR -> opened(token.text());
        };
    }

    private Expr opened(String operator) {
        return switch (operator) {
            case "(", "[" -> shapes.bracketed(operator.charAt(0));
            case "{" -> shapes.group();
            case "\\{" -> shapes.set();
            case "|" -> {
                bars++;
                Expr operand = sum();
                bars--;
                cursor.expect("|");
                yield new Call(NamedFunction.ABS, List.of(operand));
            }
            case "lfloor" -> closedBy("rfloor", NamedFunction.FLOOR);
            case "lceil" -> closedBy("rceil", NamedFunction.CEILING);
            default -> throw new ParseException("unexpected " + operator);
        };
    }

    private Expr closedBy(String operator, NamedFunction function) {
        Expr operand = sum();
        cursor.expect(operator);
        return new Call(function, List.of(operand));
    }

    private Expr number(String digits) {
        return subscriptBase(digits).orElseGet(() -> new Num(Fractions.parseDecimal(digits)));
    }

    /** Digits with a numeric subscript are a numeral in that base, not a number: 52 in base 8 is not the answer 42. */
    private Optional<Expr> subscriptBase(String digits) {
        if (!cursor.peek().isOperator("_")) {
            return Optional.empty();
        }
        cursor.skip(1);
        String subscript = cursor.argumentText();
        int base = Bases.base(subscript).orElseThrow(() -> new ParseException("subscript " + subscript));
        return Optional.of(new Based(digits, base));
    }

    private Expr letter(String name) {
        StringBuilder full = new StringBuilder(name);
        while (cursor.accept("'")) {
            full.append('\'');
        }
        if (cursor.accept("_")) {
            full.append('_').append(cursor.argumentText());
        }
        if (Applications.isFunctionName(full.toString()) && cursor.peek().isOperator("(")) {
            Optional<String> arguments = Applications.arguments(full.toString(), cursor);
            if (arguments.isPresent()) {
                return new Sym(full + arguments.get());
            }
        }
        return switch (full.toString()) {
            case "e" -> Constant.E;
            case "i" -> Constant.I;
            case "mathbb R" -> RealLine.WHOLE;
            default -> new Sym(full.toString());
        };
    }

    private Expr words(LatexToken first) {
        Optional<Based> literal = Bases.ofLiteral(first.text());
        if (literal.isPresent()) {
            return literal.get();
        }
        StringBuilder words = new StringBuilder(first.text());
        while (cursor.peek().kind() == Kind.WORD) {
            words.append(' ').append(cursor.next().text());
        }
        boolean alone = !startsFactor(cursor.peek())
                && cursor.peek().kind() != Kind.TEXT
                && cursor.peek().kind() != Kind.UNIT;
        if (alone && !cursor.peek().isOperator("^") && !cursor.peek().isOperator("*")) {
            return subscriptBase(words.toString()).orElseGet(() -> new Text(words.toString()));
        }
        if (words.indexOf(" ") >= 0 || cursor.peek().spaced()) {
            throw new ParseException("words before mathematics");
        }
        List<Expr> letters = new ArrayList<>();
        words.chars().forEach(c -> letters.add(new Sym(String.valueOf((char) c))));
        return new Product(letters);
    }
}
