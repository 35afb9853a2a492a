package org.espalier.server;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The models that a server may put in the place of those it has, one pair at a time. May be called from any thread. */
public interface ModelMenu {
    /**
     * A model that may be loaded.
     *
     * @param role "policy" or "prm"; null if nothing says
     * @param bytes of its files
     * @param isHere whether nothing needs to be downloaded
     * @param origin where it is from, in a word
     * @param about what it is, in a sentence; null if nothing says
     */
    record Offer(
            String name,
            @Nullable String role,
            long bytes,
            boolean isHere,
            String origin,
            @Nullable String about) {}

    /** Hears how loading goes. */
    interface Progress {
        /** Whether what is not here may be fetched. */
        boolean mayFetch();

        /**
         * A model is being fetched.
         *
         * @param done bytes
         * @param total bytes
         */
        void fetching(String name, long done, long total);

        /**
         * A model is being loaded. May be called by another thread.
         *
         * @param what is done, with the model's name
         * @param done bytes
         * @param total bytes
         */
        void loading(String what, long done, long total);

        /** Something else is being done, in a few words. */
        void doing(String what);
    }

    /** What may be loaded. Reads folders. */
    List<Offer> offers();

    /**
     * Closes the models there are and loads others, while no search runs. Where these cannot be had, those before are loaded
     * again.
     *
     * @param prm null for the one that was made for the policy, else the policy itself
     * @return what holds from now on
     * @throws org.espalier.model.EspalierException if they cannot be had
     * @throws org.espalier.model.UsageException if they do not go together
     */
    ServerSettings load(String policy, @Nullable String prm, Progress progress);
}
