package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.espalier.catalog.CatalogEntry;
import org.espalier.catalog.GgufHeader;
import org.espalier.prm.JudgeProfiles;
import org.espalier.prm.PrmProfile;
import org.espalier.prm.PrmProfiles;
import org.jspecify.annotations.Nullable;

/**
 * A profile by which a PRM may be fed and read.
 *
 * @param profile its name
 * @param certain whether the file or the catalogue says so; otherwise the vocabulary merely allows it
 * @param why in a few words
 */
record ProfileFit(String profile, boolean certain, String why) {
    /** What SentencePiece puts before a word. */
    private static final String WORD = "\u2581";

    /** Tells what fits a model; the first rule that knows decides. */
    @FunctionalInterface
    interface Rule {
        /** @param tokens of the vocabulary */
        List<ProfileFit> fits(GgufHeader header, Path file, Set<String> tokens);
    }

    /**
     * What fits a model, the certain ones alone if there are any.
     *
     * @param entry of the catalogue; null for another file
     */
    static List<ProfileFit> of(GgufHeader header, Path file, Set<String> tokens, @Nullable CatalogEntry entry) {
        List<Rule> rules = List.of(
                (model, path, vocabulary) -> stated(model.prmProfile(), "the file names it"),
                (model, path, vocabulary) ->
                        stated(Optional.ofNullable(entry).flatMap(CatalogEntry::profile), "the catalogue names it"),
                (model, path, vocabulary) -> byName(model, path),
                (model, path, vocabulary) -> byVocabulary(vocabulary));
        return rules.stream()
                .map(rule -> rule.fits(header, file, tokens))
                .filter(fits -> !fits.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    private static List<ProfileFit> stated(Optional<String> profile, String why) {
        return profile.map(name -> List.of(new ProfileFit(
                        name,
                        true,
                        why + (JudgeProfiles.find(name).isPresent() ? "" : ", but this version does not know it"))))
                .orElse(List.of());
    }

    private static List<ProfileFit> byName(GgufHeader header, Path file) {
        List<String> names = Stream.of(
                        Optional.of(String.valueOf(file.getFileName())), header.name(), header.baseName())
                .flatMap(Optional::stream)
                .toList();
        return PrmProfiles.recognise(names, header.architecture().orElse("")).stream()
                .map(profile -> new ProfileFit(profile.name(), true, "its name is known"))
                .toList();
    }

    private static List<ProfileFit> byVocabulary(Set<String> tokens) {
        List<ProfileFit> fits = new ArrayList<>();
        for (PrmProfile profile : PrmProfiles.all()) {
            // A profile that reads a head has none, and fits no vocabulary more than another.
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
