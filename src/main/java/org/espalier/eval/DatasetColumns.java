package org.espalier.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.espalier.domain.Domain;
import org.espalier.eval.DatasetReader.Row;
import org.espalier.grade.AnswerExtractor;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which columns hold a problem and its answer. What the caller does not name is guessed from the first row, by the names
 * that data sets use; other columns are found by their usual names.
 *
 * @param question null to guess
 * @param answer null to guess; a worked solution will do if its end states the answer
 */
public record DatasetColumns(
        @Nullable String question, @Nullable String answer) {
    /** Guesses everything. */
    public static final DatasetColumns GUESSED = new DatasetColumns(null, null);

    private static final List<String> QUESTIONS = List.of("problem", "question", "prompt", "query", "input");
    private static final List<String> ANSWERS =
            List.of("answer", "final_answer", "expected_answer", "target", "solution", "output");
    private static final List<String> IDS = List.of("id", "unique_id");
    private static final List<String> LEVELS = List.of("level", "difficulty");
    private static final List<String> KINDS = List.of("kind", "subject", "type", "category");
    private static final String STEPS = "steps";
    private static final String DOMAIN = "domain";

    /**
     * Finds the columns in the first row.
     *
     * @param source for messages
     * @throws UsageException if there is no row or no such column
     */
    DatasetColumns in(String source, List<Row> rows) {
        if (rows.isEmpty()) {
            throw new UsageException(source + " has no problems");
        }
        JsonNode first = rows.get(0).columns();
        return new DatasetColumns(
                chosen(source, first, question, QUESTIONS, "question"),
                chosen(source, first, answer, ANSWERS, "answer"));
    }

    /** Whether a row has a problem and an answer; asked of columns that were found. */
    boolean has(Row row) {
        return isPresent(row, question) && isPresent(row, answer);
    }

    private static boolean isPresent(Row row, @Nullable String column) {
        String text = text(row.columns(), column);
        return text != null && !text.isBlank();
    }

    /**
     * The problems of rows that have one each.
     *
     * @param name of the data set, from which ids are made where it has none
     */
    List<DatasetItem> items(String name, List<Row> rows) {
        List<DatasetItem> items = new ArrayList<>();
        for (Row row : rows) {
            JsonNode columns = row.columns();
            String id = text(columns, guess(columns, IDS));
            items.add(new DatasetItem(
                    id == null ? name + "-" + (items.size() + 1) : id,
                    required(row, question),
                    reference(required(row, answer)),
                    level(columns, guess(columns, LEVELS)),
                    text(columns, guess(columns, KINDS)),
                    steps(columns),
                    domain(columns)));
        }
        return List.copyOf(items);
    }

    private static String chosen(
            String source, JsonNode first, @Nullable String named, List<String> usual, String what) {
        String column = named == null ? guess(first, usual) : named;
        if (column == null || !first.has(column)) {
            String missing = named == null ? what + " column" : "column " + named;
            throw new UsageException("%s has no %s (its columns are %s): name it with --%s-column"
                    .formatted(source, missing, String.join(", ", first.propertyNames()), what));
        }
        return column;
    }

    private static @Nullable String guess(JsonNode columns, List<String> usual) {
        for (String name : usual) {
            for (String column : columns.propertyNames()) {
                if (column.toLowerCase(Locale.ROOT).equals(name)) {
                    return column;
                }
            }
        }
        return null;
    }

    private static @Nullable String text(JsonNode columns, @Nullable String column) {
        JsonNode value = column == null ? null : columns.get(column);
        return value == null || !value.isValueNode() || value.isNull() ? null : value.asString();
    }

    private static @Nullable Object level(JsonNode columns, @Nullable String column) {
        JsonNode value = column == null ? null : columns.get(column);
        return value != null && value.isInt() ? (Object) value.intValue() : text(columns, column);
    }

    private static String required(Row row, @Nullable String column) {
        return Objects.requireNonNull(text(row.columns(), column));
    }

    /** The answer alone, where the column holds a solution: GSM8K ends it with {@code ####}, others box it. */
    private static String reference(String answer) {
        boolean solution = answer.contains("####") || answer.contains("\\boxed");
        return solution ? AnswerExtractor.extractStated(answer).orElse(answer) : answer;
    }

    /** What a row says that it is of; of a domain that is not known here nothing is taken. */
    private static Domain domain(JsonNode columns) {
        String named = text(columns, DOMAIN);
        return named == null ? Domain.MATH : Domain.named(named).orElse(Domain.MATH);
    }

    private static @Nullable List<String> steps(JsonNode columns) {
        JsonNode steps = columns.get(STEPS);
        if (steps == null || !steps.isArray()) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        steps.forEach(step -> texts.add(step.asString()));
        return List.copyOf(texts);
    }
}
