package org.espalier.cli;

import org.espalier.eval.Dataset;
import org.espalier.eval.DatasetColumns;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which problems are solved. */
final class DatasetOptions {
    @Parameters(
            paramLabel = "DATASET",
            description = "arith, arith-shift, gsm8k, math500, or a file with a JSON object a line.")
    private String dataset = "";

    @Option(names = "--limit", paramLabel = "K", description = "Only the first K problems.")
    private @Nullable Integer limit;

    @Option(
            names = "--question-column",
            paramLabel = "NAME",
            description = "Where a file has the problems (default: problem, question, ...).")
    private @Nullable String questionColumn;

    @Option(
            names = "--answer-column",
            paramLabel = "NAME",
            description = "Where a file has the answers (default: answer, final_answer, ...).")
    private @Nullable String answerColumn;

    /** @throws org.espalier.model.UsageException if there is no such data set, or its file is not as it should be */
    Dataset load() {
        Dataset all = Dataset.load(dataset, new DatasetColumns(questionColumn, answerColumn));
        return limit == null ? all : all.limitedTo(limit);
    }
}
