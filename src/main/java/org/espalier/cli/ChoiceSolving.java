package org.espalier.cli;

import java.util.List;
import org.espalier.choice.Choice;
import org.espalier.choice.ChoiceMethod;
import org.espalier.choice.ChoiceSolver;
import org.espalier.choice.ChoiceTask;
import org.espalier.model.Budget;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.UsageException;
import org.espalier.prompt.PromptOptions;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.Workload;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;

/** Chooses among the options of a question. */
final class ChoiceSolving {
    /** What a policy is told whose letters or words are only scored. */
    private static final String AT_ONCE = "Answer the question.";

    /** Of an option with its letter, as a rule. */
    private static final int OPTION_TOKENS = 128;

    private final ChoiceMethod way;

    /** @throws UsageException if the search is none that independent replies come from */
    ChoiceSolving(ChoiceMethod way, SearchMethod method) {
        if (way == ChoiceMethod.VOTE && method != SearchMethod.AUTO && method != SearchMethod.MAJORITY) {
            throw new UsageException(
                    "--method %s does not choose among options: choose majority (replies vote), or leave it out"
                            .formatted(method.cliName()));
        }
        this.way = way;
    }

    /** The policy that knows of what is asked, where the user names none: the bundled ones know nothing but arithmetic. */
    static RuntimeOptions models(RuntimeOptions asked) {
        return asked.policy() == null ? asked.withPolicy(DomainOptions.USUAL_POLICY) : asked;
    }

    /** What the way tells the policy, where the user tells it nothing. */
    static PromptOptions prompt(ChoiceMethod way, RuntimeOptions models) {
        return PromptOptions.instructed(
                models.system() != null ? null : way == ChoiceMethod.VOTE ? ChoiceTask.INSTRUCTION : AT_ONCE);
    }

    static ChoiceSolver solver(LocalRuntime runtime, ChoiceMethod way, RuntimeOptions models) {
        PromptOptions prompt = prompt(way, models);
        return new ChoiceSolver(runtime.solver(prompt), runtime.continuations(prompt)::of);
    }

    /** What is to be computed at the same time for each question. */
    static int branches(ChoiceMethod way, int options, int n) {
        return way == ChoiceMethod.LETTERS ? options * options : way == ChoiceMethod.TEXT ? options : n;
    }

    /** Tokens behind each prompt: of a reply, or of an option. */
    static int maxTokens(ChoiceMethod way, SearchConfig config) {
        return way == ChoiceMethod.VOTE ? config.maxTokens() : Math.min(config.maxTokens(), OPTION_TOKENS);
    }

    /** Chooses and prints; returns the exit code. */
    int solve(ChoiceTask task, SearchConfig config, RuntimeOptions asked, Budget budget, boolean json) {
        RuntimeOptions models = models(asked);
        Workload work = Workload.of(
                SearchMethod.MAJORITY,
                branches(way, task.options().size(), config.n()),
                maxTokens(way, config),
                List.of(task.asGiven()));
        try (FetchProgress fetches = new FetchProgress();
                LocalRuntime runtime = new LocalRuntime(models, work, fetches)) {
            Meter meter = runtime.meter(budget);
            Interruption.callOnInterrupt(() -> {
                meter.cancel();
                runtime.interrupt();
            });
            Choice choice = Futures.await(solver(runtime, way, models).start(task, way, config, meter), meter::cancel);
            ChoiceDocument document = ChoiceDocument.of(choice, meter);
            if (json) {
                System.out.println(PrettyJson.of(document));
            } else {
                new ChoiceReport(Terminal.output()).print(document);
            }
            return document.letter() == null ? ExitCode.NO_ANSWER : ExitCode.ANSWERED;
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }
}
