package org.espalier.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.code.CodeDocument;
import org.espalier.model.Budget;
import org.espalier.model.ChatMessage;
import org.espalier.model.ChatMessage.ToolCall;
import org.espalier.model.EspalierException;
import org.espalier.model.Problem;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.wire.SearchReport;
import org.espalier.wire.SearchSettings;
import org.espalier.wire.SolutionDocument;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Solves on a server that runs already, and tells the same as if it had been done here. */
final class RemoteSolver {
    /** @param prmBlind whether the PRM told no candidates apart */
    record Found(SolutionDocument solution, boolean prmBlind) {}

    /**
     * What a server tells of a search.
     *
     * @param texts of its completions, the best first
     */
    record Told(SearchReport report, List<String> texts) {}

    private final ServerClient server;
    private final String model;
    private volatile @Nullable String id;

    /** @param model as the server calls it */
    RemoteSolver(ServerClient server, String model) {
        this.server = server;
        this.model = model;
    }

    /**
     * Solves, and waits for it.
     *
     * @param system the policy's instruction; null for its own
     * @param begun is called once {@link #stop} can end the search
     * @throws EspalierException if the server cannot be reached, refuses or fails, or what it sends is no answer
     */
    Found solve(
            Problem problem,
            SearchMethod method,
            SearchConfig config,
            Budget budget,
            @Nullable String system,
            Runnable begun) {
        Told told = ask(request(model, problem, method, config, budget, system), budget, begun);
        return new Found(
                RemoteReport.solution(problem, told.report(), told.texts()),
                told.report().prmBlind());
    }

    /**
     * Asks for a search, and waits for it.
     *
     * @param body of the request
     * @param begun is called once {@link #stop} can end the search
     * @throws EspalierException as {@link #solve} does
     */
    Told ask(ObjectNode body, Budget budget, Runnable begun) {
        int choices = body.path("espalier").path("choices").asInt(1);
        Pieces pieces = new Pieces(Math.max(1, choices), begun);
        server.stream("/v1/chat/completions", body, budget.deadline(), pieces::add);
        return new Told(RemoteReport.read(pieces.report), pieces.texts());
    }

    /**
     * Has a program written, run and chosen.
     *
     * @param wish fields of the request's {@code espalier} object that say what program
     * @param system the policy's instruction; null for the usual one
     * @param begun is called once {@link #stop} can end the search
     * @throws EspalierException as {@link #solve} does
     */
    CodeDocument program(
            Problem problem,
            SearchMethod method,
            SearchConfig config,
            Budget budget,
            ObjectNode wish,
            @Nullable String system,
            Runnable begun) {
        Pieces pieces = new Pieces(1, begun);
        ObjectNode body = request(model, problem, method, config, budget, system);
        body.withObject("espalier").put("choices", 1).setAll(wish);
        server.stream("/v1/chat/completions", body, budget.deadline(), pieces::add);
        return RemoteReport.program(pieces.report);
    }

    /** What has arrived of an answer. */
    private final class Pieces {
        private final List<StringBuilder> texts = new ArrayList<>();
        private final int most;
        private final Runnable begun;
        private long characters;
        private @Nullable JsonNode report;

        Pieces(int most, Runnable begun) {
            this.most = most;
            this.begun = begun;
        }

        void add(JsonNode chunk) {
            if (id == null && chunk.path("id").isString()) {
                id = chunk.path("id").asString();
                begun.run();
            }
            for (JsonNode choice : chunk.path("choices")) {
                add(choice.path("index"), choice.at("/delta/content"));
            }
            if (chunk.has("espalier")) {
                if (report != null) {
                    throw new EspalierException("the server's answer cannot be read: it has two reports");
                }
                report = chunk.get("espalier");
            }
        }

        /** The server sends one choice after the other. */
        private void add(JsonNode index, JsonNode content) {
            if (!index.isInt() || index.asInt() < 0 || index.asInt() > texts.size() || index.asInt() >= most) {
                throw new EspalierException(
                        "the server's answer cannot be read: it has a choice that is not the next one of %d"
                                .formatted(most));
            }
            if (index.asInt() == texts.size()) {
                texts.add(new StringBuilder());
            }
            if (content.isString()) {
                characters += content.asString().length();
                if (characters > server.limits().textCharacters()) {
                    throw new EspalierException("the server's answer is longer than %d characters: gave up reading it"
                            .formatted(server.limits().textCharacters()));
                }
                texts.get(index.asInt()).append(content.asString());
            }
        }

        List<String> texts() {
            return texts.stream().map(StringBuilder::toString).toList();
        }
    }

    /** Asks the server to end the search with what it has, and does not wait for ever; safe from any thread. */
    void stop() {
        String running = id;
        if (running != null) {
            server.endSoon("/v1/search/stop", Map.of("id", running));
        }
    }

    private static void add(ArrayNode messages, ChatMessage turn) {
        ObjectNode message = messages.addObject().put("role", turn.role()).put("content", turn.content());
        if (turn.callId() != null) {
            message.put("tool_call_id", turn.callId());
        }
        for (ToolCall call : turn.calls()) {
            ObjectNode said = message.withArray("tool_calls").addObject().put("type", "function");
            said.put("id", call.id());
            ObjectNode function = said.putObject("function").put("name", call.name());
            function.set("arguments", ServerClient.MAPPER.valueToTree(call.arguments()));
        }
    }

    static ObjectNode request(
            String model,
            Problem problem,
            SearchMethod method,
            SearchConfig config,
            Budget budget,
            @Nullable String system) {
        ObjectNode body = ServerClient.MAPPER.createObjectNode();
        body.put("model", model).put("stream", true);
        ArrayNode messages = body.putArray("messages");
        if (system != null) {
            add(messages, ChatMessage.system(system));
        }
        problem.history().forEach(turn -> add(messages, turn));
        add(messages, ChatMessage.user(problem.text()));
        problem.later().forEach(turn -> add(messages, turn));
        ObjectNode search = new SearchSettings(method, config).toJson();
        search.remove(SearchSettings.LOCAL);
        SearchSettings.OPENAI.forEach((setting, field) -> {
            JsonNode value = search.remove(setting);
            if (value != null) {
                body.set(field, value);
            }
        });
        search.put("choices", config.n()).put("events", false);
        if (!problem.id().equals(Problem.of(problem.text()).id())) {
            search.put("problemId", problem.id());
        }
        body.set("espalier", search);
        if (budget.tokens() != Long.MAX_VALUE) {
            search.put("budgetTokens", budget.tokens());
        }
        Duration deadline = budget.deadline();
        if (deadline != null) {
            search.put("deadline", deadline.toNanos() / 1e9);
        }
        return body;
    }
}
