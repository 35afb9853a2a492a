package org.espalier.cli;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.catalog.DuckDbDriver;
import org.espalier.eval.ChoiceDataset;
import org.espalier.eval.Dataset;
import org.espalier.eval.Dataset.BrokenLines;
import org.espalier.eval.DatasetColumns;
import org.espalier.eval.DatasetSource;
import org.espalier.eval.ProgramDataset;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which problems are solved. */
final class DatasetOptions {
    private static final int SHOWN = 10;

    @Parameters(
            paramLabel = "DATASET",
            description =
                    "arith, arith-shift, countdown, gsm8k, math500, humaneval, mbpp, or a file of JSON lines, .csv or .parquet.")
    private String dataset = "";

    @Option(names = "--limit", paramLabel = "K", description = "Only the first K problems.")
    private @Nullable Integer limit;

    @Advanced
    @Option(
            names = "--question-column",
            paramLabel = "NAME",
            description = "The column that has the problems (default: problem, question, ...).")
    private @Nullable String questionColumn;

    @Advanced
    @Option(
            names = "--answer-column",
            paramLabel = "NAME",
            description = "The column that has the answers (default: answer, final_answer, ...).")
    private @Nullable String answerColumn;

    @Advanced
    @Option(
            names = "--skip-broken",
            description =
                    "Leaves out lines that are not JSON objects, and rows that lack the problem or the answer; says which.")
    private boolean skipBroken;

    private @Nullable DatasetSource source;

    /** What is named, to be read once for all who ask. */
    private DatasetSource source() {
        if (source == null) {
            source = new DatasetSource(dataset, () -> {
                try (FetchProgress fetches = new FetchProgress()) {
                    return DuckDbDriver.open().fetch(fetches);
                }
            });
        }
        return source;
    }

    /** The problems whose answers are programs; empty if those that are named have other answers. */
    Optional<ProgramDataset> loadPrograms() {
        if (limit != null && limit < 1) {
            throw new UsageException("--limit must be 1 or more, not " + limit);
        }
        return ProgramDataset.load(source(), limit);
    }

    /** The questions with options; empty if what is named has none. */
    Optional<ChoiceDataset> loadChoices() {
        return ChoiceDataset.load(source(), limit);
    }

    /** @throws org.espalier.model.UsageException if there is no such data set, or its file is not as it should be */
    Dataset load() {
        Dataset all = Dataset.load(
                source(),
                new DatasetColumns(questionColumn, answerColumn),
                skipBroken ? BrokenLines.LEFT_OUT : BrokenLines.REFUSED);
        source = null;
        if (!all.leftOut().isEmpty()) {
            System.err.println("espalier: left out %d broken lines of %s: %s"
                    .formatted(all.leftOut().size(), dataset, someOf(all.leftOut())));
        }
        return limit == null ? all : all.limitedTo(limit);
    }

    private static String someOf(List<Integer> numbers) {
        String first = numbers.stream().limit(SHOWN).map(String::valueOf).collect(Collectors.joining(", "));
        return numbers.size() > SHOWN ? first + ", …" : first;
    }
}
