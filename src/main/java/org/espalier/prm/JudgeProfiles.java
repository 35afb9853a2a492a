package org.espalier.prm;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.model.Nearest;
import org.espalier.model.UsageException;
import tools.jackson.core.type.TypeReference;

/** The profiles of all families that come with Espalier, each family in a file of its own. */
public final class JudgeProfiles {
    private static final List<JudgeProfile> ALL = Stream.of(
                    PrmProfiles.all(),
                    ProfileFiles.load("generative-profiles.yaml", new TypeReference<List<GenerativeProfile>>() {}),
                    ProfileFiles.load("implicit-profiles.yaml", new TypeReference<List<ImplicitProfile>>() {}))
            .<JudgeProfile>flatMap(List::stream)
            .toList();

    private JudgeProfiles() {}

    public static List<JudgeProfile> all() {
        return ALL;
    }

    public static Optional<JudgeProfile> find(String name) {
        return ALL.stream().filter(profile -> profile.name().equals(name)).findFirst();
    }

    /** @throws UsageException if there is none of this name */
    public static JudgeProfile named(String name) {
        return find(name)
                .orElseThrow(() -> new UsageException("there is no PRM profile \"" + name + "\"; known are " + names()
                        + Nearest.question(
                                name, ALL.stream().map(JudgeProfile::name).toList())));
    }

    /**
     * The profiles whose own model this is, by what its file says of itself.
     *
     * @param called what the file calls the model, and what the file itself is called
     * @param architecture empty if not known
     */
    public static List<JudgeProfile> recognise(List<String> called, String architecture) {
        return ALL.stream()
                .filter(profile -> profile.match() != null && profile.match().matches(called, architecture))
                .toList();
    }

    /** The names of all, for messages. */
    public static String names() {
        return ALL.stream().map(JudgeProfile::name).collect(Collectors.joining(", "));
    }
}
