package org.espalier.cli;

import java.util.ArrayList;
import java.util.List;
import org.espalier.eval.ProblemStream;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a text of several problems: one a line, or a JSON object a line with {@code problem} and, if wanted, {@code id}. */
final class ProblemLines {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ProblemLines() {}

    /** @param id its own, else the number of its line */
    record Entry(String id, Problem problem) implements ProblemStream.Item {}

    /**
     * The problems, in the order of the lines; blank lines are left out.
     *
     * @param source for messages
     * @throws UsageException if there is none, or a line that begins as a JSON object is none with a problem
     */
    static List<Entry> read(String text, String source) {
        List<Entry> entries = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.startsWith("{")) {
                entries.add(object(line, i + 1, source));
            } else if (!line.isEmpty()) {
                entries.add(new Entry(Integer.toString(i + 1), Problem.of(line)));
            }
        }
        if (entries.isEmpty()) {
            throw new UsageException("there are no problems in " + source + ": write one a line");
        }
        return entries;
    }

    private static Entry object(String line, int number, String source) {
        JsonNode object;
        try {
            object = MAPPER.readTree(line);
        } catch (JacksonException e) {
            throw new UsageException("line %d of %s begins as a JSON object and is none: %s"
                    .formatted(number, source, e.getOriginalMessage()));
        }
        JsonNode problem = object.path("problem");
        if (!problem.isString() || problem.asString().isBlank()) {
            throw new UsageException("line %d of %s has no text in the field problem".formatted(number, source));
        }
        JsonNode id = object.path("id");
        if (!id.isMissingNode() && !id.isString() && !id.isNumber()) {
            throw new UsageException(
                    "line %d of %s: the field id must be a text or a number".formatted(number, source));
        }
        return new Entry(id.isMissingNode() ? Integer.toString(number) : id.asString(), Problem.of(problem.asString()));
    }
}
