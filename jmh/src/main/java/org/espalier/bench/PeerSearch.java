package org.espalier.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.espalier.bench.SearchResult.Counts;
import org.espalier.catalog.GgufHeader;
import org.espalier.eval.DatasetItem;
import org.espalier.eval.ProblemStream;
import org.espalier.grade.AnswerExtractor;
import org.espalier.model.Answer;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.peer.TextJudge;
import org.espalier.peer.TextPolicy;
import org.espalier.peer.TextPrm;
import org.espalier.peer.TextWriter;
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
    private PeerSearch() {}

    /**
     * @param together siblings in one request
     * @param saysDecoded whether the peer says what it computed
     */
    static SearchResult run(
            String peer,
            String settings,
            SearchSetting search,
            Path policyFile,
            TextWriter policyModel,
            Path prmFile,
            TextJudge prmModel,
            int together,
            boolean saysDecoded) {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            TextPolicy policy = new TextPolicy(policyModel, prompt(policyFile), together, thread);
            TextPrm prm = new TextPrm(prmModel, format(prmFile), thread);
            Solver solver = new Solver(policy, prm, PeerSearch::read);
            SearchConfig config = search.config();
            List<Usage> usages = new ArrayList<>();
            int[] right = new int[1];
            ProblemStream<DatasetItem, Solution> stream = new ProblemStream<>(
                    search.items(),
                    search.inFlight(),
                    thread,
                    () -> new Meter(Budget.UNLIMITED),
                    (item, meter) -> solver.start(item.toProblem(), search.method(), config, meter));
            double processorBefore = processorSeconds();
            long began = System.nanoTime();
            stream.forEach((item, solution) -> {
                usages.add(solution.usage());
                right[0] += item.isRight(solution.answer()) ? 1 : 0;
            });
            double seconds = (System.nanoTime() - began) / 1e9;
            Counts counts = new Counts(
                    usages.size(),
                    right[0],
                    seconds,
                    processorSeconds() - processorBefore,
                    usages.stream().mapToLong(Usage::policyTokens).sum(),
                    known(
                            saysDecoded,
                            usages.stream()
                                    .mapToLong(Usage::policyTokensDecoded)
                                    .sum()),
                    known(
                            saysDecoded,
                            usages.stream().mapToLong(Usage::prmTokens).sum()),
                    usages.stream().mapToLong(Usage::prmTokensUnique).sum(),
                    null,
                    null);
            return SearchResult.of(peer, settings, search, counts);
        } finally {
            thread.shutdownNow();
        }
    }

    /** Of this process and of those that it started. */
    private static double processorSeconds() {
        ProcessHandle own = ProcessHandle.current();
        return Stream.concat(Stream.of(own), own.descendants())
                        .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                        .mapToLong(Duration::toMillis)
                        .sum()
                / 1e3;
    }

    private static @Nullable Long known(boolean known, long value) {
        return known ? value : null;
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
