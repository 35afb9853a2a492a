package org.espalier.eval;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.espalier.eval.EvalRecord.Sampled;
import org.espalier.model.EspalierException;
import org.espalier.search.Usage;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Adds up what the records of a point of a sweep say about how it worked, and what its processes said about themselves. One thread. */
final class PointStats {
    private int problems;
    private long promptTokens;
    private long sampledTokens;
    private long committedTokens;
    private long duplicatedTokens;
    private long sharedTokens;
    private long prmTokens;
    private long prmTokensUnique;
    private double agreement;
    private int agreements;
    private long answeringTokens;
    private long tokensAfterAnswer;

    /** What the processes were asked to solve, and in what time. */
    private int reported;

    private double seconds;
    /** By their names in a process's line: sums over problems, of those lines that have them. */
    private final Map<String, Sum> engine = new HashMap<>();

    private long peakMemoryBytes;

    /** A sum over so many problems. */
    private record Sum(double value, int problems) {
        Sum plus(Sum other) {
            return new Sum(value + other.value, problems + other.problems);
        }
    }

    /** A problem's record. */
    void add(EvalRecord record) {
        Usage usage = record.usage();
        problems++;
        promptTokens += usage.promptTokens();
        sampledTokens += usage.policyTokens();
        committedTokens += usage.committedTokens();
        duplicatedTokens += usage.duplicatedTokens();
        sharedTokens += usage.sharedTokens();
        prmTokens += usage.prmTokens();
        prmTokensUnique += usage.prmTokensUnique();
        Double winning = record.agreement();
        if (winning != null) {
            agreement += winning;
            agreements++;
        }
        for (Sampled completion : record.completions()) {
            Integer after = completion.tokensAfterAnswer();
            if (after != null) {
                answeringTokens += completion.tokens();
                tokensAfterAnswer += after;
            }
        }
    }

    /** @throws EspalierException if there are more records than the data set has problems, each with every seed */
    void requireAtMost(long most, SweepPoint point, Path folder) {
        if (problems > most) {
            throw new EspalierException(
                    "%s has %d records for %s, and its data set with its seeds makes %d: take out those of other runs"
                            .formatted(folder, problems, point, most));
        }
    }

    /** What a process said when it had finished with the point: a line of {@code cells.jsonl}. */
    void addProcess(JsonNode line) {
        int solved = line.path("problems").asInt(0);
        JsonNode said = line.path("engine");
        if (solved == 0) {
            return;
        }
        reported += solved;
        seconds += line.path("seconds").asDouble(0);
        for (String name : said.propertyNames()) {
            JsonNode value = said.path(name);
            if (value.isNumber()) {
                boolean mean = name.equals("batchOccupancy");
                engine.merge(name, new Sum(mean ? value.asDouble() * solved : value.asDouble(), solved), Sum::plus);
            }
        }
        peakMemoryBytes = Math.max(peakMemoryBytes, said.path("peakMemoryBytes").asLong(0));
    }

    /** What another run of the same point did. */
    void add(PointStats other) {
        problems += other.problems;
        promptTokens += other.promptTokens;
        sampledTokens += other.sampledTokens;
        committedTokens += other.committedTokens;
        duplicatedTokens += other.duplicatedTokens;
        sharedTokens += other.sharedTokens;
        prmTokens += other.prmTokens;
        prmTokensUnique += other.prmTokensUnique;
        agreement += other.agreement;
        agreements += other.agreements;
        answeringTokens += other.answeringTokens;
        tokensAfterAnswer += other.tokensAfterAnswer;
        reported += other.reported;
        seconds += other.seconds;
        other.engine.forEach((name, sum) -> engine.merge(name, sum, Sum::plus));
        peakMemoryBytes = Math.max(peakMemoryBytes, other.peakMemoryBytes);
    }

    boolean isEmpty() {
        return problems == 0;
    }

    /** Joules in a second; null where no process could say. */
    @Nullable
    Double watts() {
        Sum joules = engine.get("joules");
        return joules == null || joules.problems() < reported || seconds == 0 ? null : joules.value() / seconds;
    }

    ProcessRow row(String run, String dataset, SweepPoint point) {
        return new ProcessRow(
                run,
                dataset,
                point.method(),
                point.n(),
                problems,
                agreements == 0 ? null : agreement / agreements,
                (double) committedTokens / problems,
                (double) (sampledTokens - committedTokens) / problems,
                (double) duplicatedTokens / problems,
                sharedTokens == 0 && point.n() > 1 ? null : (double) sharedTokens / (promptTokens + sampledTokens),
                answeringTokens == 0 ? null : (double) tokensAfterAnswer / answeringTokens,
                (double) prmTokens / problems,
                (double) prmTokensUnique / problems,
                each("batchOccupancy"),
                each("policySeconds"),
                each("prmSeconds"),
                each("samplingSeconds"),
                each("schedulingSeconds"),
                each("searchSeconds"),
                each("waitingSeconds"),
                peakMemoryBytes == 0 ? null : peakMemoryBytes,
                each("joules"));
    }

    /** A problem's share. */
    private @Nullable Double each(String name) {
        Sum sum = engine.get(name);
        return sum == null ? null : sum.value() / sum.problems();
    }
}
