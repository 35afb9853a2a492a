package org.espalier.runtime;

import org.espalier.model.Internal;

/** The version of this program. */
@Internal
public final class EspalierVersion {
    private EspalierVersion() {}

    /** The version in the jar's manifest; "development" outside a jar. */
    public static String own() {
        String version = EspalierVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
