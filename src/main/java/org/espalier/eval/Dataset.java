package org.espalier.eval;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.espalier.domain.Domain;
import org.espalier.eval.DatasetReader.Row;
import org.espalier.eval.DatasetReader.Rows;
import org.espalier.model.Nearest;
import org.espalier.model.Parameter;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;
import org.espalier.model.Wording;

/**
 * Problems with their answers.
 *
 * @param name of a built-in data set; otherwise the file's, without its extension
 * @param items in the order of the file; no two have the same id or text
 * @param leftOut lines of the file that are no problems, by their numbers; empty unless they were to be left out
 */
public record Dataset(String name, List<DatasetItem> items, List<Integer> leftOut) {
    /** What to do with a line that cannot be read, or lacks the problem or the answer. */
    public enum BrokenLines {
        /** Nothing is read. */
        REFUSED,
        /** The others are read. */
        LEFT_OUT
    }

    /** Names and resources. */
    private static final Map<String, String> BUILT_IN = new TreeMap<>(Map.of(
            "arith", "arith.jsonl",
            "arith-shift", "arith-shift.jsonl",
            "countdown", "countdown.jsonl",
            "gsm8k", "gsm8k-test.jsonl",
            "math500", "math500.jsonl"));

    private static final String FOLDER = "/org/espalier/data/";

    /**
     * Reads a data set.
     *
     * @param nameOrFile a built-in one's name, or a file of JSON lines or one JSON array, of comma-separated values (.csv) or Parquet
     *     (.parquet)
     * @param parquetDriver finds the jar of DuckDB's driver, and is asked only for a Parquet file
     * @throws UsageException if there is no such thing, a column is missing, two problems are the same, or a line is broken
     *     and that is refused
     */
    public static Dataset load(
            String nameOrFile, DatasetColumns columns, BrokenLines brokenLines, Supplier<Path> parquetDriver) {
        return load(new DatasetSource(nameOrFile, parquetDriver), columns, brokenLines);
    }

    /**
     * Reads a data set that others may have looked at.
     *
     * @throws UsageException as the other method
     */
    public static Dataset load(DatasetSource source, DatasetColumns columns, BrokenLines brokenLines) {
        String nameOrFile = source.nameOrFile();
        String resource = BUILT_IN.get(nameOrFile);
        Path file = resource == null ? source.file() : null;
        Rows read;
        try {
            read = resource == null
                    ? source.rows()
                    : new JsonLinesReader(nameOrFile, () -> resource(FOLDER + resource)).read();
        } catch (NoSuchFileException e) {
            throw new UsageException("there is no data set or file " + nameOrFile
                    + ": give a file (JSON lines, .csv or .parquet) or one of " + String.join(", ", BUILT_IN.keySet())
                    + Nearest.question(nameOrFile, BUILT_IN.keySet()));
        } catch (IOException e) {
            throw new UsageException("cannot read the problems from " + nameOrFile + ": " + Reason.of(e));
        }
        String name = file == null ? nameOrFile : stem(file);
        List<Integer> broken = new ArrayList<>(read.broken());
        if (read.rows().isEmpty() && !broken.isEmpty()) {
            throw new UsageException("cannot read the problems from %s: none of its %d lines is a row of columns"
                    .formatted(nameOrFile, broken.size()));
        }
        List<Row> rows = new ArrayList<>();
        DatasetColumns found = columns.in(nameOrFile, read.rows());
        for (Row row : read.rows()) {
            if (found.has(row)) {
                rows.add(row);
            } else {
                broken.add(row.number());
            }
        }
        Collections.sort(broken);
        if (brokenLines == BrokenLines.REFUSED && !broken.isEmpty()) {
            throw broken(nameOrFile, found, broken, rows.size() + broken.size());
        }
        return new Dataset(name, found.items(name, rows), List.copyOf(broken)).withoutDuplicates(nameOrFile);
    }

    private static UsageException broken(String source, DatasetColumns columns, List<Integer> broken, int lines) {
        return new UsageException(Wording.of(
                "cannot read the problems from %s: %d of its %d lines %s no row with %s and %s, first line %d; %s leaves them out",
                source,
                broken.size(),
                lines,
                broken.size() == 1 ? "is" : "are",
                columns.question(),
                columns.answer(),
                broken.get(0),
                Parameter.of("skipBroken")));
    }

    private static InputStream resource(String path) throws IOException {
        InputStream stream = Dataset.class.getResourceAsStream(path);
        if (stream == null) {
            throw new FileNotFoundException(path);
        }
        return stream;
    }

    private static String stem(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    private Dataset withoutDuplicates(String source) {
        Map<String, Integer> ids = new HashMap<>();
        Map<String, Integer> texts = new HashMap<>();
        for (int i = 0; i < items.size(); i++) {
            Integer sameId = ids.putIfAbsent(items.get(i).id(), i);
            Integer same =
                    sameId == null ? texts.putIfAbsent(items.get(i).problem().strip(), i) : sameId;
            if (same != null) {
                throw new UsageException("problems %d and %d of %s have the same %s: remove one of them"
                        .formatted(same + 1, i + 1, source, sameId == null ? "text" : "id"));
            }
        }
        return this;
    }

    /**
     * The first problems.
     *
     * @throws UsageException if the limit is not positive
     */
    public Dataset limitedTo(int limit) {
        if (limit < 1) {
            throw new UsageException(List.of(Violation.of("limit", "%s must be 1 or more, not %d", limit)));
        }
        return new Dataset(name, List.copyOf(items.subList(0, Math.min(limit, items.size()))), leftOut);
    }

    /** The problems of a shard. */
    public Dataset of(Shard shard) {
        return new Dataset(name, shard.of(items), leftOut);
    }

    /**
     * The same problems as those of a domain.
     *
     * @throws UsageException if one of them is none
     */
    public Dataset in(Domain domain) {
        for (DatasetItem item : items) {
            try {
                domain.require(item.toProblem());
            } catch (UsageException e) {
                throw new UsageException(Wording.of("problem %s of %s: %s", item.id(), name, e.wording()));
            }
        }
        return new Dataset(name, items.stream().map(item -> item.in(domain)).toList(), leftOut);
    }

    /**
     * The domain that its rows name; mathematics where they name none.
     *
     * @throws UsageException if they name several
     */
    public Domain domain() {
        List<Domain> domains =
                items.stream().map(DatasetItem::domain).distinct().toList();
        if (domains.size() > 1) {
            throw new UsageException("%s has problems of several domains (%s): make a file of each"
                    .formatted(
                            name,
                            String.join(", ", domains.stream().map(Domain::name).toList())));
        }
        return domains.isEmpty() ? Domain.MATH : domains.get(0);
    }

    /** A digest of all that a run depends on: ids, problems, answers and steps. SHA-256 in lower-case hexadecimal. */
    public String sha256() {
        StringBuilder all = new StringBuilder();
        for (DatasetItem item : items) {
            List<Object> parts = new ArrayList<>(List.of(item.id(), item.problem(), item.answer()));
            parts.addAll(item.steps() == null ? List.of() : item.steps());
            all.append(parts).append('\n');
        }
        return Digests.sha256(all.toString());
    }
}
