package org.espalier.grade.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.grade.algebra.Expr;
import org.espalier.grade.algebra.Expr.Call;
import org.espalier.grade.algebra.Expr.Difference;
import org.espalier.grade.algebra.Expr.Intersection;
import org.espalier.grade.algebra.Expr.Listing;
import org.espalier.grade.algebra.Expr.Matrix;
import org.espalier.grade.algebra.Expr.Proportion;
import org.espalier.grade.algebra.Expr.Quotient;
import org.espalier.grade.algebra.Expr.Relation;
import org.espalier.grade.algebra.Expr.Relator;
import org.espalier.grade.algebra.Expr.SetBuilder;
import org.espalier.grade.algebra.Expr.SetOf;
import org.espalier.grade.algebra.Expr.Text;
import org.espalier.grade.algebra.Expr.Tuple;
import org.espalier.grade.algebra.Expr.Union;
import org.espalier.grade.algebra.NamedFunction;
import org.espalier.grade.parse.LatexToken.Kind;

/**
 * Recursive descent over an answer's shape: lists, relations, unions, proportions, brackets, matrices. The arithmetic
 * inside is {@link TermParser}'s.
 *
 * <pre>
 * answer   := item (',' item)*
 * item     := [name '(' args ')' '='] union (relator union)*
 * union    := ratio ('cup' ratio)*
 * ratio    := sum (':' sum)*
 * </pre>
 */
public final class Parser {

    private static final int MAX_DOMAIN = 10;

    private final TokenCursor cursor;
    private final TermParser terms;

    private Parser(List<LatexToken> tokens) {
        this.cursor = new TokenCursor(tokens);
        this.terms = new TermParser(cursor, this);
    }

    /** @throws ParseException if the input is not an answer this grammar describes */
    public static Expr parse(String input) {
        List<LatexToken> tokens = LatexLexer.tokenize(input);
        Parser parser = new Parser(tokens);
        List<Expr> items = parser.items();
        if (!parser.cursor.atEnd()) {
            throw new ParseException("unexpected " + parser.cursor.peek());
        }
        return items.size() == 1 ? items.get(0) : new Listing(items);
    }

    /** One or more items; repeated and trailing separators are skipped, as in {@code 1, 2, and 3}. */
    List<Expr> items() {
        cursor.enter();
        List<Expr> items = new ArrayList<>();
        items.add(item());
        while (cursor.accept(",")) {
            if (!cursor.atEnd() && !cursor.peek().isOperator(",")) {
                items.add(item());
            }
        }
        cursor.leave();
        return items;
    }

    private Expr item() {
        skipFunctionHead();
        if (relator(cursor.peek()).filter(sign -> !sign.isOrder()).isPresent()) {
            cursor.skip(1);
        }
        List<Expr> sides = new ArrayList<>();
        List<Relator> signs = new ArrayList<>();
        sides.add(union());
        Optional<Relator> sign = relator(cursor.peek());
        while (sign.isPresent()) {
            cursor.skip(1);
            signs.add(sign.get());
            skipFunctionHead();
            sides.add(union());
            sign = relator(cursor.peek());
        }
        return signs.isEmpty() ? sides.get(0) : new Relation(sides, signs);
    }

    /** Skips {@code f(x) =} and {@code P(A) =}: what counts is the other side. */
    private void skipFunctionHead() {
        if (cursor.peek().kind() != Kind.LETTER) {
            return;
        }
        int ahead = 1;
        while (cursor.peek(ahead).isOperator("'")) {
            ahead++;
        }
        if (cursor.peek(ahead).isOperator("_")) {
            ahead += 2;
        }
        if (cursor.peek(ahead).isOperator("^") && cursor.peek(ahead + 1).isOperator("{")) {
            ahead += 2;
            while (!cursor.peek(ahead).isOperator("}")
                    && !cursor.peek(ahead).text().isEmpty()) {
                ahead++;
            }
            ahead++;
        }
        if (!cursor.peek(ahead).isOperator("(")) {
            return;
        }
        ahead++;
        while (isSimple(cursor.peek(ahead))) {
            ahead++;
        }
        if (cursor.peek(ahead).isOperator(")") && cursor.peek(ahead + 1).isOperator("=")) {
            cursor.skip(ahead + 2);
        }
    }

    private static boolean isSimple(LatexToken token) {
        return token.kind() == Kind.LETTER
                || token.kind() == Kind.NUMBER
                || token.isOperator(",")
                || token.isOperator("_");
    }

    private static Optional<Relator> relator(LatexToken token) {
        if (token.kind() != Kind.OPERATOR) {
            return Optional.empty();
        }
        return switch (token.text()) {
            case "=" -> Optional.of(Relator.EQUAL);
            case "!=" -> Optional.of(Relator.NOT_EQUAL);
            case "<" -> Optional.of(Relator.LESS);
            case "<=" -> Optional.of(Relator.AT_MOST);
            case ">" -> Optional.of(Relator.GREATER);
            case ">=" -> Optional.of(Relator.AT_LEAST);
            case "~=" -> Optional.of(Relator.APPROXIMATELY);
            case "in" -> Optional.of(Relator.IN);
            default -> Optional.empty();
        };
    }

    private Expr union() {
        Expr result = ratio();
        while (true) {
            if (cursor.accept("cup")) {
                List<Expr> parts = new ArrayList<>(List.of(result, ratio()));
                while (cursor.accept("cup")) {
                    parts.add(ratio());
                }
                result = new Union(parts);
            } else if (cursor.accept("setminus")) {
                result = new Difference(result, ratio());
            } else if (cursor.accept("cap")) {
                result = new Intersection(List.of(result, ratio()));
            } else {
                return result;
            }
        }
    }

