package org.espalier.search;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.espalier.model.Answer;
import org.espalier.model.AnswerReader;
import org.espalier.model.Completion;
import org.espalier.model.Problem;
import org.espalier.model.ReplyForm;
import org.espalier.model.StopReason;
import org.espalier.model.StopTexts;
import org.espalier.search.SearchAlgorithm.Ending;
import org.espalier.search.SearchNode.Fate;
import org.espalier.search.Semantics.Quirk;
import org.jspecify.annotations.Nullable;

/** When the paths of a search end, and what they are worth as completions. */
final class PathTermination {
    /** A step that is written so often in a row is a loop. */
    private static final int LOOP_STEPS = 4;

    private final SearchConfig config;
    private final AnswerReader reader;
    private @Nullable ReplyForm form;
    private List<String> stops = List.of();
    private final Map<SearchNode, Completion> completions = new HashMap<>();

    /** @param config with the aggregation that it has in the end */
    PathTermination(SearchConfig config, AnswerReader reader) {
        this.config = config;
        this.reader = reader;
    }

    /** Takes over what the problem says of its replies. */
    void under(Problem problem) {
        form = problem.form();
        stops = problem.stops();
    }

    /** The texts that end a path in the step after this one; null if there are none. */
    @Nullable
    StopTexts stopsAfter(SearchNode node) {
        return stops.isEmpty() ? null : new StopTexts(stops, node.pathText());
    }

    /** Whether the path can be extended from here. */
    boolean goesOn(SearchNode node) {
        if (node.isRefuted()) {
            return false;
        }
        return switch (Objects.requireNonNull(node.stopReason())) {
            case DELIMITER -> node.room() > 0 && !node.isSettled() && !isLoop(node);
            case LENGTH ->
                node.room() > 0
                        && !config.semantics().has(Quirk.LIMIT_IS_FINISHED)
                        && !node.text().isBlank();
            case EOS, REPETITION, UNSURE, CONTEXT, CANCELLED -> false;
        };
    }

    /** Whether the path says the same step again and again. */
    private boolean isLoop(SearchNode node) {
        if (!config.params().cutLoops()) {
            return false;
        }
        List<SearchNode> path = node.attempt();
        int first = path.size() - LOOP_STEPS;
        return first >= 0
                && path.subList(first, path.size()).stream()
                                .map(DuplicateSiblings::normalised)
                                .distinct()
                                .count()
                        == 1;
    }

    /** Whether the policy, or what the semantics take for it, ended the path. */
    boolean isFinished(SearchNode node) {
        if (node.isRefuted()) {
            return false;
        }
        return switch (Objects.requireNonNull(node.stopReason())) {
            case EOS -> true;
            case DELIMITER, LENGTH, CONTEXT ->
                node.isSettled()
                        || (!goesOn(node)
                                && (config.semantics().has(Quirk.LIMIT_IS_FINISHED)
                                        || (form != null && form.standsCut(node.pathText()))));
            case REPETITION, UNSURE, CANCELLED -> false;
        };
    }

    /** Whether the path says what its answer is. */
    boolean statesAnswer(SearchNode node) {
        return reader.read(node.pathText()).filter(Answer::stated).isPresent();
    }

    /** Whether the path has its answer, so that the PRM can say that it need not go on. */
    boolean mayBeSettled(SearchNode node) {
        return config.params().stopAtScore() != null && node.stopReason() == StopReason.DELIMITER && statesAnswer(node);
    }

    /**
     * How paths that came to their end vote; those that are refuted are no completions. However often a node is there or asked
     * for, its text is read once.
     */
    List<Ballot> ballots(List<Ending> endings) {
        List<Ballot> ballots = new ArrayList<>();
        for (Ending ending : endings) {
            SearchNode node = ending.node();
            if (node.isRefuted()) {
                continue;
            }
            Completion completion = completions.computeIfAbsent(node, this::completion);
            ballots.add(new Ballot(completion, node.id(), ending.index(), node.fate() == Fate.COMPLETED));
        }
        return List.copyOf(ballots);
    }

    private Completion completion(SearchNode end) {
        String text = end.pathText();
        Answer answer = reader.read(text).orElse(null);
        List<Double> scores = List.copyOf(
                config.semantics().has(Quirk.REPORT_LOOKAHEAD_SCORES) ? end.decidingScores() : end.pathScores());
        return new Completion(
                text,
                answer,
                scores,
                aggregated(scores),
                isFinished(end),
                end.pathTokens(),
                end.attempt().stream().mapToDouble(SearchNode::logProb).sum());
    }

    double aggregated(List<Double> stepScores) {
        return Objects.requireNonNull(config.aggregation()).of(stepScores);
    }
}
