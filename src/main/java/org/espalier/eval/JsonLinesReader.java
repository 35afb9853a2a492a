package org.espalier.eval;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import org.espalier.model.UsageException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON object a line; blank lines are skipped. Or one JSON array of objects, over as many lines as it likes: its rows are
 * numbered as they come.
 */
final class JsonLinesReader implements DatasetReader {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final String name;
    private final Source source;

    /** @param name of the file, for messages */
    JsonLinesReader(String name, Source source) {
        this.name = name;
        this.source = source;
    }

    @Override
    public Rows read() throws IOException {
        return rows(name, lines(name, source));
    }

    /** All lines of a file, blank ones too. */
    static List<String> lines(String name, Source source) throws IOException {
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(Utf8Text.reader(source.open()))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (CharacterCodingException e) {
            throw DatasetReader.notUtf8(name, e);
        }
        return lines;
    }

    /** The rows that lines hold. */
    static Rows rows(String name, List<String> lines) {
        return isArray(lines) ? array(name, String.join("\n", lines)) : objects(lines);
    }

    /** Whether the first line begins an array, and is not one among others. */
    private static boolean isArray(List<String> lines) {
        List<String> two =
                lines.stream().filter(line -> !line.isBlank()).limit(2).toList();
        return !two.isEmpty()
                && two.get(0).stripLeading().startsWith("[")
                && (two.size() == 1 || parse(two.get(0)).isMissingNode());
    }

    private static Rows array(String name, String text) {
        List<Row> rows = new ArrayList<>();
        List<Integer> broken = new ArrayList<>();
        JsonNode array;
        try {
            array = MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new UsageException(
                    "cannot read the problems from %s: it begins as a JSON array but does not continue as one, line %s"
                            .formatted(
                                    name,
                                    e.getLocation() == null
                                            ? "unknown"
                                            : e.getLocation().getLineNr()));
        }
        for (int i = 0; i < array.size(); i++) {
            JsonNode columns = array.get(i);
            if (columns.isObject()) {
                rows.add(new Row(i + 1, columns));
            } else {
                broken.add(i + 1);
            }
        }
        return new Rows(rows, broken);
    }

    private static Rows objects(List<String> lines) {
        List<Row> rows = new ArrayList<>();
        List<Integer> broken = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            JsonNode columns = parse(lines.get(i));
            if (columns.isObject()) {
                rows.add(new Row(i + 1, columns));
            } else {
                broken.add(i + 1);
            }
        }
        return new Rows(rows, broken);
    }

    private static JsonNode parse(String line) {
        try {
            return MAPPER.readTree(line);
        } catch (JacksonException e) {
            return MAPPER.missingNode();
        }
    }
}
