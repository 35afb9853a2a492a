package org.espalier.reward;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.espalier.engine.Engine;
import org.espalier.engine.Lane;
import org.espalier.engine.Sequence;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Parameter;
import org.espalier.model.Policy;
import org.espalier.model.Prefix;
import org.espalier.model.Problem;
import org.espalier.model.ReplyForm;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;
import org.espalier.model.Wording;
import org.espalier.prompt.Fragment;
import org.espalier.prompt.SolvePrompt;
import org.jspecify.annotations.Nullable;

/** A policy whose prefixes are sequences of a lane. */
public final class EnginePolicy implements Policy {
    private final Engine engine;
    private final Lane lane;
    private final SolvePrompt prompt;
    /** Tokens of the questions that have been asked. */
    private final Map<String, int[]> questions = new HashMap<>();

    private final @Nullable KeptPrompts kept;

    public EnginePolicy(Engine engine, Lane lane, SolvePrompt prompt) {
        this(engine, lane, prompt, null);
    }

    /**
     * @param kept what is kept of conversations of the lane, which those that go on from them share; null for nothing. A problem
     *     without a history is computed as if it were the only one, so that its samples are always the same
     */
    public EnginePolicy(Engine engine, Lane lane, SolvePrompt prompt, @Nullable KeptPrompts kept) {
        this.engine = engine;
        this.lane = lane;
        this.prompt = prompt;
        this.kept = kept;
    }

    /** @throws EspalierException if the prompt has no tokens, or more than fit into the context */
    @Override
    public Prefix open(Problem problem, Meter meter) {
        int[] tokens = Tokens.fromBeginning(prompt.render(problem), lane.tokenizer(), lane.maxLength());
        if (tokens.length == 0) {
            throw new EspalierException(Wording.of(
                    "the prompt has no tokens: the policy's vocabulary has none for any part of its text,"
                            + " not even for single bytes; take another policy, or a template with %s",
                    Parameter.of("template")));
        }
        ReplyForm form = problem.form();
        String grammar = form == null ? null : form.grammar();
        Sequence root = kept == null || problem.history().isEmpty()
                ? lane.open(tokens, meter, Role.POLICY, grammar)
                : kept.open(tokens, meter, grammar);
        meter.add(Count.PROMPT_TOKENS, tokens.length);
        return root;
    }

    @Override
    public CompletableFuture<Step> extend(Prefix prefix, StepRequest request) {
        return lane.generate((Sequence) prefix, request);
    }

    @Override
    public Optional<Prefix> ask(Prefix prefix, String question) {
        int[] tokens = questions.computeIfAbsent(question, this::tokens);
        Sequence asked = (Sequence) prefix;
        if (!lane.fits(asked, tokens.length + 1)) {
            return Optional.empty();
        }
        asked.meter().add(Count.PROMPT_TOKENS, tokens.length);
        return Optional.of(lane.append(asked, tokens));
    }

    private int[] tokens(String question) {
        try {
            return Fragment.encode(prompt.followUp(question), lane.tokenizer());
        } catch (IllegalArgumentException e) {
            throw new UsageException(List.of(Violation.of(
                    "method",
                    "%s must be other than refine, revise and ab-mcts: this policy cannot be asked about its solution, because %s",
                    e.getMessage())));
        }
    }

    @Override
    public void requireDrawable(SamplingParams sampling) {
        lane.requireDrawable(sampling.logits());
    }

    @Override
    public Executor executor() {
        return engine;
    }
}
