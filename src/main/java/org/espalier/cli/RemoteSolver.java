package org.espalier.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.espalier.cli.SolutionJson.CompletionJson;
import org.espalier.cli.SolutionJson.ModelJson;
import org.espalier.model.Budget;
import org.espalier.model.Problem;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;
import org.espalier.search.Usage;
import org.espalier.search.Vote;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Solves on a server that runs already, and tells the same as if it had been done here. */
final class RemoteSolver {
    /** @param prmBlind whether the PRM told no candidates apart */
    record Found(SolutionJson solution, boolean prmBlind) {}

    private final ServerClient server;
    private volatile @Nullable String id;

    RemoteSolver(ServerClient server) {
        this.server = server;
    }

    /**
     * Solves, and waits for it.
     *
     * @param system the policy's instruction; null for its own
     * @throws org.espalier.model.EspalierException if the server cannot be reached, refuses or fails
     */
    Found solve(Problem problem, SearchMethod method, SearchConfig config, Budget budget, @Nullable String system) {
        Map<Integer, StringBuilder> texts = new TreeMap<>();
        JsonNode[] report = new JsonNode[1];
        server.stream("/v1/chat/completions", request(problem, method, config, budget, system), chunk -> {
            id = chunk.path("id").asString(id);
            for (JsonNode choice : chunk.path("choices")) {
                texts.computeIfAbsent(choice.path("index").asInt(), index -> new StringBuilder())
                        .append(choice.at("/delta/content").asString(""));
            }
            if (chunk.has("espalier")) {
                report[0] = chunk.get("espalier");
            }
        });
        List<String> inOrder =
                texts.values().stream().map(StringBuilder::toString).toList();
        return new Found(
                solution(problem, report[0], inOrder),
                report[0].path("prmBlind").asBoolean());
    }

    /** Asks the server to end the search with what it has; safe from any thread. */
    void stop() {
        String running = id;
        if (running != null) {
            server.post("/v1/search/stop", Map.of("id", running));
        }
    }

    private static ObjectNode request(
            Problem problem, SearchMethod method, SearchConfig config, Budget budget, @Nullable String system) {
        ObjectNode body = ServerClient.MAPPER.createObjectNode();
        body.put("model", "default").put("stream", true);
        if (system != null) {
            body.withArray("messages").addObject().put("role", "system").put("content", system);
        }
        body.withArray("messages").addObject().put("role", "user").put("content", problem.text());
        body.put("temperature", config.sampling().temperature())
                .put("top_p", config.sampling().topP())
                .put("max_tokens", config.maxTokens())
                .put("seed", config.seed());
        ObjectNode search = body.putObject("espalier")
                .put("method", method.cliName())
                .put("n", config.n())
                .put("choices", config.n())
                .put("beamWidth", config.beamWidth())
                .put("maxIterations", config.maxIterations())
                .put("lookahead", config.lookahead())
                .put("stepTokens", config.stepTokens())
                .put("shortest", config.shortest())
                .put("topK", config.sampling().topK())
                .put("minP", config.sampling().minP())
                .put("rejection", config.params().rejection())
                .put("exploration", config.params().exploration())
                .put("revisions", config.params().revisions())
                .put("cutLoops", config.params().cutLoops())
                .put("speculate", config.params().speculate())
                .put("events", false);
        Selection selection = config.selection();
        if (selection != null) {
            search.put("selection", selection.name().toLowerCase(Locale.ROOT));
        }
        putIfSet(search, "stopAt", config.stopAt());
        putIfSet(search, "scoreTemperature", config.params().scoreTemperature());
        putIfSet(search, "stopAtScore", config.params().stopAtScore());
        if (config.aggregation() != null) {
            search.put("aggregation", config.aggregation().name().toLowerCase(Locale.ROOT));
        }
        if (budget.tokens() != Long.MAX_VALUE) {
            search.put("budgetTokens", budget.tokens());
        }
        Duration deadline = budget.deadline();
        if (deadline != null) {
            search.put("deadline", deadline.toNanos() / 1e9);
        }
        return body;
    }

    private static void putIfSet(ObjectNode object, String field, @Nullable Double value) {
        if (value != null) {
            object.put(field, value);
        }
    }

    private static SolutionJson solution(Problem problem, JsonNode report, List<String> texts) {
        String answer = text(report, "answer");
        return new SolutionJson(
                problem.text(),
                answer,
                answer == null ? null : texts.get(0),
                report.path("method").asString(),
                report.path("n").asInt(),
                report.path("beamWidth").asInt(),
                report.path("aggregation").asString(),
                report.path("selection").asString(),
                report.path("semantics").asString(),
                report.path("seed").asLong(),
                completions(report.path("choices"), texts),
                list(report.path("votes"), Vote.class),
                report.path("agreement").asDouble(),
                report.path("stoppedBy").asString(),
                report.path("settled").asBoolean(),
                ServerClient.MAPPER.treeToValue(report.path("usage"), Usage.class),
                list(report.path("models"), ModelJson.class),
                null);
    }

    /** The server lists the best first; here they are in the order of the search, as they are without a server. */
    private static List<CompletionJson> completions(JsonNode choices, List<String> texts) {
        record Placed(int place, CompletionJson completion) {}
        List<Placed> placed = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            JsonNode choice = choices.get(i);
            if (choice.has("place")) {
                JsonNode score = choice.path("score");
                placed.add(new Placed(
                        choice.path("place").asInt(),
                        new CompletionJson(
                                texts.get(i),
                                text(choice, "answer"),
                                choice.path("answerStated").asBoolean(),
                                list(choice.path("stepScores"), Double.class),
                                score.isNumber() ? score.asDouble() : null,
                                choice.path("finished").asBoolean(),
                                choice.path("tokens").asInt(),
                                choice.path("logProb").asDouble())));
            }
        }
        return placed.stream()
                .sorted(Comparator.comparingInt(Placed::place))
                .map(Placed::completion)
                .toList();
    }

    private static @Nullable String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        return value.isString() ? value.asString() : null;
    }

    private static <T> List<T> list(JsonNode array, Class<T> type) {
        List<T> values = new ArrayList<>();
        array.forEach(value -> values.add(ServerClient.MAPPER.treeToValue(value, type)));
        return List.copyOf(values);
    }
}
