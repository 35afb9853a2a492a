package org.espalier.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.espalier.gguf.GgufHeader;
import org.espalier.model.Internal;
import org.espalier.prm.JudgeProfile;
import org.espalier.prm.JudgeProfiles;
import org.espalier.prm.PrmProfile;
import org.espalier.prm.PrmProfiles;

/**
 * A profile by which a PRM may be fed and read.
 *
 * @param profile its name
 * @param certain whether a file, the catalogue or the model's name says so; otherwise the vocabulary merely allows it
 * @param why in a few words
 */
@Internal
public record ProfileFit(String profile, boolean certain, String why) {
    /** What SentencePiece puts before a word. */
    private static final String WORD = "\u2581";

    /**
     * What a model is read by for certain: one profile if the catalogue, the head or the file names it, and all whose models
     * have its name otherwise.
     *
     * @param listed what the catalogue says
     * @param ofHead what the file of its head says
     */
    public static List<ProfileFit> certain(
            GgufHeader header, Path file, Optional<String> listed, Optional<String> ofHead) {
        return stated(listed, "the catalogue names it")
                .or(() -> stated(ofHead, "the head's file names it"))
                .or(() -> stated(header.prmProfile(), "the file names it"))
                .map(List::of)
                .orElseGet(() -> byName(header, file));
    }

    /** The only profile that is certain by a file and its name, if this version knows it. */
    public static Optional<String> known(GgufHeader header, Path called) {
        List<ProfileFit> fits = certain(header, called, Optional.empty(), Optional.empty());
        return fits.size() == 1 ? JudgeProfiles.find(fits.get(0).profile()).map(JudgeProfile::name) : Optional.empty();
    }

    private static Optional<ProfileFit> stated(Optional<String> profile, String why) {
        return profile.map(name -> new ProfileFit(
                name, true, why + (JudgeProfiles.find(name).isPresent() ? "" : ", but this version does not know it")));
    }

    private static List<ProfileFit> byName(GgufHeader header, Path file) {
        List<String> names = Stream.of(
                        Optional.of(String.valueOf(file.getFileName())), header.name(), header.baseName())
                .flatMap(Optional::stream)
                .toList();
        return JudgeProfiles.recognise(names, header.architecture().orElse("")).stream()
                .map(profile -> new ProfileFit(profile.name(), true, "its name is known"))
                .toList();
    }

    /** The profiles of verdict tokens that a vocabulary has. */
    public static List<ProfileFit> possible(Set<String> tokens) {
        List<ProfileFit> fits = new ArrayList<>();
        for (PrmProfile profile : PrmProfiles.all()) {
            List<String> verdicts = Stream.of(
                            Optional.ofNullable(profile.positive()), Optional.ofNullable(profile.negative()))
                    .flatMap(Optional::stream)
                    .toList();
            if (!verdicts.isEmpty()
                    && verdicts.stream().allMatch(text -> tokens.contains(text) || tokens.contains(WORD + text))) {
                fits.add(new ProfileFit(profile.name(), false, "its vocabulary has " + String.join(" and ", verdicts)));
            }
        }
        return fits;
    }
}
