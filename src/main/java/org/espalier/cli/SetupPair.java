package org.espalier.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.catalog.CatalogEntry;
import org.espalier.catalog.ModelPair;
import org.espalier.catalog.ModelStore;

/**
 * A pair of models that is proposed, with what it costs here.
 *
 * @param tier fast, balanced or best
 * @param policy writes steps
 * @param prm judges them
 * @param downloadBytes that are not on this disk
 * @param memoryBytes weights, and {@value #CELLS} tokens in each model's cache
 * @param seconds that reading the weights takes for one answer
 */
record SetupPair(
        String tier, String policy, String prm, long downloadBytes, long memoryBytes, double seconds, boolean fits) {
    /** Of a search's caches: 16 completions of 512 tokens. */
    static final int CELLS = 8192;

    /** Tokens of one completion; the completions are written side by side, so that each step reads the weights once. */
    static final int TOKENS = 256;

    /** How often the PRM reads its weights for them: once for each step of some 32 tokens. */
    static final int JUDGEMENTS = 8;

    /**
     * What is proposed: of each tier the first pair that fits, else its smallest.
     *
     * @param memory that models may take
     * @param bandwidth bytes a second that are read from the memory
     */
    static List<SetupPair> of(ModelStore store, long memory, double bandwidth) {
        Map<String, SetupPair> chosen = new LinkedHashMap<>();
        for (ModelPair pair : store.catalog().pairs()) {
            SetupPair costed = cost(pair, store, memory, bandwidth);
            SetupPair before = chosen.get(pair.tier());
            if (before == null || (!before.fits() && costed.memoryBytes() < before.memoryBytes())) {
                chosen.put(pair.tier(), costed);
            }
        }
        return List.copyOf(new ArrayList<>(chosen.values()));
    }

    private static SetupPair cost(ModelPair pair, ModelStore store, long memory, double bandwidth) {
        CatalogEntry policy = store.catalog().get(pair.policy());
        CatalogEntry prm = store.catalog().get(pair.prm());
        long needed = memory(policy) + memory(prm);
        return new SetupPair(
                pair.tier(),
                policy.name(),
                prm.name(),
                download(policy, store) + download(prm, store),
                needed,
                (TOKENS * (double) policy.bytes() + JUDGEMENTS * (double) prm.bytes()) / bandwidth,
                needed <= memory);
    }

    private static long memory(CatalogEntry entry) {
        return entry.bytes() + CELLS * entry.cacheBytesPerToken().orElse(0L);
    }

    private static long download(CatalogEntry entry, ModelStore store) {
        return store.isPresent(entry) ? 0 : entry.downloadBytes();
    }
}
