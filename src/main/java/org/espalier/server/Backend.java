package org.espalier.server;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.TokenScore;
import org.espalier.model.Tokenizer;
import org.espalier.prompt.PromptOptions;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solver;
import org.espalier.wire.SearchOutcome.Model;
import org.jspecify.annotations.Nullable;

/** What a server solves with. May be called from any thread. */
public interface Backend {
    /** The policy first; a policy that judges itself is there once. Returns at once. */
    List<Model> models();

    /** Bytes of their files, each counted once. */
    long bytes();

    /** @param prompt what the policy is told beside the conversation */
    Solver solver(PromptOptions prompt);

    /**
     * Looks for what speaks against a search before its first token. Computes nothing.
     *
     * @return fails with a {@link org.espalier.model.UsageException} if the models cannot search so, and with an {@link
     *     org.espalier.model.EspalierException} if the problem does not fit into a model's context
     * @throws org.espalier.model.UsageException if that is seen at once
     */
    CompletableFuture<Void> rehearse(Problem problem, PromptOptions prompt, SearchMethod method, SearchConfig config);

    /** What judges steps that are there already, on the thread of the searches; empty if nothing but the policy judges. */
    Optional<Judge> judge();

    /**
     * A PRM and its thread.
     *
     * @param prm to be called on that thread alone
     */
    record Judge(ProcessRewardModel prm, Executor thread) {}

    /**
     * What the policy expects of a text as it is, token by token, and behind its end.
     *
     * @param text null for ids
     * @param ids in the place of a text
     * @throws org.espalier.model.UsageException if it cannot be scored
     */
    List<TokenScore> tokenScores(@Nullable String text, List<Integer> ids, Meter meter);

    /** The policy's vocabulary. */
    Vocabulary vocabulary();

    /**
     * How a policy reads and writes texts.
     *
     * @param chatTemplate the file's own (Jinja); null if it has none
     */
    record Vocabulary(Tokenizer tokenizer, @Nullable String chatTemplate) {}

    /** Tokens of the policy's prompt for a problem. */
    int promptTokens(Problem problem, PromptOptions prompt);

    /** Tokens that a prompt and a completion can have together. */
    int contextTokens();

    /**
     * Keeps what is computed of a conversation, where there is room, so that its next turn costs what is new. Returns at once.
     *
     * @param reply to the problem
     */
    void keep(Problem problem, PromptOptions prompt, String reply);

    /** A search begins: what is being computed to be kept can wait. */
    void makeWay();

    /** What the machine is doing, by the name of a Prometheus gauge. */
    Map<String, Long> gauges();

    /** Why searches fail for good; empty if all is well. */
    Optional<String> failure();

    /**
     * Abandons the decodes in progress in which only cancelled searches take part, so that these end now. What others take
     * part in goes on; a cancelled search is then noticed before the next decode.
     */
    void interrupt();
}
