package org.espalier.server;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.code.CodeOptions;
import org.espalier.code.CodeTask;
import org.espalier.model.Budget;
import org.espalier.model.Problem;
import org.espalier.model.SamplingParams;
import org.espalier.model.UsageException;
import org.espalier.prompt.PromptOptions;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.SearchRules;
import org.espalier.server.SolveRequest.Program;
import org.espalier.server.SolveRequest.Search;
import org.espalier.wire.DocumentException;
import org.espalier.wire.SearchSettings;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads what is said about the search: OpenAI's sampling fields, the {@code espalier} object, whose fields are spelled as
 * the command line's options, and the search in the model's name, which the object overrides.
 */
final class SearchFields {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m|h)");
    private static final String ESPALIER = "espalier";

    /** Settings that are read apart: a server has limits and defaults of its own for them. */
    private static final Set<String> DECIDED = Set.of("method", "n", "beamWidth", "maxTokens", "seed");

    /** What strangers may ask for is less than what the search could do. */
    private static final Map<String, Limits> LIMITS = Map.of(
            "maxIterations", new Limits(1, 10_000),
            "lookahead", new Limits(0, 1000),
            "temperature", new Limits(0, 2),
            "scoreTemperature", new Limits(1e-3, 100),
            "rejection", new Limits(0.01, 0.99));

    private static final int LONGEST_ID = 256;
    /** What clients of other servers say for no limit of their own. */
    private static final int AS_MANY = -1;

    private static final double LEAST_PENALTY = 0.01;
    private static final double MOST_PENALTY = 10;

    private record Limits(double least, double most) {
        static final Limits NONE = new Limits(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

        boolean allow(double value) {
            return value >= least && value <= most;
        }
    }

    /** Names that other servers have for settings beside the object. */
    private static final Map<String, String> ALSO =
            Map.of("topK", "top_k", "minP", "min_p", "repeatPenalty", "repeat_penalty", "repeatLastN", "repeat_last_n");

    private static final String REPETITION_PENALTY = "repetition_penalty";

    private final ServerSettings settings;
    private final JsonFields body;
    private final JsonFields espalier;

    SearchFields(ServerSettings settings, JsonFields body) {
        this.settings = settings;
        this.body = body;
        JsonFields given = body.object(ESPALIER);
        espalier = given == null ? new JsonFields(ESPALIER + ".", empty()) : given;
    }

    private static ObjectNode empty() {
        return Json.MAPPER.createObjectNode();
    }

    /** Whether a stream tells how the search goes; it does unless told otherwise. */
    boolean events() {
        return or(espalier.flag("events"), true);
    }

    /** Whether a stream that tells how the search goes also tells what steps say before they are complete. */
    boolean drafts() {
        return or(espalier.flag("drafts"), false);
    }

    /** Whether the history is to keep the search. */
    boolean kept() {
        return or(espalier.flag("keep"), false);
    }

    /** Whether a stream is to tell people how the search goes. */
    boolean progress() {
        return or(espalier.flag("progress"), settings.progress());
    }

    /**
     * Reads it all.
     *
     * @param effort the search that it stands for, where nothing else names one; null for none
     * @throws ApiException if a field cannot be, or there is one of the object that is not known
     */
    Search read(ModelName model, Problem problem, PromptOptions prompt, @Nullable Effort effort) {
        Integer wanted = body.integer("n", 1, settings.maxN());
        int bestOf = or(body.integer("best_of", or(wanted, 1), settings.maxN()), 1);
        ProgramFields programs = new ProgramFields(espalier);
        if (programs.isWanted()) {
            return program(programs, model, problem, prompt, effort, wanted);
        }
        SearchMethod method = method(model, bestOf > 1 ? Integer.valueOf(bestOf) : wanted, effort);
        Integer given = either(
                either(espalier.integer("n", 1, settings.maxN()), model.n()),
                bestOf > 1 ? Integer.valueOf(bestOf) : null);
        if (bestOf > 1 && method == SearchMethod.GREEDY) {
            throw body.wrong("best_of", "1 for greedy");
        }
        int n = n(given, method, wanted, effort);
        SearchConfig config = config(n, given != null, method, wanted);
        Budget budget = budget();
        int choices = choices(method, config, wanted);
        Problem named = named(problem);
        espalier.refuseOthers();
        check(method, config);
        return new Search(named, prompt, method, config, budget, choices, null);
    }

    /** A name seeds the problem's random streams: with the same one the same seed draws the same here and elsewhere. */
    private Problem named(Problem problem) {
        String id = espalier.text("problemId");
        if (id != null && (id.isBlank() || id.length() > LONGEST_ID)) {
            throw espalier.wrong("problemId", "1 to " + LONGEST_ID + " characters that are not blank");
        }
        return id == null ? problem : problem.called(id);
    }

    /** A search for a program: auto draws until one passes its tests, majority draws all. */
    private Search program(
            ProgramFields programs,
            ModelName model,
            Problem problem,
            PromptOptions prompt,
            @Nullable Effort effort,
            @Nullable Integer wanted) {
        SearchMethod asked = programMethod(model, effort, wanted);
        boolean greedy = asked == SearchMethod.GREEDY;
        Integer given = either(espalier.integer("n", 1, settings.maxN()), model.n());
        int usual = effort == null ? CodeOptions.USUAL_N : effort.n();
        int n = n(greedy || given != null ? given : Integer.valueOf(most(usual, wanted)), asked, wanted, effort);
        SearchMethod drawing = greedy ? SearchMethod.GREEDY : SearchMethod.MAJORITY;
        SearchConfig drawn = config(n, true, CodeOptions.isStepwise(asked) ? asked : drawing, wanted);
        SearchConfig config =
                greedy ? drawn.toBuilder().sampling(SamplingParams.GREEDY).build() : drawing(asked, drawn);
        Program program = programs.read(asked);
        int choices = choices(asked, config, wanted);
        Budget budget = budget();
        espalier.refuseOthers();
        check(drawing, config);
        PromptOptions told = prompt.instruction() == null
                ? new PromptOptions(CodeTask.instruction(program.language()), prompt.tools(), prompt.variables())
                : prompt;
        return new Search(problem, told, drawing, config, budget, choices, program);
    }

    private SearchConfig drawing(SearchMethod method, SearchConfig config) {
        try {
            return CodeOptions.drawing(method, config, espalier.get("delimiter") != null);
        } catch (UsageException e) {
            throw ApiException.invalid(e);
        }
    }

    private int most(int usual, @Nullable Integer wanted) {
        return Math.min(settings.maxN(), Math.max(usual, or(wanted, 1)));
    }

    private SearchMethod programMethod(ModelName model, @Nullable Effort effort, @Nullable Integer wanted) {
        String name = espalier.text("method");
        SearchMethod named =
                name == null ? model.method() : ModelName.method(name).orElse(null);
        if (name == null && named == null) {
            if (or(wanted, 1) > 1) {
                return SearchMethod.MAJORITY;
            }
            return effort == null ? SearchMethod.AUTO : effort.method();
        }
        if (named == null || !CodeOptions.METHODS.contains(named)) {
            throw ApiException.invalid(
                    name == null ? "model" : "espalier.method",
                    "programs are drawn with %s: choose one as 'espalier.method'"
                            .formatted(CodeOptions.METHODS_IN_WORDS));
        }
        return named;
    }

    /** @param wanted completions that the answer must list; null if the request does not say */
    private SearchMethod method(ModelName model, @Nullable Integer wanted, @Nullable Effort effort) {
        String name = espalier.text("method");
        if (name == null) {
            boolean open = model.method() == null;
            if (open && effort != null && effort.method() == SearchMethod.GREEDY && or(wanted, 1) > 1) {
                return SearchMethod.MAJORITY;
            }
            SearchMethod usual = or(model.method(), effort == null ? settings.method() : effort.method());
            return open && wanted != null && wanted > 1 && !usual.completesAll() ? SearchMethod.BEST_OF_N : usual;
        }
        return ModelName.method(name).orElseThrow(() -> espalier.wrong("method", "one of " + ModelName.methods()));
    }

    private int n(@Nullable Integer given, SearchMethod method, @Nullable Integer wanted, @Nullable Effort effort) {
        if (method == SearchMethod.GREEDY) {
            if (given != null && given != 1) {
                throw espalier.wrong("n", "1 for greedy");
            }
            return 1;
        }
        if (given != null) {
            return given;
        }
        int usual = effort != null && method == effort.method()
                ? effort.n()
                : method == settings.method() ? settings.config().n() : method.usualN();
        return most(usual, wanted);
    }

    /**
     * Completions that the answer lists. OpenAI's {@code n} is a promise: it is refused where the search may end with fewer.
     * {@code espalier.choices} asks for so many at most.
     */
    private int choices(SearchMethod method, SearchConfig config, @Nullable Integer wanted) {
        Integer most = espalier.integer("choices", 1, settings.maxN());
        if (wanted == null) {
            return or(most, 1);
        }
        if (most != null) {
            throw ApiException.invalid(
                    "espalier.choices", "give 'n', which is kept, or 'espalier.choices', which is the most; not both");
        }
        if (wanted > config.n()) {
            throw ApiException.invalid(
                    "n",
                    "'n' must be %d at most, the completions of this search, not %d: search for more with 'espalier.n'"
                            .formatted(config.n(), wanted));
        }
        boolean settles = method.isPartitionable() && config.stopAt() != null && config.stopAt() < 1;
        if (wanted > 1 && (settles || !method.completesAll())) {
            throw ApiException.invalid(
                    "n",
                    "'n' cannot be kept: %s may end with fewer than %d completions; leave the method open, choose another such as"
                                    .formatted(settles ? "a search with 'espalier.stopAt'" : method.cliName(), wanted)
                            + " best-of-n, or give 'espalier.choices' for as many as there are, up to that number");
        }
        return wanted;
    }

    private SearchConfig config(int n, boolean nIsGiven, SearchMethod method, @Nullable Integer wanted) {
        SearchConfig base = settings.config();
        // What the request leaves open must fit what it says, and the server's limits.
        int width = or(
                espalier.integer("beamWidth", 1, settings.maxN()),
                nIsGiven ? SearchRules.beamWidth(method, n, base.beamWidth()) : Math.min(base.beamWidth(), n));
        boolean inSubtrees = method == SearchMethod.DVTS || method == SearchMethod.AUTO;
        SearchConfig open = base.toBuilder()
                .n(nIsGiven || !inSubtrees || n < width ? n : n - n % width)
                .beamWidth(width)
                .selection(settings.selection())
                .stopAt(or(wanted, 1) == 1 ? base.stopAt() : null)
                .maxTokens(maxTokens(base.maxTokens()))
                .seed(seed())
                .build();
        try {
            return new SearchSettings(method, open).with(given()).config();
        } catch (DocumentException e) {
            throw ApiException.invalid(
                    FieldSpelling.path(e.path()),
                    "'%s' must be %s".formatted(FieldSpelling.path(e.path()), e.expected()));
        } catch (UsageException e) {
            throw ApiException.invalid(e);
        }
    }

    /** The settings that the request gives, but for those of which this server decides more. */
    private ObjectNode given() {
        ObjectNode given = Json.MAPPER.createObjectNode();
        for (String name : SearchSettings.NAMES) {
            if (!SearchSettings.LOCAL.contains(name) && !DECIDED.contains(name)) {
                String field = SearchSettings.OPENAI.get(name);
                Limits limits = LIMITS.getOrDefault(name, Limits.NONE);
                JsonNode value = field == null ? either(espalier.get(name), also(name)) : body.get(field);
                if (value != null && value.isNumber() && !limits.allow(value.doubleValue())) {
                    throw (field == null ? espalier : body)
                            .wrong(field == null ? name : field, "from " + limits.least() + " to " + limits.most());
                }
                given.set(name, value);
            }
        }
        // What vLLM calls the penalty has no end of how far back it looks.
        Double repetition = body.number(REPETITION_PENALTY, LEAST_PENALTY, MOST_PENALTY);
        if (repetition != null && given.path("repeatPenalty").isNull()) {
            given.put("repeatPenalty", repetition);
            if (given.path("repeatLastN").isNull()) {
                given.put("repeatLastN", -1);
            }
        }
        return given;
    }

    /** What stands beside the object under the name that other servers have for it. */
    private @Nullable JsonNode also(String name) {
        String field = ALSO.get(name);
        if (field == null) {
            return null;
        }
        if (name.equals("minP")) {
            body.number(field, 0, 1);
            return body.get(field);
        }
        if (name.equals("repeatPenalty")) {
            body.number(field, LEAST_PENALTY, MOST_PENALTY);
            return body.get(field);
        }
        Integer most = body.integer(field, -1, Integer.MAX_VALUE);
        if (name.equals("repeatLastN")) {
            return body.get(field);
        }
        // Both ask for all of them.
        return most == null ? null : Json.MAPPER.valueToTree(Math.max(0, most));
    }

    /** One that every client can read back from the answer: numbers of JavaScript are whole up to 53 bits. */
    private long seed() {
        Long seed = either(body.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE), settings.seed());
        return seed == null ? ThreadLocalRandom.current().nextLong(1L << 53) : seed;
    }

    /** Who asks for more than there is gets what there is: it is a limit, and clients set it high to be sure. */
    private int maxTokens(int most) {
        Integer older = tokens("max_tokens");
        Integer newer = tokens("max_completion_tokens");
        Integer other = tokens("n_predict");
        int asked = or(either(either(newer, older), other), most);
        return asked == AS_MANY ? most : Math.min(most, asked);
    }

    private @Nullable Integer tokens(String name) {
        Integer asked = body.integer(name, AS_MANY, Integer.MAX_VALUE);
        if (asked != null && asked == 0) {
            throw body.wrong(name, "1 or more, or -1 for as many as there may be");
        }
        return asked;
    }

    private Budget budget() {
        Long tokens = espalier.integer("budgetTokens", 1, Long.MAX_VALUE);
        Duration deadline = deadline();
        Duration most = settings.budget().deadline();
        boolean bound = deadline != null && (most == null || deadline.compareTo(most) < 0);
        return new Budget(Math.min(or(tokens, Long.MAX_VALUE), settings.budget().tokens()), bound ? deadline : most);
    }

    private @Nullable Duration deadline() {
        JsonNode value = espalier.get("deadline");
        if (value == null) {
            return null;
        }
        double seconds = value.isNumber() ? value.asDouble() : value.isString() ? seconds(value.asString()) : -1;
        // At least a nanosecond; a day is as good as none.
        if (!(seconds >= 1e-9 && seconds <= 86_400)) {
            throw espalier.wrong("deadline", "seconds, or a time such as \"1500ms\" or \"30s\", of a day at most");
        }
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    private static double seconds(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return -1;
        }
        return Double.parseDouble(matcher.group(1))
                * switch (matcher.group(2)) {
                    case "ms" -> 1e-3;
                    case "m" -> 60;
                    case "h" -> 3600;
                    default -> 1;
                };
    }

    private static void check(SearchMethod method, SearchConfig config) {
        try {
            config.validateFor(method);
        } catch (UsageException e) {
            throw ApiException.invalid(e);
        }
    }

    private static <T> T or(@Nullable T given, T otherwise) {
        return given == null ? otherwise : given;
    }

    private static <T> @Nullable T either(@Nullable T given, @Nullable T otherwise) {
        return given == null ? otherwise : given;
    }
}
