package org.espalier.grade;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.grade.Expr.Based;
import org.espalier.grade.Expr.Call;
import org.espalier.grade.Expr.Constant;
import org.espalier.grade.Expr.Degrees;
import org.espalier.grade.Expr.Num;
import org.espalier.grade.Expr.PlusMinus;
import org.espalier.grade.Expr.Power;
import org.espalier.grade.Expr.Product;
import org.espalier.grade.Expr.Quotient;
import org.espalier.grade.Expr.Sum;
import org.espalier.grade.Expr.Sym;
import org.espalier.grade.Expr.Text;
import org.espalier.grade.Token.Kind;

/** Recursive descent over arithmetic: sums, products with implied multiplication, powers, functions, units. */
final class TermParser {

    private static final int MAX_SIGNS = 8;

    private final TokenCursor cursor;
    private final Parser shapes;
    private final CommandParser commands;
    private boolean unitDropped;
    private int bars;

    TermParser(TokenCursor cursor, Parser shapes) {
        this.cursor = cursor;
        this.shapes = shapes;
        this.commands = new CommandParser(cursor, this);
    }

    Expr sum() {
        cursor.enter();
        List<Expr> addends = new ArrayList<>();
        addends.add(signed());
        while (isSign(cursor.peek())) {
            addends.add(signed());
        }
        cursor.leave();
        return addends.size() == 1 ? addends.get(0) : new Sum(addends);
    }

    private static boolean isSign(Token token) {
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
                : new Product(List.of(new Num(Rational.MINUS_ONE), operand));
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

    private boolean startsFactor(Token token) {
        return switch (token.kind()) {
            case NUMBER, LETTER, WORD, BEGIN -> true;
            case COMMAND -> !token.text().equals("choose");
            case TEXT, END -> false;
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
        Rational whole = Rational.parseDecimal(cursor.peek().text());
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
        Rational part = new Rational(
                new BigInteger(cursor.peek(1).text()),
                new BigInteger(cursor.peek(3).text()));
        cursor.skip(4);
        return Optional.of(postfix(new Num(whole.plus(part))));
    }

    private static boolean isInteger(Token token) {
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
                result = new Degrees(result);
            } else if (isUnit(cursor.peek())) {
                dropUnit();
            } else {
                return result;
            }
        }
    }

    private boolean isUnit(Token token) {
        return token.kind() == Kind.TEXT
                || (token.kind() == Kind.WORD && (token.spaced() || Vocabulary.isUnit(token.text())));
    }

    /** A letter that divides a unit is a unit itself, as in {@code 90 km/h}. */
    private boolean isUnitAfterSlash(Token token) {
        return isUnit(token) || token.kind() == Kind.LETTER || token.kind() == Kind.WORD;
    }

    private void dropUnit() {
        while (isUnit(cursor.peek())
                || (cursor.peek().isOperator("/") && isUnitAfterSlash(cursor.peek(1)))
                || (cursor.peek().isOperator("*") && cursor.peek(1).kind() == Kind.TEXT)) {
            boolean slash = cursor.next().isOperator("/");
            if (isUnit(cursor.peek()) || (slash && isUnitAfterSlash(cursor.peek()))) {
                cursor.next();
            }
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
        Token token = cursor.next();
        return switch (token.kind()) {
            case NUMBER -> number(token.text());
            case LETTER -> letter(token.text());
            case WORD -> words(token);
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
        if (digits.indexOf('.') >= 0 && cursor.peek().is(Kind.COMMAND, "overline")) {
            cursor.skip(1);
            return new Num(repeating(digits, cursor.argumentText()));
        }
        return subscriptBase(digits).orElseGet(() -> new Num(Rational.parseDecimal(digits)));
    }

    private static Rational repeating(String digits, String period) {
        if (period.isEmpty() || !period.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new ParseException("period " + period);
        }
        int decimals = digits.length() - digits.indexOf('.') - 1;
        BigInteger nines = BigInteger.TEN.pow(period.length()).subtract(BigInteger.ONE);
        Rational tail = new Rational(new BigInteger(period), nines.multiply(BigInteger.TEN.pow(decimals)));
        return Rational.parseDecimal(digits).plus(tail);
    }

    /** Digits with a numeric subscript are a numeral in that base, not a number: 52 in base 8 is not the answer 42. */
    private Optional<Expr> subscriptBase(String digits) {
        if (!cursor.peek().isOperator("_")) {
            return Optional.empty();
        }
        cursor.skip(1);
        String subscript = cursor.argumentText();
        Optional<Integer> word = Vocabulary.numberWord(subscript);
        int base = word.isPresent() ? word.get() : subscript.matches("\\d{1,2}") ? Integer.parseInt(subscript) : 0;
        if (base < 2 || base > 36) {
            throw new ParseException("subscript " + subscript);
        }
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
        return switch (full.toString()) {
            case "e" -> Constant.E;
            case "i" -> Constant.I;
            case "mathbb R" -> Relations.realLine();
            default -> new Sym(full.toString());
        };
    }

    private Expr words(Token first) {
        StringBuilder words = new StringBuilder(first.text());
        while (cursor.peek().kind() == Kind.WORD) {
            words.append(' ').append(cursor.next().text());
        }
        boolean alone = !startsFactor(cursor.peek()) && cursor.peek().kind() != Kind.TEXT;
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
