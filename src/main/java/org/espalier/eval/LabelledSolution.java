package org.espalier.eval;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.espalier.eval.DatasetReader.Row;
import org.espalier.model.Problem;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import tools.jackson.databind.JsonNode;

/**
 * A solution of which it is known where it goes wrong.
 *
 * @param id of its line; two lines may have the same
 * @param steps one or more
 * @param firstError index of the first wrong step; -1 if all are right
 */
public record LabelledSolution(String id, String problem, List<String> steps, int firstError)
        implements ProblemStream.Item {
    private static final String KNOWN =
            "ProcessBench (problem, steps, label), PRMBench (modified_question, modified_process,"
                    + " error_steps) or 'espalier rollouts' (problem, steps, firstError)";

    /** The problem as a PRM is given it. */
    public Problem toProblem() {
        return new Problem(id, problem);
    }

    /** The steps up to and including the first wrong one: nothing says of the later ones whether they are right. */
    public List<String> labelledSteps() {
        return firstError < 0 ? steps : steps.subList(0, firstError + 1);
    }

    /**
     * Reads rows in the format of ProcessBench (Zheng et al. 2024), of PRMBench (Song et al. 2025) or of
     * {@link Rollout}. A line of PRMBench holds two solutions, the original one and the one with errors. Rollouts that a
     * limit cut, or that nobody labelled, are left out.
     *
     * @param file JSON lines, or Parquet (.parquet)
     * @param parquetDriver finds the jar of DuckDB's driver, and is asked only for a Parquet file
     * @throws UsageException if the file is something else
     */
    public static List<LabelledSolution> read(Path file, Supplier<Path> parquetDriver) {
        DatasetReader.Rows rows;
        try {
            rows = DatasetReader.of(file, parquetDriver).read();
        } catch (NoSuchFileException e) {
            throw new UsageException("there is no file " + file);
        } catch (IOException e) {
            throw new UsageException("cannot read " + file + ": " + Reason.of(e));
        }
        if (!rows.broken().isEmpty()) {
            throw new UsageException(
                    "line %d of %s is not a JSON object".formatted(rows.broken().get(0), file));
        }
        List<LabelledSolution> solutions = new ArrayList<>();
        for (Row row : rows.rows()) {
            try {
                solutions.addAll(of(row.columns()));
            } catch (IllegalArgumentException e) {
                throw new UsageException(
                        "line %d of %s %s; known formats are %s".formatted(row.number(), file, e.getMessage(), KNOWN));
            }
        }
        if (solutions.isEmpty()) {
            throw new UsageException(file + " has no labelled solutions");
        }
        return List.copyOf(solutions);
    }

    /** A digest of all that judging them depends on. SHA-256 in lower-case hexadecimal. */
    public static String sha256(List<LabelledSolution> solutions) {
        StringBuilder all = new StringBuilder();
        solutions.forEach(solution -> all.append(solution).append('\n'));
        return Digests.sha256(all.toString());
    }

    private static List<LabelledSolution> of(JsonNode row) {
        if (row.has("modified_process")) {
            return ofPrmBench(row);
        }
        if (row.has("label")) {
            return List.of(new LabelledSolution(
                    text(row, "id"), text(row, "problem"), texts(row, "steps"), number(row, "label")));
        }
        if (!row.has("firstError")) {
            throw new IllegalArgumentException("has no label of its steps");
        }
        List<String> steps = texts(row, "steps");
        boolean isLabelled =
                row.path("finished").asBoolean(true) && row.get("firstError").isInt();
        if (!isLabelled || number(row, "firstError") >= steps.size()) {
            return List.of();
        }
        return List.of(new LabelledSolution(text(row, "id"), text(row, "problem"), steps, number(row, "firstError")));
    }

    /** There, steps are counted from one. */
    private static List<LabelledSolution> ofPrmBench(JsonNode row) {
        int first = StreamSupport.stream(row.path("error_steps").spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .min()
                .orElse(0);
        String id = text(row, "idx");
        return List.of(
                new LabelledSolution(
                        id + "-original", text(row, "original_question"), texts(row, "original_process"), -1),
                new LabelledSolution(id, text(row, "modified_question"), texts(row, "modified_process"), first - 1));
    }

    private static String text(JsonNode row, String column) {
        JsonNode value = row.path(column);
        if (!value.isString() || value.asString().isBlank()) {
            throw new IllegalArgumentException("has no " + column);
        }
        return value.asString();
    }

    private static int number(JsonNode row, String column) {
        JsonNode value = row.path(column);
        if (!value.isInt() || value.asInt() < -1) {
            throw new IllegalArgumentException("has a " + column + " that is not a step");
        }
        return value.asInt();
    }

    private static List<String> texts(JsonNode row, String column) {
        JsonNode values = row.path(column);
        if (!values.isArray() || values.isEmpty()) {
            throw new IllegalArgumentException("has no " + column);
        }
        List<String> texts = new ArrayList<>();
        values.forEach(value -> texts.add(value.asString()));
        return List.copyOf(texts);
    }

    /** @throws IllegalArgumentException if there is no such step */
    public LabelledSolution {
        if (firstError >= steps.size()) {
            throw new IllegalArgumentException("labels step " + firstError + " of " + steps.size());
        }
    }
}