    private Expr ratio() {
        LatexToken first = cursor.peek();
        List<Expr> parts = new ArrayList<>();
        parts.add(choose(terms.sum()));
        while (cursor.accept(":")) {
            LatexToken second = cursor.peek();
            parts.add(terms.sum());
            if (parts.size() == 2
                    && isClockTime(first, second)
                    && !cursor.peek().isOperator(":")) {
                return new Text(Integer.parseInt(first.text()) + ":" + second.text());
            }
        }
        return parts.size() == 1 ? parts.get(0) : new Proportion(parts);
    }

    /** {@code {n \choose k}} and {@code {a \over b}}, which stand between what they join. */
    private Expr choose(Expr above) {
        if (cursor.peek().is(Kind.COMMAND, "choose")) {
            cursor.skip(1);
            return new Call(NamedFunction.BINOMIAL, List.of(above, terms.sum()));
        }
        if (cursor.peek().is(Kind.COMMAND, "over")) {
            cursor.skip(1);
            return new Quotient(above, terms.sum());
        }
        return above;
    }

    /**
     * Hours and minutes; {@code 10:15}, two numbers of like size, is rather a ratio.
     */
    private static boolean isClockTime(LatexToken hours, LatexToken minutes) {
        return hours.kind() == Kind.NUMBER
                && minutes.kind() == Kind.NUMBER
                && hours.text().matches("\\d{1,2}")
                && minutes.text().matches("[0-5]\\d")
                && !(hours.text().compareTo("10") >= 0
                        && hours.text().length() == 2
                        && minutes.text().charAt(0) != '0'
                        && Integer.parseInt(minutes.text()) <= 2 * Integer.parseInt(hours.text()));
    }

    /** After an opening bracket: a parenthesised item, or a tuple or interval. */
    Expr bracketed(char open) {
        List<Expr> items = items();
        String close = cursor.peek().text();
        if (!close.equals(")") && !close.equals("]")) {
            throw new ParseException("unclosed " + open);
        }
        cursor.skip(1);
        if (items.size() > 1) {
            return new Tuple(open, items, close.charAt(0));
        }
        if ((open == '(') != close.equals(")")) {
            throw new ParseException("mismatched " + open);
        }
        return items.get(0);
    }

    /** After an escaped opening brace: a set. */
    Expr set() {
        if (cursor.accept("\\}")) {
            return new SetOf(List.of());
        }
        Optional<Expr> described = setBuilder();
        if (described.isPresent()) {
            return described.get();
        }
        List<Expr> items = items();
        cursor.expect("\\}");
        return new SetOf(items);
    }

    /** {@code x : condition} and {@code x \\in D \\mid condition} up to the closing brace. */
    private Optional<Expr> setBuilder() {
        if (cursor.peek().kind() != Kind.LETTER) {
            return Optional.empty();
        }
        int bar = 1;
        StringBuilder domain = new StringBuilder();
        if (cursor.peek(1).isOperator("in")) {
            for (bar = 2; !isBar(cursor.peek(bar)) && bar < MAX_DOMAIN; bar++) {
                domain.append(cursor.peek(bar).text());
            }
        }
        if (!isBar(cursor.peek(bar))) {
            return Optional.empty();
        }
        cursor.skip(bar + 1);
        List<Expr> conditions = items();
        cursor.expect("\\}");
        Expr condition = conditions.size() == 1 ? conditions.get(0) : new Listing(conditions);
        boolean real = domain.toString().isEmpty() || domain.toString().equals("mathbb R");
        boolean interval = conditions.stream()
                .allMatch(item -> item instanceof Relation relation
                        && relation.operators().stream().allMatch(sign -> sign.isOrder() || sign == Relator.NOT_EQUAL));
        return Optional.of(real && interval ? condition : new SetBuilder(domain.toString(), condition));
    }

    private static boolean isBar(LatexToken token) {
        return token.isOperator(":") || token.isOperator("|") || token.isOperator("mid");
    }

    /** After an opening brace: a group, or a set written without backslashes. */
    Expr group() {
        List<Expr> items = items();
        cursor.expect("}");
        return items.size() == 1 ? items.get(0) : new SetOf(items);
    }

    /** The words that introduce the condition of a case. */
    private void skipCondition() {
        if (cursor.peek().text().matches("(?:if|for|when|where),?")) {
            cursor.skip(1);
        }
    }

    /** After {@code \begin{…}}: the rows of a matrix. */
    Expr matrix(String environment) {
        boolean grid = environment.endsWith("matrix") || environment.equals("array") || environment.equals("cases");
        if (!grid || environment.equals("vmatrix") || environment.equals("Vmatrix")) {
            throw new ParseException("environment " + environment);
        }
        cursor.enter();
        List<List<Expr>> rows = new ArrayList<>();
        List<Expr> row = new ArrayList<>();
        while (cursor.peek().kind() != Kind.END) {
            skipCondition();
            row.add(item());
            cursor.accept(",");
            if (cursor.accept("\\\\")) {
                rows.add(List.copyOf(row));
                row.clear();
            } else if (cursor.peek().kind() != Kind.END) {
                cursor.expect("&");
            }
        }
        cursor.skip(1);
        if (!row.isEmpty()) {
            rows.add(List.copyOf(row));
        }
        if (rows.isEmpty()) {
            throw new ParseException("empty matrix");
        }
        cursor.leave();
        return new Matrix(List.copyOf(rows));
    }
}
