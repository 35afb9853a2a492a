package org.espalier.eval;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.espalier.choice.ChoiceTask;
import org.espalier.eval.DatasetReader.Row;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Questions with options, with the columns of the usual data sets: a question; its options as a list ({@code options},
 * {@code choices}), as lists of {@code text} and {@code label} (ARC), or in columns {@code A}, {@code B}, … (MMLU); and the
 * answer as a label or letter, as the option's text, or as its number from 0.
 *
 * @param name of the file, without its extension
 * @param sha256 of the questions, options and answers that are used
 */
public record ChoiceDataset(String name, List<ChoiceItem> items, String sha256) {
    private static final List<String> QUESTIONS = List.of("question", "problem", "prompt", "query", "stem", "input");
    private static final List<String> OPTIONS = List.of("options", "choices", "endings", "candidates");
    private static final List<String> ANSWERS = List.of("answer", "answerkey", "label", "target", "gold");

    public ChoiceDataset {
        items = List.copyOf(items);
    }

    /** What a row has. */
    private record Found(String question, List<String> options, List<String> labels, JsonNode answer) {}

    /**
     * Reads a data set of choices.
     *
     * @param source its file
     * @return empty if it is no file, or its first row has no options
     * @throws UsageException if a later row has none, or an answer is no option
     */
    public static Optional<ChoiceDataset> load(DatasetSource source, @Nullable Integer limit) {
        String file = source.nameOrFile();
        Path path = source.file();
        if (!source.isRegularFile()) {
            return Optional.empty();
        }
        List<Row> rows;
        try {
            rows = source.rows().rows();
        } catch (IOException e) {
            throw new UsageException("cannot read the questions from " + file + ": " + Reason.of(e));
        }
        if (rows.isEmpty() || found(rows.get(0).columns()) == null) {
            return Optional.empty();
        }
        String name = String.valueOf(path.getFileName()).replaceFirst("\\.[^.]+$", "");
        List<ChoiceItem> items = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Row row : limit == null ? rows : rows.subList(0, Math.min(limit, rows.size()))) {
            ChoiceItem item = item(name, file, row);
            if (!ids.add(item.id())) {
                throw new UsageException(
                        "line %d of %s has the id of an earlier one: %s".formatted(row.number(), file, item.id()));
            }
            items.add(item);
        }
        StringBuilder all = new StringBuilder();
        items.forEach(item -> all.append(
                        List.of(item.id(), item.task().question(), item.task().options(), item.answer()))
                .append('\n'));
        return Optional.of(new ChoiceDataset(name, items, Digests.sha256(all.toString())));
    }

    private static ChoiceItem item(String name, String file, Row row) {
        Found found = found(row.columns());
        if (found == null) {
            throw new UsageException("line %d of %s has no question, options and answer, as the first one has"
                    .formatted(row.number(), file));
        }
        JsonNode id = row.columns().get("id");
        ChoiceTask task;
        try {
            task = new ChoiceTask(
                    id == null || !id.isValueNode() ? name + "-" + row.number() : id.asString(),
                    found.question,
                    found.options);
        } catch (UsageException e) {
            throw new UsageException("line %d of %s: %s".formatted(row.number(), file, e.getMessage()));
        }
        int answer = answer(found);
        if (answer < 0) {
            throw new UsageException("line %d of %s: the answer %s is none of its %d options"
                    .formatted(row.number(), file, found.answer, found.options.size()));
        }
        return new ChoiceItem(task, answer);
    }

    /** Null if a row is no choice. */
    private static @Nullable Found found(JsonNode columns) {
        JsonNode question = column(columns, QUESTIONS);
        JsonNode answer = column(columns, ANSWERS);
        if (question == null || !question.isString() || answer == null || !answer.isValueNode() || answer.isNull()) {
            return null;
        }
        JsonNode options = column(columns, OPTIONS);
        if (options != null && options.isArray()) {
            return new Found(question.asString(), texts(options), List.of(), answer);
        }
        if (options != null && options.path("text").isArray()) {
            return new Found(question.asString(), texts(options.path("text")), texts(options.path("label")), answer);
        }
        List<String> lettered = new ArrayList<>();
        while (columns.path(ChoiceTask.letter(lettered.size())).isValueNode() && lettered.size() < ChoiceTask.MOST) {
            lettered.add(columns.path(ChoiceTask.letter(lettered.size())).asString());
        }
        return lettered.size() < 2 ? null : new Found(question.asString(), lettered, List.of(), answer);
    }

    private static @Nullable JsonNode column(JsonNode columns, List<String> names) {
        for (String name : names) {
            for (String column : columns.propertyNames()) {
                if (column.toLowerCase(Locale.ROOT).equals(name)) {
                    return columns.get(column);
                }
            }
        }
        return null;
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asString("")));
        return texts;
    }

    /** The number of the right option; negative if it is none. */
    private static int answer(Found found) {
        JsonNode answer = found.answer;
        int size = found.options.size();
        if (answer.isIntegralNumber() && found.labels.isEmpty()) {
            return answer.canConvertToInt() && answer.intValue() < size ? answer.intValue() : -1;
        }
        String text = answer.asString("").strip();
        int label = found.labels.indexOf(text);
        if (label >= 0) {
            return label;
        }
        if (text.length() == 1 && text.charAt(0) >= 'A' && text.charAt(0) < 'A' + size) {
            return text.charAt(0) - 'A';
        }
        int option = IntStream.range(0, size)
                .filter(i -> found.options.get(i).strip().equals(text))
                .findFirst()
                .orElse(-1);
        // A table of comma-separated values has no numbers.
        return option < 0 && text.matches("\\d{1,2}") && Integer.parseInt(text) < size
                ? Integer.parseInt(text)
                : option;
    }
}
