package org.espalier.spark;

import java.io.Serializable;
import java.util.ArrayList;
import org.espalier.eval.DatasetItem;

/**
 * A problem on its way to an executor.
 *
 * @param level a number or a text; null if there is none
 * @param kind null if there is none
 * @param steps of a reference solution; null if they are not known
 */
record Posed(String id, String problem, String answer, Serializable level, String kind, ArrayList<String> steps)
        implements Serializable {
    static Posed of(DatasetItem item) {
        Object level = item.level();
        return new Posed(
                item.id(),
                item.problem(),
                item.answer(),
                level == null || level instanceof Serializable ? (Serializable) level : level.toString(),
                item.kind(),
                item.steps() == null ? null : new ArrayList<>(item.steps()));
    }

    DatasetItem item() {
        return new DatasetItem(id, problem, answer, level, kind, steps);
    }
}
