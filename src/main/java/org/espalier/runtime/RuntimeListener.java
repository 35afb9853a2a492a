package org.espalier.runtime;

import org.espalier.model.FetchListener;
import org.espalier.model.Wording;

/** Hears what happens while models are fetched, tried and loaded, on the thread that opens them. */
public interface RuntimeListener extends FetchListener {
    /** Hears nothing. */
    RuntimeListener NONE = new RuntimeListener() {};

    /** Something is not as it should be, but does not stop the work; or takes long. One sentence. */
    default void warning(Wording message) {}
}
