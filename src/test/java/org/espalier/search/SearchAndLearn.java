package org.espalier.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.espalier.model.Answer;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.HashedPolicy;

/**
 * search-and-learn's loops, written down from its Python as they are: on texts, without a tree. Its argsort of so few beams
 * is a stable ascending sort whose tail is taken, so that the last of equals is kept; {@link SearchAndLearnTest} compares
 * with what the Python itself returned.
 */
final class SearchAndLearn {
    private static final String STOP = "\n\n";

    /** What its functions return for one problem. */
    record Result(List<String> completions, List<List<Double>> scores) {}

    private record Generation(String text, String stopReason, String lookaheadText) {}

    private static final class Beam {
        private String currentText = "";
        private String previousText = "";
        private List<Generation> generations = List.of();
        private List<List<Double>> allScores = List.of();
        private boolean pruned;
        private boolean completed;
        private int copy;

        Beam copy(int number) {
            Beam beam = new Beam();
            beam.currentText = currentText;
            beam.copy = number;
            return beam;
        }
    }

    private final SearchConfig config;
    private final long seed;
    private final ToDoubleFunction<String> prm;

    /** @param prm scores a text whose last step is judged, without the delimiter behind it */
    SearchAndLearn(SearchConfig config, long seed, ToDoubleFunction<String> prm) {
        this.config = config;
        this.seed = seed;
        this.prm = prm;
    }

    Result bestOfN() {
        List<String> completions = IntStream.range(0, config.n())
                .mapToObj(i -> generate("", i, false, false))
                .map(Generation::text)
                .toList();
        return new Result(completions, completions.stream().map(this::score).toList());
    }

    Result beamSearch() {
        List<Beam> active = new ArrayList<>();
        for (int i = 0; i < config.n(); i++) {
            active.add(new Beam().copy(i));
        }
        List<Beam> completed = new ArrayList<>();
        for (int i = 0; i < config.maxIterations(); i++) {
            active.removeIf(beam -> beam.pruned);
            List<Beam> live = List.copyOf(active);
            if (live.size() != config.n()) {
                active.clear();
                for (int j = 0; j < config.n(); j++) {
                    active.add(live.get(j % live.size()).copy(j / live.size()));
                }
            }
            boolean last = i == config.maxIterations() - 1;
            for (Beam beam : active) {
                Generation generation = generate(beam.currentText, beam.copy, !last, false);
                beam.copy = 0;
                beam.currentText += generation.text;
                if (generation.stopReason.equals("EOS") || generation.text.isEmpty()) {
                    beam.completed = true;
                    completed.add(beam);
                }
                beam.allScores = List.of(score(beam.currentText));
            }
            active.removeIf(beam -> beam.completed);
            if (active.isEmpty()) {
                break;
            }
            if (config.filterDuplicates()) {
                Set<String> seen = new HashSet<>();
                active.removeIf(beam -> !seen.add(beam.currentText));
            }
            List<Beam> ascending = active.stream()
                    .sorted(Comparator.comparingDouble((Beam beam) -> aggregate(beam.allScores.get(0))))
                    .toList();
            int top = config.n() / config.beamWidth();
            ascending
                    .subList(0, top == 0 ? 0 : Math.max(0, ascending.size() - top))
                    .forEach(beam -> beam.pruned = true);
        }
        if (config.sortCompleted()) {
            completed.sort(Comparator.comparingDouble((Beam beam) -> aggregate(beam.allScores.get(0)))
                    .reversed());
        }
        List<Beam> first = IntStream.range(0, config.n())
                .mapToObj(i -> completed.get(i % completed.size()))
                .toList();
        return new Result(
                first.stream().map(beam -> beam.currentText).toList(),
                first.stream().map(beam -> beam.allScores.get(0)).toList());
    }

