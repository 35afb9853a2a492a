package org.espalier.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.espalier.bench.SearchResult.Counts;
import org.espalier.gguf.GgufHeader;
import org.espalier.eval.DatasetItem;
import org.espalier.eval.ProblemStream;
import org.espalier.grade.AnswerExtractor;
import org.espalier.model.Answer;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.peer.TextPolicy;
import org.espalier.peer.TextPrm;
import org.espalier.prm.PrmFormat;
import org.espalier.prm.PrmProfiles;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.SolvePrompt;
import org.espalier.search.SearchConfig;
import org.espalier.search.Solution;
import org.espalier.search.Solver;
import org.espalier.search.Usage;
import org.jspecify.annotations.Nullable;

/** The engine's search over a peer's models, with as many problems at a time as the engine has. */
final class PeerSearch {
    private final PeerModels models;
    private final SearchSetting search;
    private final SolvePrompt prompt;
    private final PrmFormat format;

    private double processorBefore;
    private long began;

    private int problems;
    private int right;
    private long policyTokens;
    private long policyTokensDecoded;
    private long prmTokens;
    private long prmTokensUnique;

    PeerSearch(PeerModels models, SearchSetting search, Path policyFile, Path prmFile) {
        this.models = models;
        this.search = search;
        prompt = prompt(policyFile);
        format = format(prmFile);
    }

    /**
     * Solves all problems.
     *
     * @param giveUp is given, after so much time, the result of the problems that are solved by then; the search goes on
     */
    SearchResult run(Duration timeOut, Consumer<SearchResult> giveUp) {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Timer timer = new Timer("time-out", true);
        try {
            TextPolicy policy = new TextPolicy(models.policy(), prompt, models.together(), thread);
            TextPrm prm = new TextPrm(models.prm(), format, thread);
            Solver solver = new Solver(policy, prm, PeerSearch::read);
            SearchConfig config = search.config();
            ProblemStream<DatasetItem, Solution> stream = new ProblemStream<>(
                    search.items(),
                    search.inFlight(),
                    thread,
                    () -> new Meter(Budget.UNLIMITED),
                    (item, meter) -> solver.start(item.toProblem(), search.method(), config, meter));
            processorBefore = Processes.processorSeconds();
            began = System.nanoTime();
            timer.schedule(
                    new TimerTask() {
                        @Override
                        public void run() {
                            giveUp.accept(result(true));
                        }
                    },
                    timeOut.toMillis());
            stream.forEach((item, solution) -> count(solution.usage(), item.isCorrect(solution.answer())));
            return result(false);
        } finally {
            timer.cancel();
            thread.shutdownNow();
        }
    }

    private synchronized void count(Usage usage, boolean isRight) {
        problems++;
        right += isRight ? 1 : 0;
        policyTokens += usage.policyTokens();
        policyTokensDecoded += usage.policyTokensDecoded();
        prmTokens += usage.prmTokens();
        prmTokensUnique += usage.prmTokensUnique();
    }

    private synchronized SearchResult result(boolean timedOut) {
        return SearchResult.of(
                models.peer().cliName(),
                models.settings(),
                search,
                new Counts(
                        problems,
                        right,
                        (System.nanoTime() - began) / 1e9,
                        Processes.processorSeconds() - processorBefore,
                        policyTokens,
                        known(policyTokensDecoded),
                        known(prmTokens),
                        prmTokensUnique,
                        null,
                        null,
                        models.cells(),
                        Processes.peakResidentBytes(),
                        timedOut));
    }

    private @Nullable Long known(long value) {
        return models.saysDecoded() ? value : null;
    }

    /** As the engine renders it: what llama.cpp makes of the bundled models' and SmolLM2's templates is ChatML. */
    private static SolvePrompt prompt(Path policy) {
        Map<String, Object> metadata = GgufHeader.read(policy).metadata();
        Object own = metadata.get("espalier.system_prompt");
        return new SolvePrompt(ChatTemplate.CHATML, own == null ? SolvePrompt.STEP_BY_STEP : own.toString());
    }

    private static PrmFormat format(Path prm) {
        String profile = GgufHeader.read(prm).prmProfile().orElseThrow();
        return new PrmFormat(PrmProfiles.named(profile), ChatTemplate.CHATML);
    }

    private static Optional<Answer> read(String completion) {
        Optional<String> stated = AnswerExtractor.extractStated(completion);
        return stated.or(() -> AnswerExtractor.extract(completion))
                .map(text ->
                        new Answer(text, org.espalier.grade.Answer.parse(text).canonicalKey(), stated.isPresent()));
    }
}
