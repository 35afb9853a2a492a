package org.espalier.cli;

import java.util.List;
import java.util.stream.Stream;
import org.espalier.catalog.Catalog;
import org.espalier.catalog.CatalogEntry;
import org.espalier.catalog.ModelStore;
import org.espalier.domain.Domain;
import org.espalier.model.Nearest;
import org.espalier.model.UsageException;
import org.espalier.model.Verifier;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.Task;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say what kind of problem it is, and who judges beside the models. */
final class DomainOptions extends VerifierOptions {
    /** The policy for what the user puts in words unless the user names one: the bundled ones know nothing but arithmetic. */
    static final String USUAL_POLICY = "smollm2-135m-instruct";

    /** Of a run's records. */
    static final String CHECKER = "checker";

    private static final String CODE = "code";
    private static final String CHOICE = "choice";
    private static final String TEXT = "text";
    /** What is drawn and judged in ways of their own. */
    private static final List<String> OWN = List.of(CODE, CHOICE, TEXT);

    @Option(
            names = "--domain",
            paramLabel = "WHAT",
            description =
                    "math, code, choice (an option of several), text (a judge gives marks), countdown, sudoku or knights.")
    private @Nullable String domain;

    @Advanced
    @Option(
            names = "--no-checker",
            description =
                    "Leaves out the exact checker that a domain has, so that models alone judge: to measure them.")
    private boolean noChecker;

    /**
     * Whether a program is asked for, which is drawn and judged in a way of its own.
     *
     * @throws UsageException if there is no such domain
     */
    boolean isCode() {
        return isOwn(CODE);
    }

    /**
     * Whether one option of several is.
     *
     * @throws UsageException if there is no such domain
     */
    boolean isChoice() {
        return isOwn(CHOICE);
    }

    /**
     * Whether a reply is that nothing checks.
     *
     * @throws UsageException if there is no such domain
     */
    boolean isText() {
        return isOwn(TEXT);
    }

    /** Whether the user says. */
    boolean isNamed() {
        return domain != null;
    }

    private boolean isOwn(String name) {
        String named = domain;
        if (named != null && !OWN.contains(named) && Domain.named(named).isEmpty()) {
            List<String> names = Stream.concat(Domain.all().stream().map(Domain::name), OWN.stream())
                    .toList();
            throw new UsageException("--domain %s is unknown: choose %s%s"
                    .formatted(named, String.join(", ", names), Nearest.question(named, names)));
        }
        return name.equals(named);
    }

    /**
     * The domain of problems that are no programs.
     *
     * @param usual unless the user says
     */
    Domain domain(Domain usual) {
        return domain == null ? usual : Domain.named(domain).orElse(usual);
    }

    /**
     * The models as a task is put to them. Unless the user names a policy, that is a bundled one that was made for the domain,
     * else one that can follow the domain's instruction.
     */
    static RuntimeOptions models(RuntimeOptions asked, Task task) {
        ModelStore store = ModelStore.open();
        boolean free = asked.policy() == null && task.domain().instruction() != null;
        return task.fitted(free ? asked.withPolicy(policy(task.domain(), store.catalog())) : asked, store);
    }

    private static String policy(Domain domain, Catalog catalog) {
        return catalog.policyFor(domain.name()).map(CatalogEntry::name).orElse(USUAL_POLICY);
    }

    /** The problems of a domain, and who judges them beside the models. */
    Task task(Domain of, @Nullable Verifier own) {
        return Task.of(of, !noChecker, own);
    }

    @Override
    void describe(RunRecord record) {
        super.describe(record);
        record.put(CHECKER, noChecker ? false : null);
    }
}
