package org.espalier.runtime;

import org.espalier.model.FetchListener;
import org.espalier.model.Wording;

/**
 * Hears what happens while models are fetched, tried and loaded: on the thread that opens them, but for {@link #loading},
 * while which that thread is busy.
 */
public interface RuntimeListener extends FetchListener {
    /** Hears nothing. */
    RuntimeListener NONE = new RuntimeListener() {};

    /** Something is not as it should be, but does not stop the work; or takes long. One sentence. */
    default void warning(Wording message) {}

    /**
     * A large model is being loaded.
     *
     * @param what is done, with the model's name, for people: a model is read first, and then prepared for the processor
     * @param done bytes, which are about as many
     * @param total the file's bytes
     */
    default void loading(String what, long done, long total) {}

    /** It is loaded, or cannot be; not told of one of which nothing was told while it was loaded. */
    default void loaded(String name) {}
}
