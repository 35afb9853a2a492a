package org.espalier.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.espalier.model.EspalierException;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.wire.DocumentException;
import org.espalier.wire.SearchSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What records are of, and of what each problem has one. */
enum RecordKind {
    /** Of {@code eval}: a record for each point of the sweep and each seed. */
    ANSWERS,
    /** Of {@code eval} with problems whose answers are programs: a record. */
    PROGRAMS,
    /** Of {@code rollouts}: a record for each sample. */
    ROLLOUTS,
    /** Of {@code calibrate}: a record. */
    JUDGEMENTS;

    private static final String ALONE = "its records";

    /**
     * The names of what each problem has a record of.
     *
     * @param configuration of the run
     */
    List<String> groups(JsonNode configuration) {
        return switch (this) {
            case ANSWERS -> points(configuration);
            case ROLLOUTS ->
                IntStream.range(0, configuration.path("n").path(0).asInt(0))
                        .mapToObj(RecordKind::sample)
                        .toList();
            case PROGRAMS, JUDGEMENTS -> List.of(ALONE);
        };
    }

    /** The name of what a record is of. */
    String group(JsonNode record) {
        return switch (this) {
            case ANSWERS -> point(SweepPoint.read(record), record.path("seed").asString(""));
            case ROLLOUTS -> sample(record.path("sample").asInt(-1));
            case PROGRAMS, JUDGEMENTS -> ALONE;
        };
    }

    /** The problem that a record is of. */
    String id(JsonNode record) {
        return record.path(this == JUDGEMENTS ? "solution" : "id").asString("");
    }

    private static String sample(int number) {
        return "sample " + number;
    }

    private static String point(SweepPoint point, String seed) {
        return point + ", seed " + seed;
    }

    private static List<String> points(JsonNode configuration) {
        List<SearchMethod> methods = StreamSupport.stream(
                        configuration.path("method").spliterator(), false)
                .map(name -> SearchMethod.parse(name.asString("")))
                .toList();
        List<Integer> sizes = StreamSupport.stream(configuration.path("n").spliterator(), false)
                .map(JsonNode::asInt)
                .toList();
        List<String> seeds = List.copyOf(RecordOrigin.seeds(configuration));
        List<String> points = new ArrayList<>();
        for (SweepPoint point :
                Sweep.of(methods, sizes, config(configuration)).points().keySet()) {
            point.seeds(seeds).forEach(seed -> points.add(point(point, seed)));
        }
        return points;
    }

    private static SearchConfig config(JsonNode configuration) {
        ObjectNode given = ((ObjectNode) configuration).deepCopy();
        given.remove(List.of("method", "n", "seed"));
        try {
            return new SearchSettings(SearchMethod.AUTO, SearchConfig.DEFAULT)
                    .with(given)
                    .config();
        } catch (DocumentException e) {
            throw new EspalierException("the run's configuration cannot be read: its " + e.getMessage(), e);
        }
    }
}
