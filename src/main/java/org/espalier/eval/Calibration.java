package org.espalier.eval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * How well a PRM's scores say which steps are right. Steps up to and including the first wrong one count.
 *
 * @param solutions that were judged
 * @param unjudged solutions that were too long for the PRM
 * @param threshold below which a step counts as blamed
 * @param rightSteps how many there are
 * @param wrongSteps how many there are
 * @param rightPassed share of the right steps that are not blamed
 * @param wrongFound share of the wrong steps that are blamed
 * @param balancedAccuracy mean of these two
 * @param auroc probability that a right step scores higher than a wrong one
 * @param firstErrorLocated share of the solutions with an error of which the first step blamed is the first wrong one
 * @param cleanPassed share of the right solutions without a step blamed
 * @param f1 harmonic mean of these two, as ProcessBench reports it (Zheng et al. 2024)
 * @param brier mean squared distance of the score to 1 (right) or 0 (wrong)
 * @param calibrationError mean distance, over steps, of a bin's mean score to its share of right steps (ECE, ten bins)
 * @param bins by score; empty ones are left out
 */
public record Calibration(
        int solutions,
        int unjudged,
        double threshold,
        int rightSteps,
        int wrongSteps,
        double rightPassed,
        double wrongFound,
        double balancedAccuracy,
        double auroc,
        double firstErrorLocated,
        double cleanPassed,
        double f1,
        double brier,
        double calibrationError,
        List<Bin> bins) {
    private static final int BINS = 10;

    /**
     * Steps with a score in one tenth of the range.
     *
     * @param right share of them
     */
    public record Bin(double low, double high, int steps, double meanScore, double right) {}

    /** The scores of a solution's labelled steps. */
    public record Judged(List<Double> scores, int firstError) {
        private boolean isJudged() {
            return scores.stream().noneMatch(score -> score.isNaN());
        }

        /** The first step blamed; -1 if none is. */
        private int blamed(double threshold) {
            for (int i = 0; i < scores.size(); i++) {
                if (scores.get(i) < threshold) {
                    return i;
                }
            }
            return -1;
        }
    }

    private record Scored(double score, boolean right) {}

    /** @param threshold 0 to 1 */
    public static Calibration of(List<Judged> all, double threshold) {
        List<Judged> judged = all.stream().filter(Judged::isJudged).toList();
        List<Scored> steps = new ArrayList<>();
        for (Judged solution : judged) {
            for (int i = 0; i < solution.scores().size(); i++) {
                steps.add(new Scored(solution.scores().get(i), i != solution.firstError()));
            }
        }
        List<Scored> right = steps.stream().filter(Scored::right).toList();
        List<Scored> wrong = steps.stream().filter(step -> !step.right()).toList();
        double rightPassed = share(right, step -> step.score() >= threshold);
        double wrongFound = share(wrong, step -> step.score() < threshold);
        List<Judged> faulty =
                judged.stream().filter(solution -> solution.firstError() >= 0).toList();
        List<Judged> clean =
                judged.stream().filter(solution -> solution.firstError() < 0).toList();
        double located = share(faulty, solution -> solution.blamed(threshold) == solution.firstError());
        double passed = share(clean, solution -> solution.blamed(threshold) < 0);
        List<Bin> bins = bins(steps);
        return new Calibration(
                judged.size(),
                all.size() - judged.size(),
                threshold,
                right.size(),
                wrong.size(),
                rightPassed,
                wrongFound,
                (rightPassed + wrongFound) / 2,
                auroc(steps),
                located,
                passed,
                located + passed == 0 ? 0 : 2 * located * passed / (located + passed),
                steps.stream()
                        .mapToDouble(step -> Math.pow(step.score() - (step.right() ? 1 : 0), 2))
                        .average()
                        .orElse(Double.NaN),
                bins.stream()
                                .mapToDouble(bin -> bin.steps() * Math.abs(bin.meanScore() - bin.right()))
                                .sum()
                        / steps.size(),
                bins);
    }

    private static <T> double share(List<T> of, Predicate<T> which) {
        return of.isEmpty() ? Double.NaN : (double) of.stream().filter(which).count() / of.size();
    }

    /** Mann and Whitney's statistic; equal scores count half. */
    private static double auroc(List<Scored> steps) {
        List<Scored> sorted =
                steps.stream().sorted(Comparator.comparingDouble(Scored::score)).toList();
        double above = 0;
        long wrongBelow = 0;
        long rightAll = 0;
        int at = 0;
        while (at < sorted.size()) {
            int end = at;
            long rightHere = 0;
            while (end < sorted.size()
                    && sorted.get(end).score() == sorted.get(at).score()) {
                rightHere += sorted.get(end).right() ? 1 : 0;
                end++;
            }
            long wrongHere = end - at - rightHere;
            above += rightHere * (wrongBelow + wrongHere / 2.0);
            wrongBelow += wrongHere;
            rightAll += rightHere;
            at = end;
        }
        return above / ((double) rightAll * wrongBelow);
    }

    private static List<Bin> bins(List<Scored> steps) {
        List<Bin> bins = new ArrayList<>();
        for (int i = 0; i < BINS; i++) {
            int number = i;
            List<Scored> in = steps.stream()
                    .filter(step -> Math.min(BINS - 1, (int) (step.score() * BINS)) == number)
                    .toList();
            if (!in.isEmpty()) {
                bins.add(new Bin(
                        (double) i / BINS,
                        (i + 1.0) / BINS,
                        in.size(),
                        in.stream().mapToDouble(Scored::score).average().orElseThrow(),
                        share(in, Scored::right)));
            }
        }
        return List.copyOf(bins);
    }
}
