package org.espalier.server;

import java.util.Set;
import org.espalier.model.Budget;
import org.espalier.search.AutoPlan;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;
import org.jspecify.annotations.Nullable;

/**
 * What a server allows, and what a request gets that does not ask for anything else.
 *
 * @param apiKey that clients must give; null for none
 * @param branches completions that are written at the same time, of all searches
 * @param queue requests that may wait for them
 * @param maxN most completions of one search
 * @param budget most that a request may spend
 * @param method unless a request names one
 * @param config unless a request says otherwise; its {@code maxTokens} are also the most that a request gets
 * @param selection unless a request names one; null for the one that is usual for the method
 * @param seed of requests that give none; null for another one each time
 * @param hosts names by which clients may call a server without a key, beside this machine's; in lower case
 * @param strict whether a field that is not known is refused
 * @param origins of pages whose scripts may use the server, such as {@code http://localhost:3000}; {@code *} for any
 * @param progress whether streams tell people how the search goes, unless a request says otherwise
 */
public record ServerSettings(
        @Nullable String apiKey,
        int branches,
        int queue,
        int maxN,
        Budget budget,
        SearchMethod method,
        SearchConfig config,
        @Nullable Selection selection,
        @Nullable Long seed,
        Set<String> hosts,
        boolean strict,
        Set<String> origins,
        boolean progress) {
    /** Tolerant settings that name no origins. */
    public ServerSettings(
            @Nullable String apiKey,
            int branches,
            int queue,
            int maxN,
            Budget budget,
            SearchMethod method,
            SearchConfig config,
            @Nullable Selection selection,
            @Nullable Long seed,
            Set<String> hosts) {
        this(apiKey, branches, queue, maxN, budget, method, config, selection, seed, hosts, false, Set.of(), true);
    }

    /** The same with what auto does. */
    public ServerSettings withPlan(AutoPlan plan) {
        SearchConfig planned = config.toBuilder().plan(plan).build();
        return new ServerSettings(
                apiKey, branches, queue, maxN, budget, method, planned, selection, seed, hosts, strict, origins,
                progress);
    }

    /** The same with another number of branches. */
    public ServerSettings withBranches(int others) {
        return new ServerSettings(
                apiKey, others, queue, maxN, budget, method, config, selection, seed, hosts, strict, origins, progress);
    }

    /** The same, where a field that is not known is refused. */
    public ServerSettings strictly() {
        return new ServerSettings(
                apiKey, branches, queue, maxN, budget, method, config, selection, seed, hosts, true, origins, progress);
    }
}
