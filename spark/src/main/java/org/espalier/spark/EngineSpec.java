package org.espalier.spark;

import java.io.Serializable;
import org.espalier.Espalier;
import org.espalier.EspalierOptions;
import org.espalier.runtime.PrmSettings;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.wire.Documents;
import org.espalier.wire.SearchSettings;

/**
 * What an executor opens its engine with.
 *
 * @param judge null if no model of its own judges
 * @param prm as it was asked for; null if it was not
 * @param profile how the judge is read; null if that is not a PRM
 * @param search its settings as JSON
 * @param folder that has models on every machine; null if there is none
 * @param threads of the engine
 * @param memory in bytes for the whole process; 0 for the usual share
 * @param inFlight problems that are solved at the same time; 0 for the usual number
 */
record EngineSpec(
        SharedModel policy,
        SharedModel judge,
        String prm,
        String profile,
        SearchMethod method,
        String search,
        String folder,
        int threads,
        long memory,
        int inFlight)
        implements Serializable {
    /** Opens it on this machine. */
    Espalier open() {
        EspalierOptions options = EspalierOptions.defaults()
                .withPolicy(policy.find(folder))
                .withMethod(method)
                .withSearch(config())
                .withThreads(threads);
        options = memory == 0 ? options : options.withMemory(memory);
        options = inFlight == 0 ? options : options.withInFlight(inFlight);
        return Espalier.open(judged(options));
    }

    private EspalierOptions judged(EspalierOptions options) {
        if (judge == null) {
            return prm == null ? options : options.withPrm(prm);
        }
        String found = judge.find(folder);
        if (profile != null) {
            return options.withPrm(found, profile);
        }
        return options.withPrm(
                prm != null && prm.startsWith(PrmSettings.LIKELIHOOD) ? PrmSettings.LIKELIHOOD + found : found);
    }

    SearchConfig config() {
        return new SearchSettings(method, SearchConfig.DEFAULT)
                .with(Documents.MAPPER.readTree(search))
                .config();
    }
}
