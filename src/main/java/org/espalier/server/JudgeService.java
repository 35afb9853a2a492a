package org.espalier.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.espalier.model.Budget;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Problem;
import org.espalier.search.ScoreAggregation;
import org.espalier.search.SolutionJudging;
import org.espalier.server.ActiveSearches.Active;
import org.espalier.server.AdmissionQueue.Ticket;
import org.espalier.server.Backend.Judge;
import org.espalier.server.ModelPool.Use;

/** Has PRMs read solutions that are there already. */
final class JudgeService {
    private final ModelPool models;
    private final Turns turns;
    private final ActiveSearches active;
    private final Metrics metrics;

    JudgeService(ModelPool models, Turns turns, ActiveSearches active, Metrics metrics) {
        this.models = models;
        this.turns = turns;
        this.active = active;
        this.metrics = metrics;
    }

    /**
     * Scores of solutions.
     *
     * @param steps each solution's; {@link Double#NaN} from where it is too long for the PRM
     * @param usual how a search puts the scores of a path's steps together, unless it is told
     * @param tokens that the PRM has read, each once
     */
    record Judged(List<List<Double>> steps, ScoreAggregation usual, long tokens) {}

    /**
     * Waits for its turn, and has the PRM read the solutions, side by side.
     *
     * @param address of the client, as {@link AdmissionQueue} has it
     * @param model by its name here
     * @param delimiter between steps
     * @throws ApiException if nothing here judges, the queue is full, the budget is too small, or the server is stopping
     */
    Judged judge(
            String address,
            String model,
            Problem problem,
            List<List<String>> solutions,
            Budget budget,
            String delimiter)
            throws IOException {
        models.requirePossible(model);
        models.held(model).ifPresent(held -> {
            try (Use use = held) {
                judgeOf(use.backend());
            }
        });
        String id = AnswerIds.next("judging-");
        Active entry = active.add(id);
        try (Ticket ticket = turns.enter(address, "", model, solutions.size());
                Use use = turns.await(ticket, model, () -> {})) {
            Meter meter = new Meter(budget);
            entry.begin(meter);
            return judge(judgeOf(use.backend()), problem, solutions, delimiter, meter);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.stopping();
        } catch (CancellationException e) {
            throw active.isStopping()
                    ? ApiException.stopping()
                    : ApiException.failed(
                            "what a request may spend was spent before all was scored: send less at a time");
        } finally {
            active.remove(id);
        }
    }

    private Judged judge(Judge judge, Problem problem, List<List<String>> solutions, String delimiter, Meter meter) {
        SolutionJudging judging = new SolutionJudging(judge.prm(), delimiter);
        // Asked for in one task, so that they share batches.
        List<CompletableFuture<List<Double>>> asked = CompletableFuture.supplyAsync(
                        () -> solutions.stream()
                                .map(steps -> judging.judge(problem, steps, steps.size(), meter))
                                .toList(),
                        judge.thread())
                .join();
        List<List<Double>> scores = new ArrayList<>();
        for (CompletableFuture<List<Double>> one : asked) {
            scores.add(Futures.join(one));
        }
        metrics.searched(meter);
        return new Judged(scores, ScoreAggregation.usual(judge.prm().scope()), meter.get(Count.PRM_TOKENS_UNIQUE));
    }

    private static Judge judgeOf(Backend backend) {
        return backend.judge()
                .orElseThrow(() -> ApiException.refused(
                        400,
                        "no_judge",
                        "nothing here judges steps that are there already: its operator must serve with a PRM"));
    }
}
