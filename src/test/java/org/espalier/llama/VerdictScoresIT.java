package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.espalier.llama.ReferenceModels.HOSTILE;
import static org.espalier.llama.ReferenceModels.PROBLEM;
import static org.espalier.llama.ReferenceModels.TOLERANCE;
import static org.espalier.llama.ReferenceModels.last;
import static org.espalier.llama.ReferenceModels.near;
import static org.espalier.llama.ReferenceModels.on;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.espalier.engine.Engine;
import org.espalier.engine.Lane;
import org.espalier.model.Budget;
import org.espalier.model.ChatMessage;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.espalier.prm.InputRules;
import org.espalier.prm.InputRules.Beginning;
import org.espalier.prm.InputRules.Edges;
import org.espalier.prm.InputRules.Joining;
import org.espalier.prm.PrmFormat;
import org.espalier.prm.PrmProfile;
import org.espalier.prm.PrmProfile.Layout;
import org.espalier.prm.PrmProfile.Normalisation;
import org.espalier.reward.EnginePrm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Scores of verdict tokens over a tree, against what {@link ReferenceLlama} makes of each whole text. */
class VerdictScoresIT {
    private static final int DEPTH = 4;
    private static final int CHILDREN = 2;

    /** By depth and sibling. The last one is a step without text, which a search may ask about. */
    private static final List<String> STEPS = List.of(
            "First, 2 + 3 = 5.\n\n",
            "  No idea. ",
            "Yes: 3 · x\n\n",
            HOSTILE,
            "x",
            "So {step} it is 5 - x + {problem}.\n",
            "🌳 Therefore 5.",
            "");

    @RegisterExtension
    static final ReferenceModels models = new ReferenceModels();

    /**
     * A way to lay out steps, and the text that it must come to.
     *
     * @param rendering of all steps of a path, in one piece and without {@link PrmFormat}
     */
    private record Judge(PrmProfile profile, Function<List<String>, String> rendering) {
        @Override
        public String toString() {
            return profile.name();
        }
    }

    private static final InputRules TRIMMED =
            new InputRules(Joining.WHOLE, Beginning.USUAL, Edges.TRIMMED, false, List.of());

    /** All steps here end as if a search's delimiter ended them. */
    private static String withoutDelimiter(String step) {
        return step.replaceFirst("\n\n?$", "");
    }

    private static final Judge TEXT = new Judge(
            new PrmProfile(
                    "text",
                    "",
                    Layout.TEXT,
                    "Judge.\n",
                    "Q: {problem}\n",
                    "{step} #",
                    "\n{step} #",
                    null,
                    "+",
                    "-",
                    Normalisation.PAIR,
                    Scope.PATH,
                    null,
                    TRIMMED,
                    null,
                    null),
            steps -> "Judge.\nQ: " + PROBLEM.text() + "\n"
                    + String.join(
                            "\n", steps.stream().map(s -> s.strip() + " #").toList()));

    private static final Judge CHAT = new Judge(
            new PrmProfile(
                    "chat",
                    "",
                    Layout.CHAT,
                    "Be strict.",
                    "{problem}",
                    " {step}",
                    "{step}",
                    "+",
                    "+",
                    "-",
                    Normalisation.PAIR,
                    Scope.PATH,
                    null,
                    TRIMMED,
                    null,
                    null),
            steps -> turns("Be strict.", "+", steps.stream().map(String::strip).toList()));

    private static final Judge QUESTION = new Judge(
            new PrmProfile(
                    "question",
                    "",
                    Layout.CHAT,
                    null,
                    "{problem}",
                    " {step} Right?",
                    "{step} Right?",
                    "Yes",
                    "Yes",
                    null,
                    Normalisation.VOCABULARY,
                    Scope.PATH),
            steps -> turns(
                    null,
                    "Yes",
                    steps.stream().map(s -> withoutDelimiter(s) + " Right?").toList()));

    private static String turns(String system, String reply, List<String> contents) {
        if (contents.isEmpty()) {
            String first = turns(system, reply, List.of(""));
            return first.substring(
                    0, first.indexOf(PROBLEM.text()) + PROBLEM.text().length());
        }
        List<ChatMessage> messages = new ArrayList<>();
        if (system != null) {
            messages.add(ChatMessage.system(system));
        }
        for (int i = 0; i < contents.size(); i++) {
            String first = i == 0 ? PROBLEM.text() + " " : "";
            messages.add(ChatMessage.user(first + contents.get(i)));
            if (i < contents.size() - 1) {
                messages.add(ChatMessage.assistant(reply));
            }
        }
        return models.template().render(messages, true);
    }

