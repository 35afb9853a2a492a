package org.espalier.puzzle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A line of a solution: {@code 7 - 3 = 4 (left: 5, 11, 4)}.
 *
 * @param operator one of + - * /
 * @param left all numbers that are left after it, the result among them
 */
record CountdownStep(Fraction one, char operator, Fraction other, Fraction result, List<Fraction> left) {
    private static final String NUMBER = "\\(?(-?\\d{1,18}(?:/\\d{1,18})?)\\)?";

    /** With whatever number or heading a policy puts before a step. */
    private static final Pattern LINE = Pattern.compile(
            "(?i)(?:[-*#\\s]*step \\d+[:.)]|\\d+[.)](?=\\s)|[-*•](?=\\s))?\\s*" + NUMBER + "\\s*([-+*/])\\s*" + NUMBER
                    + "\\s*=\\s*" + NUMBER + "\\s*\\(\\s*left:?([-\\d\\s,/()]*)\\)\\s*\\.?");

    CountdownStep {
        left = List.copyOf(left);
    }

    /** Empty for a division by 0. */
    static Optional<CountdownStep> of(Fraction one, char operator, Fraction other, List<Fraction> others) {
        return one.under(operator, other).map(result -> {
            List<Fraction> left = new ArrayList<>(others);
            left.add(result);
            return new CountdownStep(one, operator, other, result, left);
        });
    }

    /** Empty if a line is no step, right or wrong. */
    static Optional<CountdownStep> parse(String line) {
        Matcher step = LINE.matcher(Expression.plain(line).strip());
        if (!step.matches()) {
            return Optional.empty();
        }
        List<Optional<Fraction>> numbers = new ArrayList<>();
        for (int group : new int[] {1, 3, 4}) {
            numbers.add(Fraction.parse(step.group(group)));
        }
        Arrays.stream(step.group(5).replaceAll("[()\\s]", "").split(","))
                .filter(number -> !number.isEmpty())
                .forEach(number -> numbers.add(Fraction.parse(number)));
        if (numbers.stream().anyMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        List<Fraction> known = numbers.stream().map(Optional::orElseThrow).toList();
        return Optional.of(new CountdownStep(
                known.get(0), step.group(2).charAt(0), known.get(1), known.get(2), known.subList(3, known.size())));
    }

    /** Whether it is right where these numbers are left, which are then those that are left after it. */
    boolean isTakenFrom(List<Fraction> pool) {
        try {
            if (!one.under(operator, other).filter(result::equals).isPresent()
                    || !pool.remove(one)
                    || !pool.remove(other)) {
                return false;
            }
        } catch (ArithmeticException tooLarge) {
            return false;
        }
        pool.add(result);
        return sorted(pool).equals(sorted(left));
    }

    private static List<Fraction> sorted(List<Fraction> numbers) {
        List<Fraction> sorted = new ArrayList<>(numbers);
        Collections.sort(sorted);
        return sorted;
    }

    /** The last step's result as an expression of the numbers that the first steps take. */
    static String composed(List<CountdownStep> steps) {
        List<Fraction> results = new ArrayList<>();
        List<String> expressions = new ArrayList<>();
        for (CountdownStep step : steps) {
            String one = taken(step.one, results, expressions);
            String other = taken(step.other, results, expressions);
            results.add(step.result);
            expressions.add("(" + one + " " + step.operator + " " + other + ")");
        }
        String whole = expressions.get(expressions.size() - 1);
        return whole.substring(1, whole.length() - 1);
    }

    /** An earlier result, else a number that was given. */
    private static String taken(Fraction number, List<Fraction> results, List<String> expressions) {
        int at = results.indexOf(number);
        if (at < 0) {
            return number.toString();
        }
        results.remove(at);
        return expressions.remove(at);
    }

    @Override
    public String toString() {
        return "%s %s %s = %s (left: %s)"
                .formatted(
                        one,
                        operator,
                        other,
                        result,
                        left.stream().map(Fraction::toString).collect(Collectors.joining(", ")));
    }
}
