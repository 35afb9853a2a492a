package org.espalier.eval;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.espalier.eval.EvalRecord.Chosen;
import org.espalier.eval.EvalRecord.Sampled;
import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;
import org.espalier.search.Usage;
import tools.jackson.databind.node.ObjectNode;

/** Writes folders of runs whose results are given. */
public final class RunFolders {
    private static final int TOKENS = 10;

    private RunFolders() {}

    /**
     * A run of best-of-n 2 over problems p0, p1, … of level 1 and 2 in turn, each of which took one second.
     *
     * @param weighted for each problem '1' if the weighted vote among both completions is right, else '0'
     * @param more entries of the configuration
     */
    public static Path write(Path folder, String dataset, long seed, String weighted, Map<String, Object> more) {
        try {
            Files.createDirectories(folder);
            Map<String, Object> configuration = new LinkedHashMap<>(more);
            configuration.put("dataset", dataset);
            configuration.put("seed", seed);
            RunFile.claim(folder.resolve("run.json"), folder.resolve("records.jsonl"), configuration, Map.of());
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < weighted.length(); i++) {
                lines.add(Json.LINES.writeValueAsString(
                        record(dataset, "p" + i, 1 + i % 2, seed, weighted.charAt(i) == '1', i + 1)));
            }
            Files.write(folder.resolve("records.jsonl"), lines);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The records of a run without what a clock says, each of which is there once. */
    static Set<String> records(Path folder) {
        Set<String> records = new TreeSet<>();
        RecordFile.readOnly(folder.resolve(RunFolder.RECORDS), line -> {
            ObjectNode record = (ObjectNode) line;
            record.remove(List.of("session", "cellSeconds"));
            ((ObjectNode) record.get("usage")).remove(List.of("wallMillis", "tokensPerSecond"));
            if (!records.add(record.toString())) {
                throw new AssertionError("twice in " + folder + ": " + record);
            }
        });
        return records;
    }

    /** What the processes of a run said about themselves. */
    public static void writeCells(Path folder, String lines) {
        try {
            Files.writeString(folder.resolve(RunFolder.POINTS), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static EvalRecord record(String dataset, String id, int level, long seed, boolean right, double seconds) {
        return new EvalRecord(
                dataset,
                id,
                "how much is it?",
                level,
                null,
                "1",
                SearchMethod.BEST_OF_N,
                2,
                seed,
                List.of(new Chosen(Selection.WEIGHTED, 1, "1", false), new Chosen(Selection.WEIGHTED, 2, "1", right)),
                List.of(
                        new Sampled(0, "0", false, 0.5, null, true, TOKENS, 4, null, null),
                        new Sampled(1, right ? "1" : "0", right, 0.5, null, true, TOKENS, 2, null, "the second")),
                0.5,
                new Usage(5, 2 * TOKENS, 2 * TOKENS, 0, 0, 5, 30, 30, 25, 10, 0, 1000, 20),
                "completed",
                1,
                seconds);
    }
}
