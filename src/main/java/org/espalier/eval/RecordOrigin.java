package org.espalier.eval;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Tells a run's own records from those that got among them in another way, such as by an editor.
 *
 * @param dataset by name; empty if the run does not say
 * @param seeds as texts; null if the run does not say
 * @param problems texts by id; null where the data set is not at hand
 */
record RecordOrigin(
        String dataset,
        @Nullable Set<String> seeds,
        @Nullable Map<String, String> problems) {
    /** @param seed one or a list; null if it is not known */
    static RecordOrigin of(Dataset dataset, @Nullable Object seed) {
        Collection<?> all = seed instanceof Collection<?> several ? several : seed == null ? List.of() : List.of(seed);
        return new RecordOrigin(
                dataset.name(),
                all.isEmpty() ? null : all.stream().map(String::valueOf).collect(Collectors.toSet()),
                dataset.items().stream().collect(Collectors.toMap(DatasetItem::id, DatasetItem::problem)));
    }

    /** As far as a run's configuration says. */
    static RecordOrigin of(JsonNode configuration) {
        Function<String, @Nullable String> text =
                name -> configuration.path(name).isValueNode()
                        ? configuration.path(name).asString("")
                        : null;
        String dataset = text.apply("dataset");
        Set<String> seeds = seeds(configuration);
        return new RecordOrigin(dataset == null ? "" : dataset, seeds.isEmpty() ? null : seeds, null);
    }

    /** The seeds of a run, as far as its configuration says. */
    static Set<String> seeds(JsonNode configuration) {
        JsonNode seed = configuration.path("seed");
        Set<String> seeds = new LinkedHashSet<>();
        if (seed.isArray()) {
            seed.forEach(one -> seeds.add(one.asString("")));
        } else if (seed.isValueNode() && !seed.isNull()) {
            seeds.add(seed.asString(""));
        }
        return seeds;
    }

    boolean isOf(EvalRecord record) {
        boolean ofDataset = dataset.isEmpty() || dataset.equals(record.dataset());
        boolean ofSeed = seeds == null || seeds.contains(Long.toString(record.seed()));
        return ofDataset && ofSeed && isProblem(record);
    }

    private boolean isProblem(EvalRecord record) {
        if (problems == null) {
            return true;
        }
        String text = problems.get(record.id());
        return text != null && (record.problem() == null || record.problem().equals(text));
    }
}
