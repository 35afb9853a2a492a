package org.espalier.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.espalier.cli.SolutionJson.CompletionJson;
import org.espalier.cli.SolutionJson.ModelJson;
import org.espalier.model.EspalierException;
import org.espalier.model.Limit;
import org.espalier.model.Problem;
import org.espalier.search.SearchMethod;
import org.espalier.search.Usage;
import org.espalier.search.Vote;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a server reports of a search, read as the solution that it would have been here. */
final class RemoteReport {
    private RemoteReport() {}

    /**
     * Reads a report.
     *
     * @param report null if none came
     * @param texts of the completions, the best first
     * @throws EspalierException if it is none
     */
    static SolutionJson solution(Problem problem, @Nullable JsonNode report, List<String> texts) {
        if (report == null) {
            throw new EspalierException("the server ended its answer without a report: it is not an 'espalier serve'");
        }
        ReplyReader reply = ReplyReader.of(report);
        String answer = reply.textOrNull("answer");
        List<ReplyReader> choices = reply.objects("choices");
        if (choices.size() != texts.size() || (answer != null && texts.isEmpty())) {
            throw new EspalierException("the server's answer cannot be read: it reports %d completions and sent %d"
                    .formatted(choices.size(), texts.size()));
        }
        return new SolutionJson(
                problem.text(),
                answer,
                answer == null ? null : texts.get(0),
                one(reply, "method", Stream.of(SearchMethod.values()).map(SearchMethod::cliName)),
                reply.count("n"),
                reply.count("beamWidth"),
                reply.text("aggregation"),
                reply.text("selection"),
                reply.text("semantics"),
                reply.whole("seed"),
                completions(choices, texts),
                reply.objects("votes").stream().map(RemoteReport::vote).toList(),
                reply.number("agreement"),
                one(
                        reply,
                        "stoppedBy",
                        Stream.concat(
                                Stream.of(SolutionJson.COMPLETED),
                                Stream.of(Limit.values())
                                        .map(limit -> limit.name().toLowerCase(Locale.ROOT)))),
                reply.flag("settled"),
                usage(reply.object("usage")),
                reply.objects("models").stream()
                        .map(model -> new ModelJson(model.text("role"), model.text("name"), model.textOrNull("sha256")))
                        .toList(),
                null);
    }

    private static String one(ReplyReader reply, String field, Stream<String> known) {
        String value = reply.text(field);
        if (known.noneMatch(value::equals)) {
            throw new EspalierException(
                    "the server's answer cannot be read: this version does not know its %s".formatted(field));
        }
        return value;
    }

    private static Vote vote(ReplyReader vote) {
        return new Vote(vote.text("answer"), vote.text("key"), vote.count("count"), vote.number("weight"));
    }

    private static Usage usage(ReplyReader usage) {
        return new Usage(
                usage.amount("promptTokens"),
                usage.amount("policyTokens"),
                usage.amount("committedTokens"),
                usage.amount("discardedTokens"),
                usage.amount("duplicatedTokens"),
                usage.amount("sharedTokens"),
                usage.amount("prmTokens"),
                usage.amount("prmTokensUnique"),
                usage.amount("policyTokensDecoded"),
                usage.amount("decodeSteps"),
                usage.amount("preemptions"),
                usage.amount("wallMillis"),
                usage.number("tokensPerSecond"));
    }

    /** The server lists the best first; here they are in the order of the search, as they are without a server. */
    private static List<CompletionJson> completions(List<ReplyReader> choices, List<String> texts) {
        record Placed(int place, CompletionJson completion) {}
        List<Placed> placed = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            ReplyReader choice = choices.get(i);
            // A search that was stopped before it had any completion has one empty choice.
            if (choice.has("place")) {
                placed.add(new Placed(
                        choice.count("place"),
                        new CompletionJson(
                                texts.get(i),
                                choice.textOrNull("answer"),
                                choice.flag("answerStated"),
                                choice.numbers("stepScores"),
                                choice.numberOrNull("score"),
                                choice.flag("finished"),
                                choice.count("tokens"),
                                choice.number("logProb"))));
            }
        }
        return placed.stream()
                .sorted(Comparator.comparingInt(Placed::place))
                .map(Placed::completion)
                .toList();
    }
}
