package org.espalier.cli;

import java.util.List;
import org.espalier.choice.ChoiceTask;
import org.espalier.model.Problem;
import picocli.CommandLine.Option;

/** Options for questions with options to choose from. */
final class ChoiceOptions {
    @Option(
            names = "--option",
            paramLabel = "TEXT",
            description = "An option of --domain choice; once for each of them.")
    private List<String> options = List.of();

    boolean isGiven() {
        return !options.isEmpty();
    }

    /** @throws org.espalier.model.UsageException if there are no options, or they cannot be told apart */
    ChoiceTask task(Problem problem) {
        return options.isEmpty() ? ChoiceTask.in(problem) : new ChoiceTask(problem.id(), problem.text(), options);
    }
}
