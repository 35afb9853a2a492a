package org.espalier.puzzle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An arithmetic expression of whole numbers.
 *
 * @param numbers in it, as often as they are there
 * @param value empty where something is divided by 0, or too large
 * @param key the same for expressions that differ in order and brackets alone
 */
record Expression(List<Long> numbers, Optional<Fraction> value, String key) {
    private static final int LONGEST = 1000;
    private static final int DEEPEST = 100;

    /**
     * Reads an expression; what follows an equals sign is left out.
     *
     * @return empty if it is none
     */
    static Optional<Expression> parse(String text) {
        String plain = plain(text);
        int equals = plain.indexOf('=');
        String all = (equals < 0 ? plain : plain.substring(0, equals)).strip();
        if (all.isEmpty() || all.length() > LONGEST) {
            return Optional.empty();
        }
        return new Parser(all).whole();
    }

    /** With the plain signs of arithmetic. */
    static String plain(String text) {
        return text.replaceAll("\\\\(?:times|cdot)|[×·⋅∙]", "*")
                .replaceAll("\\\\div|÷", "/")
                .replaceAll("[−–]", "-")
                .replaceAll("\\\\(?:left|right)(?=[(\\[)\\]])", "")
                .replace('[', '(')
                .replace(']', ')')
                .replaceAll("[`$]|\\*\\*", "")
                .replaceAll("[.\\s]+$", "");
    }

    /** By recursive descent; what is wrong ends it. */
    private static final class Parser {
        private final String text;
        private final List<Long> numbers = new ArrayList<>();
        private int at;
        private int depth;
        private boolean broken;

        Parser(String text) {
            this.text = text;
        }

        /**
         * A number, or what stands between operators.
         *
         * @param value null where it is not known
         * @param kind of the operators between the terms: + or *; 0 for a number
         * @param terms each behind its operator; of a number, the number
         */
        private record Part(@Nullable Fraction value, char kind, List<String> terms) {
            String key() {
                List<String> sorted = new ArrayList<>(terms);
                Collections.sort(sorted);
                return String.join("", sorted);
            }

            /** As terms of a sum or product, which has no brackets of its own kind in it. */
            List<String> under(char operator, char outer) {
                if (kind != outer) {
                    return List.of(operator + (kind == 0 ? key() : "(" + key() + ")"));
                }
                return operator == outer
                        ? terms
                        : terms.stream()
                                .map(term -> inverse(term.charAt(0)) + term.substring(1))
                                .toList();
            }

            private static String inverse(char operator) {
                return switch (operator) {
                    case '+' -> "-";
                    case '-' -> "+";
                    case '*' -> "/";
                    default -> "*";
                };
            }
        }

        Optional<Expression> whole() {
            Part sum = sum();
            return broken || at < text.length()
                    ? Optional.empty()
                    : Optional.of(new Expression(List.copyOf(numbers), Optional.ofNullable(sum.value), sum.key()));
        }

        private char next() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            return at < text.length() ? text.charAt(at) : 0;
        }

        private Part sum() {
            return chain('+', '-');
        }

        private Part chain(char straight, char inverse) {
            Part first = straight == '+' ? chain('*', '/') : factor();
            if (next() != straight && next() != inverse) {
                return first;
            }
            Fraction value = first.value;
            List<String> terms = new ArrayList<>(first.under(straight, straight));
            while (!broken && (next() == straight || next() == inverse)) {
                char operator = text.charAt(at++);
                Part term = straight == '+' ? chain('*', '/') : factor();
                value = applied(value, operator, term.value);
                terms.addAll(term.under(operator, straight));
            }
            return new Part(value, straight, terms);
        }

        private static @Nullable Fraction applied(@Nullable Fraction one, char operator, @Nullable Fraction other) {
            if (one == null || other == null) {
                return null;
            }
            try {
                return one.under(operator, other).orElse(null);
            } catch (ArithmeticException tooLarge) {
                return null;
            }
        }

        private Part factor() {
            char c = next();
            if (c == '-' || c == '(') {
                at++;
                depth++;
                Part inner = depth > DEEPEST ? fail() : c == '-' ? factor() : sum();
                depth--;
                if (c == '-') {
                    Fraction value = inner.value;
                    return new Part(value == null ? null : value.negated(), '+', inner.under('-', '+'));
                }
                if (next() != ')') {
                    return fail();
                }
                at++;
                return inner;
            }
            int begin = at;
            while (at < text.length() && Character.isDigit(text.charAt(at)) && at - begin < 19) {
                at++;
            }
            try {
                long number = Long.parseLong(text.substring(begin, at));
                numbers.add(number);
                return new Part(Fraction.of(number), (char) 0, List.of(Long.toString(number)));
            } catch (NumberFormatException none) {
                return fail();
            }
        }

        private Part fail() {
            broken = true;
            at = text.length();
            return new Part(null, (char) 0, List.of());
        }
    }
}