    /**
     * How the PRM's cache is made.
     *
     * @param closes whether judgements are closed as soon as they have been continued, so that children take over their ids
     * @param holdsAll whether it holds the whole tree
     */
    private record Cache(String name, ContextOptions options, boolean closes, boolean holdsAll) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Arguments> judgesAndCaches() {
        ContextOptions unified = ContextOptions.of(8192, 32).withBatch(64, 16).withThreads(1);
        List<Cache> caches = List.of(
                new Cache("unified", unified, false, true),
                new Cache("unified, closing", unified, true, true),
                new Cache(
                        "streams",
                        ContextOptions.of(32 * 512, 32)
                                .withBatch(64, 16)
                                .withThreads(1)
                                .withUnified(false),
                        false,
                        true),
                new Cache("tight", ContextOptions.of(768, 3).withBatch(64, 16).withThreads(1), false, false));
        return Stream.of(TEXT, CHAT, QUESTION).flatMap(j -> caches.stream().map(c -> Arguments.of(j, c)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("judgesAndCaches")
    void aPrmsScoresAreTheReferencesOnTheWholeText(Judge judge, Cache cache) throws Exception {
        Meter meter = new Meter(Budget.UNLIMITED);
        Map<List<String>, Double> scores = new LinkedHashMap<>();
        LlamaModelRunner runner = LlamaModelRunner.open(models.model("llama"), cache.options);
        Lane lane = new Lane("PRM", models.tokenizer(), runner);
        EnginePrm prm = new EnginePrm(lane, runner, new PrmFormat(judge.profile, models.template()));
        try (Engine engine = new Engine(List.of(lane))) {
            on(engine, () -> grow(prm, prm.open(PROBLEM, meter), List.of(), cache.closes, scores));
        }
        assertThat(scores).hasSize(2 + 4 + 8 + 16);
        scores.forEach((steps, score) -> near(
                steps.toString(),
                Math.log(score),
                Math.log(expected(judge.profile, models.tokens(judge.rendering.apply(steps))))));
        assertThat(Math.log(Collections.max(scores.values()) / Collections.min(scores.values())))
                .as("paths are told apart")
                .isGreaterThan(20 * TOLERANCE);

        // The opening is in the cache once, and so is what each step adds to the path before it.
        long unique = models.tokens(judge.rendering.apply(List.of())).length;
        for (List<String> steps : scores.keySet()) {
            int[] before = models.tokens(judge.rendering.apply(steps.subList(0, steps.size() - 1)));
            int[] path = models.tokens(judge.rendering.apply(steps));
            assertThat(path).startsWith(before);
            unique += path.length - before.length;
        }
        assertThat(meter.get(Count.PRM_TOKENS_UNIQUE)).isEqualTo(unique);
        assertThat(lane.stats().tokens()).isEqualTo(meter.get(Count.PRM_TOKENS));
        if (cache.holdsAll) {
            assertThat(meter.get(Count.PRM_TOKENS)).isEqualTo(unique);
        } else {
            assertThat(meter.get(Count.PRM_TOKENS)).isGreaterThan(unique);
        }
    }

    private static CompletableFuture<Void> grow(
            EnginePrm prm, Judgement before, List<String> path, boolean closes, Map<List<String>, Double> scores) {
        List<CompletableFuture<Void>> children = new ArrayList<>();
        for (int i = 0; i < CHILDREN && path.size() < DEPTH; i++) {
            String text = STEPS.get(path.size() * CHILDREN + i);
            List<String> longer = Stream.concat(path.stream(), Stream.of(text)).toList();
            children.add(prm.score(before, new Step(() -> {}, text, 1, StopReason.DELIMITER, 0, 0))
                    .thenCompose(judgement -> {
                        scores.put(longer, judgement.score());
                        return grow(prm, judgement, longer, closes, scores);
                    }));
        }
        if (closes) {
            before.close();
        }
        return CompletableFuture.allOf(children.toArray(CompletableFuture[]::new));
    }

    private static double expected(PrmProfile profile, int[] path) {
        double[] after = last(models.reference("llama"), path);
        double positive = Math.exp(after[models.single(profile.positive())]);
        return profile.normalisation() == Normalisation.VOCABULARY
                ? positive
                : positive / (positive + Math.exp(after[models.single(profile.negative())]));
    }

    @Test
    void aPrmWithoutItsVerdictTokensIsRefused() {
        try (LlamaModelRunner runner = LlamaModelRunner.open(models.model("llama"), ContextOptions.of(256, 2))) {
            Lane lane = new Lane("PRM", models.tokenizer(), runner);
            assertThatThrownBy(() -> new EnginePrm(lane, runner, verdicts("good", "-")))
                    .isInstanceOf(EspalierException.class)
                    .hasMessage(
                            "PRM profile words reads the token \"good\", but this model's vocabulary writes it in 4 "
                                    + "tokens: give the profile's own model with prm, or another prmProfile");
            assertThatThrownBy(() -> new EnginePrm(lane, runner, verdicts("+", "ки")))
                    .isInstanceOf(EspalierException.class)
                    .hasMessageContaining("\"ки\"");
        }
    }

    private static PrmFormat verdicts(String positive, String negative) {
        PrmProfile profile = new PrmProfile(
                "words",
                "",
                Layout.TEXT,
                null,
                "{problem}",
                " {step}",
                " {step}",
                null,
                positive,
                negative,
                Normalisation.PAIR,
                Scope.PATH);
        return new PrmFormat(profile, models.template());
    }
}
