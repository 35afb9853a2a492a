package org.espalier.prm;

import java.util.List;
import java.util.Optional;
import org.espalier.model.Nearest;
import org.espalier.model.UsageException;
import tools.jackson.core.type.TypeReference;

/** The profiles that come with Espalier, from {@code profiles.yaml}. */
public final class PrmProfiles {
    private static final List<PrmProfile> ALL =
            ProfileFiles.load("profiles.yaml", new TypeReference<List<PrmProfile>>() {});

    private PrmProfiles() {}

    public static List<PrmProfile> all() {
        return ALL;
    }

    public static Optional<PrmProfile> find(String name) {
        return ALL.stream().filter(profile -> profile.name().equals(name)).findFirst();
    }

    /** @throws UsageException if there is none of this name */
    public static PrmProfile named(String name) {
        return find(name)
                .orElseThrow(() -> new UsageException(
                        "there is no PRM profile \"" + name + "\"; known are " + JudgeProfiles.names()
                                + Nearest.question(
                                        name, ALL.stream().map(PrmProfile::name).toList())));
    }
}
