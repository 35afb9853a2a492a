package org.espalier.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.espalier.model.Excerpt;
import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;

/**
 * What a client calls a model: the policy's name or {@code default}, alone or with a search such as {@code @dvts-16}, so that
 * one that knows no more than OpenAI's fields can choose.
 *
 * @param id the whole name
 * @param method null if the name leaves it open
 * @param n completions; null if the name leaves it open
 */
record ModelName(
        String id, @Nullable SearchMethod method, @Nullable Integer n) {
    static final String DEFAULT = "default";

    private static final Pattern SEARCH = Pattern.compile("([a-z](?:[a-z-]*[a-z])?)(?:-([1-9][0-9]{0,4}))?");
    private static final Pattern UNUSUAL = Pattern.compile("[^A-Za-z0-9._-]+");
    /** Ollama's tag for whatever there is of a name. */
    private static final String LATEST = ":latest";

    private static final int LONGEST_SHOWN = 80;

    /**
     * Reads a name.
     *
     * @param policies as {@link #of} names them; asked only where the name is not default
     * @param maxN most completions of one search
     * @throws ApiException with status 404 if nothing here is called so
     */
    static ModelName parse(String id, Supplier<List<String>> policies, int maxN) {
        String name = withoutTag(id);
        int at = name.indexOf('@');
        String model = policy(id);
        if (!model.equals(DEFAULT) && policies.get().stream().noneMatch(model::equalsIgnoreCase)) {
            List<String> here = policies.get();
            throw unknown(id, (here.size() == 1 ? ": the one here is " : ": there are ") + String.join(", ", here));
        }
        if (at < 0) {
            return new ModelName(id, null, null);
        }
        Matcher search = SEARCH.matcher(name.substring(at + 1));
        if (!search.matches()) {
            throw unknown(id, "");
        }
        SearchMethod method = method(search.group(1))
                .orElseThrow(() -> unknown(id, ": no method is called so; there are " + methods()));
        Integer n = search.group(2) == null ? null : Integer.valueOf(search.group(2));
        if (n != null && n > maxN) {
            throw unknown(id, ": this server searches for " + maxN + " completions at most");
        }
        if (n != null && n > 1 && method == SearchMethod.GREEDY) {
            throw unknown(id, ": greedy has one completion");
        }
        return new ModelName(id, method, n);
    }

    private static String withoutTag(String id) {
        return id.endsWith(LATEST) ? id.substring(0, id.length() - LATEST.length()) : id;
    }

    /** What a name says of the policy, whatever it says of the search. */
    static String policy(String id) {
        String name = withoutTag(id);
        int at = name.indexOf('@');
        return at < 0 ? name : name.substring(0, at);
    }

    /** The policy that a name chooses; null if it takes the usual one. */
    static @Nullable String chosen(String id) {
        String policy = policy(id);
        return policy.equals(DEFAULT) ? null : policy;
    }

    /** The method that is called so. */
    static Optional<SearchMethod> method(String name) {
        return Arrays.stream(SearchMethod.values())
                .filter(method -> method.cliName().equals(name))
                .findFirst();
    }

    static String methods() {
        return Arrays.stream(SearchMethod.values()).map(SearchMethod::cliName).collect(Collectors.joining(", "));
    }

    private static ApiException unknown(String id, String why) {
        String shown = Excerpt.of(id, LONGEST_SHOWN);
        return ApiException.noSuchModel(
                "there is no model '" + shown + "'" + why + " (try default, or a search such as default@dvts-16)");
    }

    /** What clients call a policy. */
    static String of(String policy) {
        String name = UNUSUAL.matcher(policy).replaceAll("-");
        return name.isEmpty() ? DEFAULT : name;
    }

    /**
     * Names that a client is told: each policy with the usual search, and the first with none, for what should cost little. All
     * others may be given.
     */
    static List<String> listed(List<String> policies) {
        List<String> names = new ArrayList<>(policies);
        names.add(1, policies.get(0) + "@" + SearchMethod.GREEDY.cliName());
        return List.copyOf(names);
    }
}
