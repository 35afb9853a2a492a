package org.espalier.puzzle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.model.Answer;

/** Reads countdown problems, in the words that are usual for them, and what replies to them answer. Stateless. */
final class CountdownReader {
    private static final Pattern TARGET = Pattern.compile(
            "(?i)\\b(?:make|makes|making|reach|reaches|equals?|equal to|get|gives?|calculate|obtain|target(?: is| of|:)?)\\s+(?:the (?:number|target)\\s+)?(-?\\d{1,9})\\b");
    private static final Pattern NUMBERS =
            Pattern.compile("(?<![\\d.])\\d{1,9}(?:(?:\\s*,\\s*(?:and\\s+)?|\\s+and\\s+|\\s+)\\d{1,9})+(?![\\d.]*\\d)");
    private static final Pattern ALL =
            Pattern.compile("(?i)exactly once|\\ball (?:of )?the\\b|\\ball (?:four|five|six) ");
    private static final int MOST_TARGET = 1_000_000;

    private CountdownReader() {}

    static Optional<Countdown> puzzle(String problem) {
        Matcher list = NUMBERS.matcher(problem);
        Matcher target = TARGET.matcher(problem);
        if (!list.find() || !target.find()) {
            return Optional.empty();
        }
        List<Integer> numbers = new ArrayList<>();
        Matcher number = Pattern.compile("\\d+").matcher(list.group());
        while (number.find()) {
            numbers.add(Integer.parseInt(number.group()));
        }
        int wanted = Integer.parseInt(target.group(1));
        boolean fits = numbers.size() >= Countdown.LEAST
                && numbers.size() <= Countdown.MOST
                && Math.abs(wanted) <= MOST_TARGET
                && numbers.stream().allMatch(one -> one >= 1 && one <= Countdown.MOST_VALUE);
        return fits
                ? Optional.of(
                        new Countdown(numbers, wanted, ALL.matcher(problem).find()))
                : Optional.empty();
    }

    /** The expression that a reply states, else the one that its steps are when a single number is left. */
    static Optional<Answer> answer(String reply) {
        Optional<String> stated = StatedAnswer.in(reply);
        if (stated.isPresent()) {
            return stated.map(text -> new Answer(text, key(text), true));
        }
        List<CountdownStep> steps = reply.lines()
                .flatMap(line -> CountdownStep.parse(line).stream())
                .toList();
        if (steps.isEmpty() || steps.get(steps.size() - 1).left().size() != 1) {
            return Optional.empty();
        }
        String whole = CountdownStep.composed(steps);
        return Optional.of(new Answer(whole, key(whole), true));
    }

    private static String key(String answer) {
        return Expression.parse(answer).map(Expression::key).orElse(answer);
    }
}
