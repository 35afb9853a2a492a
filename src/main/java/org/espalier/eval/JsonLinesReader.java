package org.espalier.eval;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON object a line; blank lines are skipped. */
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
        List<Row> rows = new ArrayList<>();
        List<Integer> broken = new ArrayList<>();
        // Unlike a reader made from a charset, one made from its decoder does not replace what it cannot decode.
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(source.open(), StandardCharsets.UTF_8.newDecoder()))) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                JsonNode columns = parse(line);
                if (columns.isObject()) {
                    rows.add(new Row(number, columns));
                } else {
                    broken.add(number);
                }
            }
        } catch (CharacterCodingException e) {
            throw DatasetReader.notUtf8(name);
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
