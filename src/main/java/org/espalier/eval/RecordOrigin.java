package org.espalier.eval;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Tells a run's own records from those that got among them in another way, such as by an editor.
 *
 * @param dataset by name; empty if the run does not say
 * @param seed as text; null if the run does not say
 * @param problems texts by id; null where the data set is not at hand
 */
record RecordOrigin(
        String dataset, @Nullable String seed, @Nullable Map<String, String> problems) {
    /** @param seed null if it is not known */
    static RecordOrigin of(Dataset dataset, @Nullable Object seed) {
        return new RecordOrigin(
                dataset.name(),
                seed == null ? null : seed.toString(),
                dataset.items().stream().collect(Collectors.toMap(DatasetItem::id, DatasetItem::problem)));
    }

    /** As far as a run's configuration says. */
    static RecordOrigin of(JsonNode configuration) {
        Function<String, @Nullable String> text =
                name -> configuration.path(name).isValueNode()
                        ? configuration.path(name).asString("")
                        : null;
        String dataset = text.apply("dataset");
        return new RecordOrigin(dataset == null ? "" : dataset, text.apply("seed"), null);
    }

    boolean isOf(EvalRecord record) {
        boolean ofDataset = dataset.isEmpty() || dataset.equals(record.dataset());
        boolean ofSeed = seed == null || seed.equals(Long.toString(record.seed()));
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
