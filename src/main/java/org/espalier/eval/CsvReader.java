package org.espalier.eval;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.model.UsageException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.MappingIterator;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;
import tools.jackson.dataformat.csv.CsvSchema;

/**
 * Comma-separated values (RFC 4180) under a line of column names; every value is a text. Blank lines are skipped. After a
 * broken row nobody knows where the next one begins, so it breaks the file.
 */
final class CsvReader implements DatasetReader {
    private static final CsvMapper MAPPER = CsvMapper.builder()
            .enable(CsvReadFeature.SKIP_EMPTY_LINES)
            .enable(CsvReadFeature.TRIM_SPACES)
            .build();

    private final String name;
    private final Source source;

    /** @param name of the file, for messages */
    CsvReader(String name, Source source) {
        this.name = name;
        this.source = source;
    }

    @Override
    public Rows read() throws IOException {
        List<Row> rows = new ArrayList<>();
        try (InputStream stream = source.open();
                MappingIterator<Map<String, String>> values = MAPPER.readerForMapOf(String.class)
                        .with(CsvSchema.emptySchema().withHeader())
                        .readValues(Utf8Text.reader(stream))) {
            while (values.hasNextValue()) {
                int line = values.currentLocation().getLineNr();
                rows.add(new Row(line, MAPPER.valueToTree(values.nextValue())));
            }
        } catch (CharacterCodingException e) {
            throw DatasetReader.notUtf8(name, e);
        } catch (JacksonException e) {
            if (e.getCause() instanceof CharacterCodingException coding) {
                throw DatasetReader.notUtf8(name, coding);
            }
            throw new UsageException("cannot read the problems from " + name + ": " + e.getOriginalMessage() + ", line "
                    + (e.getLocation() == null ? "unknown" : e.getLocation().getLineNr()));
        }
        return new Rows(rows, List.of());
    }
}
