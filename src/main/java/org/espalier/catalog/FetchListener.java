package org.espalier.catalog;

/** Hears how a fetch goes, on the thread that fetches. A model that is already here is not reported. */
public interface FetchListener {
    /** Hears nothing. */
    FetchListener NONE = new FetchListener() {};

    /** Another process, or another thread of this one, is fetching the same model: this call waits for it. */
    default void waiting(CatalogEntry entry) {}

    /** About ten times a second.
     *
     * @param done bytes transferred so far, the parts that an earlier call fetched included
     * @param total bytes of the whole transfer
     */
    default void progress(CatalogEntry entry, long done, long total) {}

    /** The model is complete and verified. */
    default void finished(CatalogEntry entry) {}
}
