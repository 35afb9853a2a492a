package org.espalier.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.espalier.eval.ProcessRow;
import org.jspecify.annotations.Nullable;

/** How each method worked, for a person: a problem's tokens, shares in per cent, a problem's seconds. */
final class ProcessTable {
    private ProcessTable() {}

    static TextTable of(List<ProcessRow> rows) {
        boolean severalRuns = rows.stream().map(ProcessRow::run).distinct().count() > 1;
        List<List<String>> cells = new ArrayList<>();
        List<String> header = new ArrayList<>();
        if (severalRuns) {
            header.add("run");
        }
        header.addAll(List.of(
                "method",
                "n",
                "agreement %",
                "kept",
                "discarded",
                "duplicated",
                "shared %",
                "after answer %",
                "PRM tokens",
                "PRM new",
                "batch full %",
                "policy s",
                "PRM s",
                "of it sampling",
                "scheduling",
                "search",
                "waiting",
                "peak MiB",
                "joules"));
        cells.add(header);
        for (ProcessRow row : rows) {
            List<String> line = new ArrayList<>();
            if (severalRuns) {
                line.add(row.run());
            }
            line.addAll(List.of(
                    row.method().cliName(),
                    String.valueOf(row.n()),
                    orBlank(row.agreement(), Numbers::percent),
                    Numbers.whole(row.committedTokens()),
                    Numbers.whole(row.discardedTokens()),
                    Numbers.whole(row.duplicatedTokens()),
                    orBlank(row.sharedShare(), Numbers::percent),
                    orBlank(row.overthinkingShare(), Numbers::percent),
                    Numbers.whole(row.prmTokens()),
                    Numbers.whole(row.prmTokensUnique()),
                    orBlank(row.batchOccupancy(), Numbers::percent),
                    orBlank(row.policySeconds(), Numbers::seconds),
                    orBlank(row.prmSeconds(), Numbers::seconds),
                    orBlank(row.samplingSeconds(), Numbers::seconds),
                    orBlank(row.schedulingSeconds(), Numbers::seconds),
                    orBlank(row.searchSeconds(), Numbers::seconds),
                    orBlank(row.waitingSeconds(), Numbers::seconds),
                    orBlank(row.peakMemoryBytes(), bytes -> Numbers.whole(bytes / 1048576.0)),
                    orBlank(row.joules(), Numbers::seconds)));
            cells.add(line);
        }
        return new TextTable(cells, severalRuns ? 2 : 1);
    }

    /** What is not known is left blank. */
    static <T> String orBlank(@Nullable T value, Function<T, String> format) {
        return value == null ? "" : format.apply(value);
    }
}
