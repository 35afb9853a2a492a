package org.espalier.search;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;

/**
 * What a search does where search-and-learn's code and what its users expect of it differ. {@link #STRICT} has no quirk;
 * {@link #SAL} has all of them and is comparable with published numbers.
 *
 * @param name {@code strict} or {@code sal}
 * @param quirks in which it follows search-and-learn (huggingface/search-and-learn, {@code src/sal})
 */
public record Semantics(@JsonValue String name, Set<Quirk> quirks) {
    /** A behaviour of search-and-learn, and in parentheses Espalier's own. */
    public enum Quirk {
        /** A path that ran into a token limit or the end of the context is finished. (Only the end of turn finishes.) */
        LIMIT_IS_FINISHED,
        /**
         * The token limit of a completion holds for each step of a tree search, and no step has another one. (It holds along
         * the path; a step has its own.)
         */
        TOKENS_PER_STEP,
        /** A delimiter ends a step even if the step is blank. (A step holds text.) */
        BLANK_STEPS,
        /**
         * A path that ends with the delimiter is judged with an empty step after it, whose score is the last; an empty
         * final step is judged, too. (The PRM judges text only.) The reference does so with PRMs that get the path split
         * at the delimiter (RLHFlow, Qwen, Skywork) and not with Math-Shepherd, which judges no empty step behind a
         * delimiter.
         */
        SCORE_EMPTY_STEPS,
        /**
         * A PRM is fed as the reference feeds it: the path is split at every delimiter, and Math-Shepherd is told the
         * policy's instruction. (As its authors feed it.)
         */
        PRM_INPUTS,
        /**
         * Beam search extends n beams in every iteration, repeating the kept ones cyclically, goes on until none is left,
         * and repeats the completions to make n, which all vote; it keeps the n / beamWidth best beams, and all of them
         * if n is less than beamWidth. (It extends as many beams as completions are missing, keeps so many that each is
         * extended about beamWidth times, and ends with n completions; each votes once.)
         */
        TILE_TO_N,
        /** Of beams with equal scores the last ones are kept: a stable ascending sort, of which the tail is taken. (The first.) */
        BEAM_KEEPS_LAST_OF_EQUALS,
        /** Beam search generates the lookahead text without having it judged. (The lookahead decides.) */
        BEAM_IGNORES_LOOKAHEAD,
        /** A DVTS subtree ends as soon as its text opens a {@code boxed}. (The policy ends it.) */
        END_AT_BOXED,
        /**
         * All siblings of a DVTS subtree's last step are completions and vote, finished or not. (The finished ones.)
         */
        EMIT_SIBLINGS,
        /**
         * A completion's step scores include those of the empty step and of the lookahead behind its text. (Those of its
         * own steps.)
         */
        REPORT_LOOKAHEAD_SCORES,
        /** The last score votes, whatever aggregation the search used. (The aggregated score.) */
        VOTE_WITH_LAST,
        /** Completions without any answer vote for the empty answer. (They do not vote.) */
        EMPTY_ANSWERS_VOTE,
        /** The first completion of the winning answer is shown. (The one with the highest score.) */
        SELECT_FIRST_OF_GROUP
    }

    /** Espalier's own. */
    public static final Semantics STRICT = new Semantics("strict", EnumSet.noneOf(Quirk.class));
    /** search-and-learn's as of May 2025. */
    public static final Semantics SAL = new Semantics("sal", EnumSet.allOf(Quirk.class));

    public Semantics {
        quirks = Collections.unmodifiableSet(quirks.isEmpty() ? EnumSet.noneOf(Quirk.class) : EnumSet.copyOf(quirks));
    }

    /** @throws UsageException unless the name is {@code strict} or {@code sal} */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Semantics parse(String name) {
        return switch (name) {
            case "strict" -> STRICT;
            case "sal" -> SAL;
            default ->
                throw new UsageException(
                        List.of(Violation.of("parity", "%s %s is unknown: choose strict or sal", name)));
        };
    }

    public boolean has(Quirk quirk) {
        return quirks.contains(quirk);
    }

    /** These semantics less one quirk. */
    public Semantics without(Quirk quirk) {
        EnumSet<Quirk> rest = EnumSet.noneOf(Quirk.class);
        rest.addAll(quirks);
        rest.remove(quirk);
        return new Semantics(name, rest);
    }
}
