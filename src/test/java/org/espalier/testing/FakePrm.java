package org.espalier.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;

/**
 * A PRM without a model, which scores a path by its text. It insists that the judgement before and the step's prefix are
 * open from the question to the answer, and answers with a cancellation when the meter is exceeded.
 */
public final class FakePrm implements ProcessRewardModel {
    /** Ends a path whose last step is empty. */
    public static final String EMPTY = "∅";

    /** A judged path, and whether it is still open. */
    private final class Verdict implements Judgement {
        private final String path;
        private final double score;
        private final Meter meter;

        Verdict(String path, double score, Meter meter) {
            this.path = path;
            this.score = score;
            this.meter = meter;
            open.add(this);
            opened++;
        }

        @Override
        public double score() {
            return score;
        }

        @Override
        public boolean isRefuted() {
            return refutes && score == 0;
        }

        @Override
        public void close() {
            open.remove(this);
        }
    }

    private final Executor thread;
    private final ToDoubleFunction<String> scores;
    private final List<String> calls = new ArrayList<>();
    private final Set<Verdict> open = new HashSet<>();
    private int opened;
    private Scope scope = Scope.PATH;
    private boolean emptyEnds = true;
    private boolean refutes;
    private boolean proves;
    private ProcessRewardModel searchAndLearn = this;

    /** @param scores of paths; an empty last step reads {@value #EMPTY} */
    public FakePrm(Executor thread, ToDoubleFunction<String> scores) {
        this.thread = thread;
        this.scores = scores;
    }

    /** Scores these paths, and no other one; alternately a {@link ScriptedPolicy}'s path and a score. */
    public static FakePrm scripted(Executor thread, Object... pathsAndScores) {
        Map<String, Double> scores = new HashMap<>();
        for (int i = 0; i < pathsAndScores.length; i += 2) {
            scores.put(ScriptedPolicy.unfold((String) pathsAndScores[i]), (Double) pathsAndScores[i + 1]);
        }
        return new FakePrm(thread, path -> {
            Double score = scores.get(path);
            if (score == null) {
                throw new IllegalStateException("no score is scripted for '" + path + "'");
            }
            return score;
        });
    }

    /** The same that judges no empty step behind a delimiter. */
    public FakePrm withoutEmptyEnds() {
        emptyEnds = false;
        return this;
    }

    /** The same that refutes what it scores 0. */
    public FakePrm refuting() {
        refutes = true;
        return this;
    }

    /** The same that knows what it has not refuted to be right at its end. */
    public FakePrm proving() {
        proves = true;
        return refuting();
    }

    @Override
    public boolean provesAnswers() {
        return proves;
    }

    @Override
    public boolean refutes() {
        return refutes;
    }

    /** The same that is another one as search-and-learn feeds it. */
    public FakePrm fedBySearchAndLearnAs(FakePrm other) {
        searchAndLearn = other;
        return this;
    }

    @Override
    public boolean readsEmptyEnds() {
        return emptyEnds;
    }

    @Override
    public ProcessRewardModel searchAndLearn() {
        return searchAndLearn;
    }

    /** Scores in 0..1 that depend on the text alone. */
    public static FakePrm seeded(Executor thread) {
        return new FakePrm(thread, path -> Math.floorMod(SeededPolicy.hash(path.hashCode(), 1), 1000) / 1000.0);
    }

    /** Says of its scores what they are said to be of. */
    public FakePrm of(Scope scope) {
        this.scope = scope;
        return this;
    }

    @Override
    public Scope scope() {
        return scope;
    }

    /** Judged paths, in the order in which they were asked about. */
    public List<String> calls() {
        return calls;
    }

    /** Judgements handed out so far. */
    public int opened() {
        return opened;
    }

    /** Texts of the judgements that are open. */
    public Set<String> open() {
        return open.stream().map(verdict -> verdict.path).collect(Collectors.toSet());
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        return new Verdict("", Double.NaN, meter);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        Verdict verdict = (Verdict) before;
        String path = verdict.path + (step.text().isEmpty() ? EMPTY : step.text());
        requireOpen(verdict, step);
        calls.add(path);
        CompletableFuture<Judgement> judgement = new CompletableFuture<>();
        thread.execute(new EventLoop.Answer(path, () -> {
            try {
                requireOpen(verdict, step);
                if (verdict.meter.exceeded().isPresent()) {
                    throw new CancellationException();
                }
                verdict.meter.add(Meter.Count.PRM_TOKENS, step.tokens());
                verdict.meter.add(Meter.Count.PRM_TOKENS_UNIQUE, step.tokens());
                judgement.complete(new Verdict(path, scores.applyAsDouble(path), verdict.meter));
            } catch (RuntimeException thrown) {
                judgement.completeExceptionally(thrown);
            }
        }));
        return judgement;
    }

    private void requireOpen(Verdict before, Step step) {
        if (!open.contains(before)) {
            throw new IllegalStateException("the judgement of '" + before.path + "' is used after it was closed");
        }
        if (step.prefix() instanceof FakePolicy.Place place && !place.isOpen()) {
            throw new IllegalStateException("'" + place.path() + "' is judged after it was closed");
        }
    }
}
