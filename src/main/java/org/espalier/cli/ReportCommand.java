package org.espalier.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.espalier.catalog.WholeFile;
import org.espalier.eval.Levels;
import org.espalier.eval.MlflowRuns;
import org.espalier.eval.ProcessRow;
import org.espalier.eval.Report;
import org.espalier.eval.ReportFiles;
import org.espalier.eval.ReportPage;
import org.espalier.eval.ReportPlots;
import org.espalier.eval.ReportRow;
import org.espalier.eval.RunFolder;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier report}: tables and curves of recorded runs. */
@Command(
        name = "report",
        description = "Tables and plots of what 'espalier eval' has recorded.",
        sortOptions = false,
        footer = {
            "",
            "Runs that differ in nothing but the seed count as one: a problem counts with its mean over them. The",
            "intervals are of a bootstrap over problems, 95 %%. Of majority and best-of-n every power of two up to",
            "the largest n is shown, read off its first completions.",
            "",
            "--out writes report.html (a page that needs nothing else), report.md, report.tex, report.csv, report.json,",
            "lm-eval.json, and as PNG and SVG the accuracy against n, tokens, seconds, by level, and against joules where a",
            "counter was there (RAPL, NVML).",
            "",
            "Examples:",
            "  espalier report runs/arith",
            "  espalier report runs/prm runs/likelihood --out report",
        })
final class ReportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", arity = "1..*", description = "Folders that 'espalier eval --out' has written.")
    private List<Path> folders = List.of();

    @Option(names = "--out", paramLabel = "DIR", description = "Also writes the report and its plots into this folder.")
    private @Nullable Path out;

    @Advanced
    @Option(
            names = "--mlflow",
            paramLabel = "DIR",
            description = "Also writes a run for each method and selection into this file store of MLflow (mlruns).")
    private @Nullable Path mlflow;

    @Option(
            names = "--levels",
            paramLabel = "OF",
            defaultValue = "own",
            description =
                    "own: those of the data set; quintile: fifths of the problems, by how often one sample is right,"
                            + " 1 the easiest (default: ${DEFAULT-VALUE}).")
    private Levels.Source levels = Levels.Source.OWN;

    @Option(
            names = "--price",
            paramLabel = "RATE",
            description = "What an hour of this machine costs, in any currency: adds what 1,000 problems cost.")
    private @Nullable Double price;

    @Option(
            names = "--process",
            description =
                    "Also shows how each method worked: where its tokens and its time went, how full its batches were.")
    private boolean process;

    @Option(
            names = "--pivot",
            paramLabel = "FORM",
            description = "Prints a table of methods by n instead, as text, markdown or latex.")
    private PivotTable.@Nullable Form pivot;

    @Option(names = "--json", description = "Prints the rows as one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        List<RunFolder> runs = folders.stream().map(RunFolder::read).toList();
        if (price != null && !(price >= 0 && price < Double.POSITIVE_INFINITY)) {
            throw new UsageException("--price must be 0 or more, not " + price);
        }
        List<ReportRow> rows = Report.rows(runs, levels, price);
        List<ProcessRow> processes = Report.processes(runs);
        List<String> datasets = rows.stream().map(ReportRow::dataset).distinct().toList();
        if (datasets.size() > 1) {
            throw new UsageException("these runs are of different data sets (%s): report each on its own"
                    .formatted(String.join(", ", datasets)));
        }
        TextTable table = ReportTable.of(rows);
        TextTable processTable = ProcessTable.of(processes);
        if (json) {
            System.out.println(ReportFiles.json(rows, processes));
        } else if (pivot != null) {
            print(new PivotTable(rows), pivot);
        } else {
            table.print(Terminal.output());
            if (process) {
                System.out.println();
                processTable.print(Terminal.output());
            }
        }
        if (out != null) {
            write(out, datasets.get(0), rows, processes);
            writePage(out, datasets.get(0), rows, runs);
        }
        if (mlflow != null) {
            new MlflowRuns(rows, runs, folders).write(mlflow);
        }
        return ExitCode.ANSWERED;
    }

    private static void print(PivotTable table, PivotTable.Form form) {
        switch (form) {
            case TEXT -> table.table().print(Terminal.output());
            case MARKDOWN -> System.out.print(table.table().markdown());
            case LATEX -> System.out.print(table.latex());
        }
    }

    private void writePage(Path folder, String dataset, List<ReportRow> rows, List<RunFolder> runs) {
        try {
            WholeFile.write(folder.resolve("report.html"), new ReportPage(dataset, rows, folders, folder).html());
            WholeFile.write(folder.resolve("lm-eval.json"), ReportFiles.lmEval(rows, runs) + "\n");
        } catch (IOException e) {
            throw new EspalierException("cannot write the report to " + folder + ": " + Reason.of(e), e);
        }
    }

    private static void write(Path folder, String dataset, List<ReportRow> rows, List<ProcessRow> processes) {
        try {
            Files.createDirectories(folder);
            PivotTable pivot = new PivotTable(rows);
            List<Path> plots = new ReportPlots(rows).write(folder);
            String pictures = plots.stream()
                    .map(file -> "![%s](%s)\n".formatted(file.getFileName(), file.getFileName()))
                    .collect(Collectors.joining("\n"));
            WholeFile.write(
                    folder.resolve("report.md"),
                    "# %s\n\n%s\n%s\n%s\n## How each method worked\n\n%s"
                            .formatted(
                                    dataset,
                                    pivot.table().markdown(),
                                    ReportTable.of(rows).markdown(),
                                    pictures,
                                    ProcessTable.of(processes).markdown()));
            WholeFile.write(folder.resolve("report.tex"), pivot.latex());
            WholeFile.write(folder.resolve("report.csv"), ReportFiles.csv(rows));
            WholeFile.write(folder.resolve("report.json"), ReportFiles.json(rows, processes) + "\n");
        } catch (IOException e) {
            throw new EspalierException("cannot write the report to " + folder + ": " + Reason.of(e), e);
        }
    }
}
