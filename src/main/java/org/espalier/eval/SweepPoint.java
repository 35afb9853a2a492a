package org.espalier.eval;

import java.util.List;
import org.espalier.search.SearchMethod;
import tools.jackson.databind.JsonNode;

/**
 * One method with one n over all problems: what a sweep runs and records as a whole.
 *
 * @param n completions; 1 for greedy
 */
public record SweepPoint(SearchMethod method, int n) {
    /** What a line of {@code cells.jsonl} is about. */
    static SweepPoint read(JsonNode line) {
        return new SweepPoint(
                SearchMethod.parse(line.path("method").asString("")),
                line.path("n").asInt());
    }

    /** Those of a run's seeds that it is run with: nothing is drawn in a greedy search. */
    public <T> List<T> seeds(List<T> all) {
        return method == SearchMethod.GREEDY ? all.subList(0, 1) : all;
    }

    /** Such as "best-of-n 64". */
    @Override
    public String toString() {
        return method.cliName() + " " + n;
    }
}