    Result dvts() {
        List<Beam> beams = new ArrayList<>();
        for (int i = 0; i < config.n() / config.beamWidth(); i++) {
            beams.add(new Beam());
        }
        for (int i = 0; i < config.maxIterations(); i++) {
            boolean last = i == config.maxIterations() - 1;
            for (int b = 0; b < beams.size(); b++) {
                Beam beam = beams.get(b);
                if (beam.pruned) {
                    continue;
                }
                int first = i == 0 ? b * config.beamWidth() : 0;
                String text = beam.currentText;
                beam.generations = IntStream.range(first, first + config.beamWidth())
                        .mapToObj(draw -> generate(text, draw, !last, !last))
                        .toList();
                beam.allScores = beam.generations.stream()
                        .map(generation -> score(text + generation.lookaheadText))
                        .toList();
                int best = argmax(beam.allScores);
                beam.previousText = text;
                beam.currentText += beam.generations.get(best).text;
                beam.pruned = beam.generations.get(best).text.isEmpty()
                        || beam.generations.get(best).stopReason.equals("EOS")
                        || beam.currentText.contains("boxed{");
            }
        }
        List<String> completions = new ArrayList<>();
        List<List<Double>> scores = new ArrayList<>();
        for (Beam beam : beams) {
            beam.generations.forEach(generation -> completions.add(beam.previousText + generation.text));
            scores.addAll(beam.allScores);
        }
        return new Result(completions, scores);
    }

    String pred(Result result) {
        return result.completions.get(argmax(result.scores));
    }

    /** The column {@code pred_…@k}; empty for no answer. */
    String predAt(Result result, int k, Selection selection) {
        Map<String, Double> sums = new LinkedHashMap<>();
        Map<String, String> originals = new HashMap<>();
        String naive = "";
        double top = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < k; i++) {
            Answer answer = new BoxedReader().read(result.completions.get(i)).orElse(new Answer("", "", false));
            double score = ScoreAggregation.LAST.of(result.scores.get(i));
            sums.merge(answer.key(), selection == Selection.MAJORITY ? 1 : score, Double::sum);
            originals.putIfAbsent(answer.key(), answer.text());
            if (score > top) {
                top = score;
                naive = answer.text();
            }
        }
        String best = sums.entrySet().stream()
                .reduce((a, b) -> b.getValue() > a.getValue() ? b : a)
                .orElseThrow()
                .getKey();
        return selection == Selection.NAIVE ? naive : Objects.requireNonNull(originals.get(best));
    }

    /** {@code generate_k_steps} for one text: a step up to the stop string or everything, then the lookahead. */
    private Generation generate(String text, int draw, boolean stop, boolean lookahead) {
        StringBuilder step = new StringBuilder();
        String reason = sample(text, draw, stop, false, step);
        StringBuilder ahead = new StringBuilder(step);
        String end = reason;
        for (int k = 0; lookahead && k < config.lookahead() && !end.equals("EOS"); k++) {
            end = sample(text + ahead, 0, true, true, ahead);
        }
        return new Generation(step.toString(), reason, ahead.toString());
    }

    private String sample(String text, int draw, boolean stop, boolean greedy, StringBuilder out) {
        int left = config.maxTokens();
        StringBuilder sampled = new StringBuilder();
        for (int i = draw; ; i = 0) {
            String step = HashedPolicy.step(seed, text + sampled, i, greedy);
            List<String> tokens = step.isEmpty() ? List.of("") : Arrays.asList(step.split("(?<=\\s)(?=\\S)"));
            sampled.append(String.join("", tokens.subList(0, Math.min(left, tokens.size()))));
            left -= tokens.size();
            boolean delimiter = left >= 0 && step.endsWith(STOP);
            if (!delimiter || stop || left == 0) {
                out.append(sampled);
                return delimiter && stop ? STOP : "EOS";
            }
        }
    }

    private List<Double> score(String text) {
        String[] steps = text.split(STOP, -1);
        List<Double> scores = new ArrayList<>();
        for (int i = 1; i <= steps.length; i++) {
            scores.add(prm.applyAsDouble(String.join(STOP, Arrays.copyOf(steps, i))));
        }
        return scores;
    }

    private double aggregate(List<Double> scores) {
        return Objects.requireNonNullElse(config.aggregation(), ScoreAggregation.LAST)
                .of(scores);
    }

    private int argmax(List<List<Double>> scores) {
        int best = 0;
        for (int i = 1; i < scores.size(); i++) {
            if (aggregate(scores.get(i)) > aggregate(scores.get(best))) {
                best = i;
            }
        }
        return best;
    }
}
