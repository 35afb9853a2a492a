package org.espalier.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.bench.SearchResult.Counts;
import org.espalier.eval.RunFolder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The engine, measured as it is shipped: {@code espalier eval}, and what it writes down. */
final class EngineSearch {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private EngineSearch() {}

    static SearchResult run(Path launcher, SearchSetting search) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("search-bench");
        try {
            Process process = new ProcessBuilder(
                            launcher.toString(),
                            "eval",
                            search.dataset(),
                            "--limit",
                            String.valueOf(search.problems()),
                            "--policy",
                            search.policy(),
                            "--prm",
                            search.prm(),
                            "--method",
                            search.method().cliName(),
                            "-n",
                            String.valueOf(search.n()),
                            "--max-tokens",
                            String.valueOf(search.maxTokens()),
                            "--seed",
                            String.valueOf(search.seed()),
                            "--threads",
                            String.valueOf(search.threads()),
                            "--out",
                            folder.toString(),
                            "--quiet")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (process.waitFor() != 0) {
                throw new IOException("espalier eval failed with exit code " + process.exitValue());
            }
            JsonNode cell = lines(folder.resolve(RunFolder.POINTS)).get(0);
            JsonNode engine = cell.path("engine");
            List<JsonNode> records = lines(folder.resolve("records.jsonl"));
            Counts counts = new Counts(
                    records.size(),
                    (int) records.stream()
                            .filter(record -> isRight(record, search.n()))
                            .count(),
                    cell.path("seconds").asDouble(),
                    null,
                    sum(records, "policyTokens"),
                    sum(records, "policyTokensDecoded"),
                    sum(records, "prmTokens"),
                    sum(records, "prmTokensUnique"),
                    engine.path("tokensPerStep").asDouble(),
                    engine.path("batchOccupancy").asDouble(),
                    engine.path("peakCells").asLong(),
                    engine.path("peakMemoryBytes").isNumber()
                            ? engine.path("peakMemoryBytes").asLong()
                            : null,
                    false);
            return SearchResult.of(
                    "engine", "kv-layout=" + engine.path("kvLayout").asString(), search, counts);
        } finally {
            delete(folder);
        }
    }

    private static boolean isRight(JsonNode record, int n) {
        for (JsonNode chosen : record.path("answers")) {
            if (chosen.path("selection").asString().equals("weighted")
                    && chosen.path("n").asInt() == n) {
                return chosen.path("correct").asBoolean();
            }
        }
        return false;
    }

    private static long sum(List<JsonNode> records, String usage) {
        return records.stream()
                .mapToLong(record -> record.path("usage").path(usage).asLong())
                .sum();
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(JSON::readTree).toList();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
