package org.espalier.eval;

import org.espalier.choice.ChoiceTask;

/**
 * A question with options whose right one is known.
 *
 * @param answer the number of the right option, from 0
 */
public record ChoiceItem(ChoiceTask task, int answer) implements ProblemStream.Item {
    @Override
    public String id() {
        return task.id();
    }
}
