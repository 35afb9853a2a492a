package org.espalier.reward;

import java.util.Arrays;
import java.util.List;
import org.espalier.engine.Lane;
import org.espalier.engine.ModelRunner;
import org.espalier.engine.Scoring;
import org.espalier.engine.Sequence;
import org.espalier.model.EspalierException;
import org.espalier.model.Parameter;
import org.espalier.model.Wording;
import org.espalier.prm.HeadReading;
import org.espalier.prm.PrmProfile;
import org.espalier.prm.ReadTokens;

/**
 * The reader of what a profile's scores are made of: the log-probabilities of its verdict tokens, or the outputs of a
 * head.
 */
record ScoreReader(PrmProfile profile, Lane lane, int values) {
    /**
     * Has a runner read it.
     *
     * @throws EspalierException if the model is not one of the profile's: its vocabulary lacks a mark or a verdict token, or
     *     the context has no head, or another one
     */
    static ScoreReader of(PrmProfile profile, Lane lane, ModelRunner runner) {
        profile.requireVocabulary(lane.tokenizer());
        HeadReading head = profile.head();
        if (head == null) {
            List<Integer> verdicts = profile.verdictTokens(lane.tokenizer());
            runner.watch(verdicts);
            return new ScoreReader(profile, lane, verdicts.size());
        }
        if (runner.headClasses() != head.classes()) {
            throw new EspalierException(Wording.of(
                    "PRM profile %s reads a head of %d outputs, and the model's has %d: give its own with %s",
                    profile.name(), head.classes(), runner.headClasses(), Parameter.of("prmHead")));
        }
        return new ScoreReader(profile, lane, head.classes());
    }

    /** Returns whether a path that goes on like this has anything to be read at, and fits into the context. */
    boolean canRead(Sequence parent, ReadTokens read) {
        int length = parent.length() - read.dropped() + read.added().length;
        return read.added().length > 0 && lane.fits(length);
    }

    Scoring ask() {
        return profile.head() == null ? Scoring.ofWatched(values) : Scoring.ofHead(values);
    }

    /**
     * Starts computing what a path goes on with. If its last tokens have become other ones, which hardly any text makes
     * them, it is computed from its beginning.
     */
    Sequence start(Sequence parent, ReadTokens read, Scoring scoring) {
        if (read.dropped() == 0) {
            return lane.score(parent, read.added(), scoring, parent.meter());
        }
        int[] path = parent.path();
        int[] kept = Arrays.copyOf(path, path.length - read.dropped());
        return lane.score(Tokens.concat(kept, read.added()), scoring, parent.meter());
    }
}
