package org.espalier.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.espalier.catalog.ModelFile;
import org.espalier.gguf.GgufHeader;
import org.espalier.gguf.HeadFormat;
import org.espalier.model.EspalierException;
import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;
import org.espalier.model.Wording;
import org.espalier.prm.DenseHead;
import org.espalier.prm.HeadReading;
import org.espalier.prm.JudgeProfile;
import org.espalier.prm.JudgeProfiles;
import org.espalier.prm.PrmProfile;
import org.jspecify.annotations.Nullable;

/**
 * How a PRM is read: by the profile that the caller names, or its head's file, or its own, or the one whose models it is by
 * its names; and with the head that the profile is for, named by the caller or beside the model.
 *
 * @param head null if verdict tokens are read
 */
record ResolvedPrm(JudgeProfile profile, @Nullable DenseHead head) {
    private static final Parameter PRM = Parameter.of("prm");
    private static final Parameter PROFILE = Parameter.of("prmProfile");

    /**
     * Chooses a profile, and reads the head if it has one.
     *
     * @param called what the PRM is called
     * @param named the profile that the caller names; null if none
     * @param headFile the head that the caller names; null if none
     * @throws UsageException if nothing says how the PRM is read, or it needs a head that is not here
     * @throws EspalierException if a file cannot be used, or is not of the profile
     */
    static ResolvedPrm of(String called, ModelFile model, @Nullable JudgeProfile named, @Nullable Path headFile) {
        HeadFile head = Optional.ofNullable(headFile)
                .or(() -> HeadFormat.beside(model.path()))
                .map(HeadFile::open)
                .orElse(null);
        JudgeProfile profile = named == null ? ownProfile(called, model.path(), head) : named;
        HeadReading reading = profile instanceof PrmProfile read ? read.head() : null;
        if (reading == null) {
            if (headFile != null) {
                throw new UsageException(List.of(Violation.of(
                        "prmHead",
                        "%s is for PRMs with a head, but the profile %s reads none: leave it out, or choose another %s",
                        profile.name(),
                        PROFILE)));
            }
            return new ResolvedPrm(profile, null);
        }
        if (head == null) {
            throw new UsageException(List.of(Violation.of(
                    "prmHead",
                    "the profile %2$s reads a head, which is not part of %3$s: give its file with %1$s ('espalier models"
                            + " import' writes one)",
                    profile.name(),
                    called)));
        }
        requireProfile(head, profile);
        DenseHead weights = head.read();
        if (weights.classes() != reading.classes()) {
            throw new EspalierException("the profile " + profile.name() + " reads a head of " + reading.classes()
                    + " outputs, but " + head.path() + " has " + weights.classes() + ": it is another model's");
        }
        return new ResolvedPrm(profile, weights);
    }

    private static void requireProfile(HeadFile head, JudgeProfile profile) {
        head.profile().filter(own -> !own.equals(profile.name())).ifPresent(own -> {
            throw new UsageException(List.of(Violation.of(
                    "prmProfile",
                    "the head %2$s is read by the profile %3$s, not by %4$s: leave %1$s out, or give another %5$s",
                    head.path(),
                    own,
                    profile.name(),
                    Parameter.of("prmHead"))));
        });
    }

    private static JudgeProfile ownProfile(String called, Path model, @Nullable HeadFile head) {
        List<ProfileFit> fits = ProfileFit.certain(
                GgufHeader.read(model),
                model,
                Optional.empty(),
                Optional.ofNullable(head).flatMap(HeadFile::profile));
        if (fits.size() != 1) {
            throw needed(called);
        }
        String profile = fits.get(0).profile();
        return JudgeProfiles.find(profile)
                .orElseThrow(() -> new EspalierException(Wording.of(
                        "%s is read by the profile \"%s\", as its file says, which this version does not know: choose one of"
                                + " %s with %s",
                        PRM.with(called), profile, JudgeProfiles.names(), PROFILE)));
    }

    static UsageException needed(String called) {
        return new UsageException(List.of(Violation.of(
                "prmProfile",
                "%2$s needs %1$s, which says how it is read: %3$s",
                PRM.with(called),
                JudgeProfiles.names())));
    }
}
