package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.choice.ChoiceMethod;
import org.espalier.choice.ChoiceSolver;
import org.espalier.choice.ChoiceTask;
import org.espalier.eval.ChoiceDataset;
import org.espalier.eval.ChoiceItem;
import org.espalier.eval.ChoiceResults;
import org.espalier.eval.ChoiceRun;
import org.espalier.eval.ProblemStream;
import org.espalier.model.Budget;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.Workload;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;

/** Measures how often each way chooses the right option, and what the places of the options have to do with it. */
final class ChoiceEval {
    private final ChoiceDataset dataset;
    private final List<ChoiceMethod> ways;
    private final List<Integer> sizes;
    private final SearchConfig config;
    private final RuntimeOptions models;
    private final Budget budget;

    /** @param sizes of votes; as many replies are drawn as the largest says */
    ChoiceEval(
            ChoiceDataset dataset,
            List<ChoiceMethod> ways,
            List<Integer> sizes,
            SearchConfig config,
            RuntimeOptions models,
            Budget budget) {
        this.dataset = dataset;
        this.ways = ways;
        this.sizes = sizes.stream().distinct().sorted().toList();
        this.config = config.toBuilder().n(Collections.max(sizes)).build();
        this.models = models;
        this.budget = budget;
    }

    /** Chooses in every way; returns the exit code. */
    int run(Path folder, RunRecord record, Map<String, Object> environment, boolean json, boolean quiet) {
        record.put("dataset", dataset.name());
        record.put("problems", dataset.items().size());
        record.put("problemsSha256", dataset.sha256());
        boolean all = true;
        try (ChoiceRun run = new ChoiceRun(folder, dataset, record.configuration(), environment)) {
            for (ChoiceMethod way : ways) {
                all = all && (run.missing(way).isEmpty() || complete(run, way, quiet));
            }
            print(run.results(sizes), json);
        }
        if (!all && !quiet) {
            System.err.println("Stopped; the same command resumes from there");
        }
        return all ? ExitCode.ANSWERED : ExitCode.FAILED;
    }

    private boolean complete(ChoiceRun run, ChoiceMethod way, boolean quiet) {
        List<ChoiceItem> missing = run.missing(way);
        int most = missing.stream()
                .mapToInt(item -> item.task().options().size())
                .max()
                .orElse(1);
        Workload work = Workload.of(
                SearchMethod.MAJORITY,
                ChoiceSolving.branches(way, most, config.n()),
                ChoiceSolving.maxTokens(way, config),
                missing.stream().map(item -> item.task().asGiven()).toList());
        try (FetchProgress fetches = new FetchProgress();
                LocalRuntime runtime = new LocalRuntime(models, work, fetches);
                RunProgress progress = new RunProgress(
                        dataset.name(), (long) ways.size() * dataset.items().size(), run.done(), !quiet)) {
            ChoiceSolver solver = ChoiceSolving.solver(runtime, way, models);
            ProblemStream<ChoiceItem, ChoiceRun.Outcome> stream = new ProblemStream<>(
                    missing,
                    runtime.inFlight(),
                    runtime.policy().executor(),
                    () -> runtime.meter(budget),
                    (item, meter) ->
                            ChoiceRun.start(item, (one, its) -> solver.start(one.task(), way, config, its), meter));
            Interruption.callOnInterrupt(() -> {
                stream.stop();
                runtime.interrupt();
            });
            progress.begin(way.cliName());
            return run.solve(stream, progress::step);
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }

    private static void print(ChoiceResults results, boolean json) {
        if (json) {
            System.out.println(PrettyJson.of(results));
            return;
        }
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of("chosen by", "replies", "right %", "95 %", "policy tokens", "read tokens", "seconds"));
        for (ChoiceResults.Row row : results.rows()) {
            cells.add(List.of(
                    row.way(),
                    row.replies() == 0 ? "" : String.valueOf(row.replies()),
                    Numbers.percent(row.rate()),
                    Numbers.percent(row.low()) + "-" + Numbers.percent(row.high()),
                    Numbers.whole(row.policyTokens()),
                    Numbers.whole(row.readTokens()),
                    Numbers.seconds(row.seconds())));
        }
        Terminal terminal = Terminal.output();
        new TextTable(cells, 1).print(terminal);
        for (ChoiceResults.Places places : results.places()) {
            terminal.println(
                    "@|faint %s|@",
                    places.way() + ": whatever stands there, "
                            + IntStream.range(0, places.shares().size())
                                    .mapToObj(place -> ChoiceTask.letter(place) + " gets "
                                            + Numbers.percent(places.shares().get(place)) + " %")
                                    .collect(Collectors.joining(", ")));
        }
        terminal.println(
                "@|faint %s|@",
                String.format(
                        Locale.ROOT,
                        "%d questions of %s, Wilson intervals; a blind choice is right in %.1f %%; tokens and seconds are of"
                                + " one question",
                        results.questions(),
                        results.dataset(),
                        100 * results.chance()));
    }
}
