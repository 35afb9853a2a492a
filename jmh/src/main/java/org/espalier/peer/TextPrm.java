package org.espalier.peer;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;
import org.espalier.model.UsageException;
import org.espalier.prm.PrmFormat;
import org.espalier.prm.PrmProfile;
import org.espalier.prm.PrmProfile.Normalisation;
import org.espalier.prompt.Fragment;

/** A PRM that is sent the whole path with every step that it is to judge. */
public final class TextPrm implements ProcessRewardModel {
    private final TextJudge model;
    private final PrmFormat format;
    private final Executor thread;

    /** @param tokens of the text */
    private record TextJudgement(String text, int tokens, double score, Meter meter) implements Judgement {
        boolean beforeFirstStep() {
            return Double.isNaN(score);
        }

        @Override
        public void close() {}
    }

    /**
     * @param thread the search's
     * @throws UsageException if the profile does not set two tokens against each other
     */
    public TextPrm(TextJudge model, PrmFormat format, Executor thread) {
        PrmProfile profile = format.profile();
        if (profile.normalisation() != Normalisation.PAIR || profile.negative() == null) {
            throw new UsageException(
                    "the peers read verdicts of two tokens only, and profile " + profile.name() + " has none");
        }
        this.model = model;
        this.format = format;
        this.thread = thread;
    }

    @Override
    public Scope scope() {
        return format.profile().scope();
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        String text = textOf(format.opening(problem));
        int tokens = model.tokens(text);
        meter.add(Count.PRM_TOKENS_UNIQUE, tokens);
        return new TextJudgement(text, tokens, Double.NaN, meter);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        TextJudgement parent = (TextJudgement) before;
        Meter meter = parent.meter;
        if (meter.exceeded().isPresent()) {
            return CompletableFuture.failedFuture(new CancellationException());
        }
        PrmProfile profile = format.profile();
        String text = parent.text + textOf(format.step(step.text(), parent.beforeFirstStep()));
        return model.judge(text, profile.positive(), Objects.requireNonNull(profile.negative()))
                .thenApplyAsync(
                        verdict -> {
                            meter.add(Count.PRM_TOKENS_UNIQUE, verdict.promptTokens() - parent.tokens);
                            if (verdict.decoded() != TextModel.UNKNOWN) {
                                meter.add(Count.PRM_TOKENS, verdict.decoded());
                            }
                            return new TextJudgement(text, verdict.promptTokens(), verdict.positive(), meter);
                        },
                        thread);
    }

    private static String textOf(List<Fragment> fragments) {
        return fragments.stream().map(Fragment::text).collect(Collectors.joining());
    }
}
