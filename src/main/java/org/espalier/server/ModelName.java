package org.espalier.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;

/**
 * What a client calls a model: {@code default}, or with a search such as {@code default@dvts-16}, so that one that knows no
 * more than OpenAI's fields can choose.
 *
 * @param id the whole name
 * @param method null if the name leaves it open
 * @param n completions; null if the name leaves it open
 */
record ModelName(
        String id, @Nullable SearchMethod method, @Nullable Integer n) {
    static final String DEFAULT = "default";

    private static final Pattern SEARCH = Pattern.compile("([a-z](?:[a-z-]*[a-z])?)(?:-([1-9][0-9]{0,4}))?");
    private static final List<Integer> LISTED_N = List.of(4, 16, 64);
    private static final int LONGEST_SHOWN = 80;

    /**
     * Reads a name.
     *
     * @param maxN most completions of one search
     * @throws ApiException with status 404 if nothing here is called so
     */
    static ModelName parse(String id, int maxN) {
        if (id.equals(DEFAULT)) {
            return new ModelName(id, null, null);
        }
        Matcher search = SEARCH.matcher(id.startsWith(DEFAULT + "@") ? id.substring(DEFAULT.length() + 1) : "");
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

    private static Optional<SearchMethod> method(String name) {
        return Arrays.stream(SearchMethod.values())
                .filter(method -> method.cliName().equals(name))
                .findFirst();
    }

    static String methods() {
        return Arrays.stream(SearchMethod.values()).map(SearchMethod::cliName).collect(Collectors.joining(", "));
    }

    private static ApiException unknown(String id, String why) {
        String shown = id.length() <= LONGEST_SHOWN ? id : id.substring(0, LONGEST_SHOWN) + "…";
        return ApiException.noSuchModel(
                "there is no model '" + shown + "'" + why + " (try default, or a search such as default@dvts-16)");
    }

    /** Names that a client can choose from; there are as many more as there are numbers of completions. */
    static List<String> listed(int maxN) {
        List<String> names = new ArrayList<>(List.of(DEFAULT));
        for (SearchMethod method : SearchMethod.values()) {
            if (method == SearchMethod.GREEDY) {
                names.add(DEFAULT + "@" + method.cliName());
                continue;
            }
            for (int n : LISTED_N) {
                if (n <= maxN) {
                    names.add(DEFAULT + "@" + method.cliName() + "-" + n);
                }
            }
        }
        return names;
    }
}
