package org.espalier.puzzle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Numbers that are to be combined to a target with +, -, * and /. Fractions may come up on the way.
 *
 * @param numbers 1 to {@value #MOST_VALUE}, {@value #LEAST} to {@value #MOST} of them
 * @param all whether each has to be used; otherwise each may be used once at most
 */
record Countdown(List<Integer> numbers, int target, boolean all) implements Puzzle {
    static final int LEAST = 2;
    static final int MOST = 6;
    /** Of so many such numbers no fraction overflows. */
    static final int MOST_VALUE = 500;

    Countdown {
        numbers = List.copyOf(numbers);
    }

    @Override
    public String text() {
        String last = String.valueOf(numbers.get(numbers.size() - 1));
        String first = numbers.subList(0, numbers.size() - 1).stream()
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
        return "Use each of the numbers %s and %s %s, with +, -, * and /, to make %d."
                .formatted(first, last, all ? "exactly once" : "at most once", target);
    }

    @Override
    public boolean isSolvedBy(String answer) {
        return Expression.parse(answer).filter(this::isSolvedBy).isPresent();
    }

    private boolean isSolvedBy(Expression expression) {
        List<Integer> unused = new ArrayList<>(numbers);
        for (long number : expression.numbers()) {
            if (number > MOST_VALUE || !unused.remove((Integer) (int) number)) {
                return false;
            }
        }
        return (!all || unused.isEmpty())
                && expression.value().filter(Fraction.of(target)::equals).isPresent();
    }

    /** What is left after the steps among these lines; empty if one of them is wrong. */
    private Optional<List<Fraction>> after(List<String> lines) {
        List<Fraction> pool = start();
        for (String line : lines) {
            Optional<CountdownStep> step = CountdownStep.parse(line);
            if (step.isPresent() && !step.get().isTakenFrom(pool)) {
                return Optional.empty();
            }
        }
        return Optional.of(pool);
    }

    private List<Fraction> start() {
        return new ArrayList<>(
                numbers.stream().map(number -> Fraction.of(number)).toList());
    }

    @Override
    public boolean mayFollow(List<String> lines) {
        return after(lines).filter(pool -> way(pool).isPresent()).isPresent();
    }

    @Override
    public Optional<Written> solution() {
        return way(start()).map(steps -> {
            List<String> lines = steps.stream().map(CountdownStep::toString).toList();
            String answer = steps.isEmpty() ? String.valueOf(target) : CountdownStep.composed(steps);
            return new Written(lines, answer);
        });
    }

    /** Steps that lead from numbers to the target; empty if there are none. */
    private Optional<List<CountdownStep>> way(List<Fraction> pool) {
        List<CountdownStep> steps = new ArrayList<>();
        return leads(pool, steps, new HashSet<>()) ? Optional.of(steps) : Optional.empty();
    }

    /**
     * @param steps gets those that lead to the target
     * @param dead numbers, in their order, that are known not to
     */
    private boolean leads(List<Fraction> pool, List<CountdownStep> steps, Set<List<Fraction>> dead) {
        Fraction goal = Fraction.of(target);
        if (all ? pool.size() == 1 && pool.get(0).equals(goal) : pool.contains(goal)) {
            return true;
        }
        List<Fraction> sorted = new ArrayList<>(pool);
        Collections.sort(sorted);
        if (pool.size() < 2 || dead.contains(sorted)) {
            return false;
        }
        for (int i = 0; i < pool.size(); i++) {
            for (int j = i + 1; j < pool.size(); j++) {
                List<Fraction> others = new ArrayList<>(pool);
                others.remove(j);
                others.remove(i);
                for (CountdownStep step : steps(pool.get(i), pool.get(j), others)) {
                    steps.add(step);
                    if (leads(step.left(), steps, dead)) {
                        return true;
                    }
                    steps.remove(steps.size() - 1);
                }
            }
        }
        dead.add(sorted);
        return false;
    }

    private static Set<CountdownStep> steps(Fraction one, Fraction other, List<Fraction> others) {
        Set<CountdownStep> steps = new LinkedHashSet<>();
        for (char operator : new char[] {'+', '*', '-', '/'}) {
            CountdownStep.of(one, operator, other, others).ifPresent(steps::add);
            if (operator == '-' || operator == '/') {
                CountdownStep.of(other, operator, one, others).ifPresent(steps::add);
            }
        }
        return steps;
    }
}
