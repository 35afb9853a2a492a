package org.espalier.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.espalier.model.AnswerReader;
import org.espalier.model.Meter;
import org.espalier.model.Policy;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;
import org.espalier.search.SearchConfig;

/**
 * Labels for problems without reference steps, as Math-Shepherd makes them (Wang et al. 2023, arXiv 2312.08935, §3.2): a
 * step is as good as the share of completions from there that reach the right answer (soft estimation). It has the shape
 * of a PRM so that a search has its steps labelled as it would have them scored; what it costs is paid in policy tokens.
 */
public final class MonteCarloPrm implements ProcessRewardModel {
    private final Policy policy;
    private final AnswerReader reader;
    private final Map<String, DatasetItem> items;
    private final SearchConfig config;
    private final int completions;

    /**
     * @param config whose sampling, seed and limit of tokens the completions have
     * @param completions from after every step: 1 or more
     * @throws UsageException if that is out of its range
     */
    public MonteCarloPrm(
            Policy policy, AnswerReader reader, List<DatasetItem> items, SearchConfig config, int completions) {
        if (completions < 1) {
            throw new UsageException(List.of(Violation.of("monteCarlo", "%s must be 1 or more, not %d", completions)));
        }
        this.policy = policy;
        this.reader = reader;
        this.items = items.stream().collect(Collectors.toMap(DatasetItem::id, item -> item));
        this.config = config;
        this.completions = completions;
    }

    /** A labelled path. The search's own prefix is what is completed, so there is nothing to close. */
    private record Labelled(DatasetItem item, String text, int tokens, double score) implements Judgement {
        Labelled with(Step step, double label) {
            return new Labelled(item, text + step.text(), tokens + step.tokens(), label);
        }

        @Override
        public void close() {}
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        DatasetItem item = items.get(problem.id());
        if (item == null) {
            throw new IllegalArgumentException("the answer of problem " + problem.id() + " is not known");
        }
        return new Labelled(item, "", 0, Double.NaN);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        Labelled path = ((Labelled) before).with(step, Double.NaN);
        int room = config.maxTokens() - path.tokens();
        if (step.stopReason() == StopReason.EOS || room < 1) {
            boolean correct = step.stopReason() == StopReason.EOS && isCorrect(path.item(), path.text());
            return CompletableFuture.completedFuture(
                    new Labelled(path.item(), path.text(), path.tokens(), correct ? 1 : 0));
        }
        SplittableRandom seeds =
                new SplittableRandom(config.seed() ^ (path.item().id() + path.text()).hashCode());
        List<CompletableFuture<Boolean>> ends = new ArrayList<>();
        for (int i = 0; i < completions; i++) {
            StepRequest request = StepRequest.toEnd(config.sampling(), seeds.nextLong(), room);
            ends.add(policy.extend(step.prefix(), request).thenApply(end -> reachesAnswer(path, end)));
        }
        return CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    long correct = ends.stream().filter(CompletableFuture::join).count();
                    return new Labelled(path.item(), path.text(), path.tokens(), (double) correct / completions);
                });
    }

    private boolean reachesAnswer(Labelled path, Step end) {
        end.prefix().close();
        if (end.stopReason() == StopReason.CANCELLED) {
            throw new CompletionException(new CancellationException("the run was stopped"));
        }
        return end.stopReason() == StopReason.EOS && isCorrect(path.item(), path.text() + end.text());
    }

    private boolean isCorrect(DatasetItem item, String text) {
        return reader.read(text).filter(item::isCorrect).isPresent();
    }
}
