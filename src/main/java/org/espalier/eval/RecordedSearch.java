package org.espalier.eval;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.espalier.eval.EvalRecord.Chosen;
import org.espalier.eval.EvalRecord.Sampled;
import org.espalier.model.Answer;
import org.espalier.model.Budget;
import org.espalier.model.Completion;
import org.espalier.model.EspalierException;
import org.espalier.model.Parameter;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import org.espalier.search.Ballot;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.espalier.wire.DocumentException;
import org.espalier.wire.SearchSettings;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One record of a run, with all that is needed to search again.
 *
 * @param configuration of the run
 * @param kvLayout in which its caches were laid out; null if the run did not get so far as to say
 */
public record RecordedSearch(
        EvalRecord record, JsonNode configuration, @Nullable String kvLayout) {
    private static final double SAME_SCORE = 0.01;

    /**
     * How a search that was done again compares with its record.
     *
     * @param differences where a selection chooses otherwise, such as "weighted@16: 48 was recorded, 58 is found"
     * @param sameCompletions of so many completions answer, length, score and, if it was recorded, text are the same
     * @param completions that were recorded
     */
    public record Outcome(List<String> differences, int sameCompletions, int completions) {
        /** Whether every selection chooses the same, at every n that was recorded. */
        public boolean sameAnswers() {
            return differences.isEmpty();
        }
    }

    /**
     * Finds a record.
     *
     * @param folder of a run
     * @param id of the problem
     * @param method null if the problem has one record only, or one for each n
     * @param n null if the method has one record only
     * @param seed null if the run has one only
     * @throws UsageException if there is no such record, or more than one
     */
    public static RecordedSearch find(
            Path folder, String id, @Nullable SearchMethod method, @Nullable Integer n, @Nullable Long seed) {
        RunFolder.require(folder);
        List<EvalRecord> found = new ArrayList<>();
        RecordFile.readOnly(folder.resolve(RunFolder.RECORDS), line -> {
            boolean isWanted = line.path("id").asString("").equals(id)
                    && (method == null || line.path("method").asString("").equals(method.cliName()))
                    && (n == null || line.path("n").asInt() == n)
                    && (seed == null || line.path("seed").asLong() == seed);
            if (isWanted) {
                found.add(EvalRecord.read(line));
            }
        });
        if (found.isEmpty()) {
            String where = method == null && n == null && seed == null ? "" : " with this method, n and seed";
            throw new UsageException(folder + " has no record of problem " + id + where);
        }
        if (found.size() > 1) {
            throw new UsageException(Wording.of(
                    "%s has %d records of problem %s: choose one with %s, %s and %s (%s)",
                    folder,
                    found.size(),
                    id,
                    Parameter.of("method"),
                    Parameter.of("n"),
                    Parameter.of("seed"),
                    String.join(
                            ", ",
                            found.stream()
                                    .map(record ->
                                            record.method().cliName() + "@" + record.n() + " seed " + record.seed())
                                    .toList())));
        }
        EvalRecord record = found.get(0);
        if (record.problem() == null) {
            throw new UsageException(folder + " is of an older version, which did not record the problem's text");
        }
        return new RecordedSearch(record, RunFile.configuration(folder.resolve(RunFolder.RUN)), layout(folder, record));
    }

    private static @Nullable String layout(Path folder, EvalRecord record) {
        Path points = folder.resolve(RunFolder.POINTS);
        List<String> layouts = new ArrayList<>();
        if (Files.isRegularFile(points)) {
            RecordFile.readOnly(points, line -> {
                String layout = line.path("engine").path("kvLayout").asString("");
                if (SweepPoint.read(line).equals(new SweepPoint(record.method(), record.n()))
                        && line.path("session").asInt() == record.process()
                        && !layout.isEmpty()) {
                    layouts.add(layout);
                }
            });
        }
        return layouts.isEmpty() ? null : layouts.get(0);
    }

    /** The problem as it was posed: its id seeds the random streams. */
    public Problem problem() {
        return new Problem(record.id(), Objects.requireNonNull(record.problem()));
    }

    public SearchMethod method() {
        return record.method();
    }

    /** A setting of the run; null if it was left to its default. */
    public @Nullable String setting(String name) {
        JsonNode value = configuration.path(name);
        return value.isMissingNode() || value.isNull() ? null : value.asString();
    }

    /** The search's configuration. A setting that its version did not have is as it is usually. */
    public SearchConfig config() {
        ObjectNode given = Json.LINES.createObjectNode();
        configuration.properties().forEach(field -> given.set(field.getKey(), written(field.getValue())));
        given.put("method", method().cliName()).put("n", record.n()).put("seed", record.seed());
        try {
            return new SearchSettings(method(), SearchConfig.DEFAULT)
                    .with(given)
                    .config();
        } catch (DocumentException e) {
            throw new EspalierException("the run's configuration cannot be read: its " + e.getMessage(), e);
        }
    }

    /** Runs of older versions have {@code shortest} as a text. */
    private static JsonNode written(JsonNode value) {
        return value.isString() && value.asString().matches("[0-9]{1,9}")
                ? IntNode.valueOf(Integer.parseInt(value.asString()))
                : value;
    }

    /** The limits that it had. */
    public Budget budget() {
        String tokens = setting("budgetTokens");
        String deadline = setting("deadline");
        String joules = setting("budgetJoules");
        return new Budget(
                tokens == null ? Long.MAX_VALUE : Long.parseLong(tokens),
                deadline == null ? null : Duration.parse(deadline),
                joules == null ? Double.POSITIVE_INFINITY : Double.parseDouble(joules));
    }

    /** Compares what was found now with the record. */
    public Outcome compare(Solution solution) {
        List<String> differences = new ArrayList<>();
        for (Chosen chosen : record.answers()) {
            String now = solution.answerAt(chosen.n(), chosen.selection())
                    .map(Answer::text)
                    .orElse(null);
            if (!Objects.equals(chosen.answer(), now)) {
                differences.add("%s@%d: %s was recorded, %s is found"
                        .formatted(Criterion.of(chosen.selection()), chosen.n(), chosen.answer(), now));
            }
        }
        int alike = 0;
        for (Sampled sampled : record.completions()) {
            alike += solution.ballots().stream()
                            .filter(ballot -> ballot.index() == sampled.slot())
                            .anyMatch(ballot -> isAlike(sampled, ballot))
                    ? 1
                    : 0;
        }
        return new Outcome(List.copyOf(differences), alike, record.completions().size());
    }

    private static boolean isAlike(Sampled sampled, Ballot ballot) {
        Completion completion = ballot.completion();
        String answer = completion.answer() == null ? null : completion.answer().text();
        boolean sameScore = sampled.score() == null
                ? Double.isNaN(completion.score())
                : Math.abs(sampled.score() - completion.score()) < SAME_SCORE;
        boolean sameText = sampled.text() == null || sampled.text().equals(completion.text());
        return sameText
                && Objects.equals(sampled.answer(), answer)
                && sampled.tokens() == completion.tokens()
                && sameScore;
    }
}
