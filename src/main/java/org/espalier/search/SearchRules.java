package org.espalier.search;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.espalier.model.Internal;
import org.espalier.model.Parameter;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.Rules;
import org.espalier.model.Violation;
import org.espalier.model.Wording;
import org.espalier.search.Semantics.Quirk;
import org.jspecify.annotations.Nullable;

/** Which methods, settings and reward models go together. Every surface checks a search by these rules. */
@Internal
public final class SearchRules {
    private static final Parameter N = Parameter.of("n");
    private static final Parameter BEAM_WIDTH = Parameter.of("beamWidth");
    private static final Parameter METHOD = Parameter.of("method");
    private static final Parameter PRM = Parameter.of("prm");

    private SearchRules() {}

    /** What keeps the method from working with these settings, whatever reward model there is. */
    public static List<Violation> violations(SearchMethod method, SearchConfig config) {
        int n = config.n();
        int width = config.beamWidth();
        boolean tiles = config.semantics().has(Quirk.TILE_TO_N);
        return new Rules()
                .require(
                        config.params().stopAtScore() == null
                                || !config.semantics().equals(Semantics.SAL),
                        "stopAtScore",
                        "search-and-learn has no %s: leave it out, or %s",
                        Parameter.of("parity").with("sal"))
                .require(
                        !config.params().cutLoops() || !config.semantics().equals(Semantics.SAL),
                        "cutLoops",
                        "search-and-learn has no %s: leave it out, or %s",
                        Parameter.of("parity").with("sal"))
                .require(
                        (config.params().voteShare() == null && config.params().warmUp() == null)
                                || !config.semantics().equals(Semantics.SAL),
                        config.params().voteShare() != null ? "voteShare" : "warmUp",
                        "search-and-learn has no %s: leave it out, or %s",
                        Parameter.of("parity").with("sal"))
                .require(
                        n % width == 0 || !mayUseDvts(method, config),
                        "n",
                        "%2$s needs %1$s to be a multiple of %3$s, and %4$d is not one of %5$d: try %6$s",
                        method.cliName(),
                        BEAM_WIDTH,
                        n,
                        width,
                        multiples(n, width))
                .require(
                        method != SearchMethod.BEAM || n >= width || tiles,
                        "n",
                        "beam needs %1$s to be at least %2$s, and %3$d is less than %4$d: try %5$s or %6$s",
                        BEAM_WIDTH,
                        n,
                        width,
                        N.with(width),
                        BEAM_WIDTH.with(n))
                .violations();
    }

    /**
     * The beam width where none is asked for: the usual one, or less so that the method works with n. A search in subtrees has
     * the largest that n is a multiple of, if that is not 1.
     */
    public static int beamWidth(SearchMethod method, int n, int usual) {
        int most = Math.min(usual, n);
        if (method == SearchMethod.DVTS || method == SearchMethod.AUTO) {
            for (int width = most; width > 1; width--) {
                if (n % width == 0) {
                    return width;
                }
            }
        }
        return Math.max(1, most);
    }

    private static boolean mayUseDvts(SearchMethod method, SearchConfig config) {
        boolean planned = config.plan().bins().stream().anyMatch(bin -> bin.method() == SearchMethod.DVTS);
        return method == SearchMethod.DVTS || (method == SearchMethod.AUTO && planned);
    }

    private static Wording multiples(int n, int width) {
        int below = n / width * width;
        return below == 0
                ? Wording.of("%s", N.with(width))
                : Wording.of("%s or %s", N.with(below), N.with(below + width));
    }

    /**
     * What keeps the method from working with these settings and this reward model.
     *
     * @param prm null if there is none
     */
    public static List<Violation> violations(
            SearchMethod method, SearchConfig config, @Nullable ProcessRewardModel prm) {
        Rules rules = new Rules();
        if (method.needsPrm() && prm == null) {
            rules.require(
                    false,
                    "method",
                    "%2$s needs a process reward model: name one with %3$s, or let the policy judge itself with %4$s",
                    METHOD.with(method.cliName()),
                    PRM,
                    PRM.with("self"));
        } else if (method.needsPrm() && prm != null) {
            judged(rules, method, config, prm);
        }
        return Stream.concat(violations(method, config).stream(), rules.violations().stream())
                .toList();
    }

    private static void judged(Rules rules, SearchMethod method, SearchConfig config, ProcessRewardModel prm) {
        boolean whole = prm.scope() == Scope.SOLUTION;
        ScoreAggregation aggregation = config.aggregation();
        rules.require(
                        !whole || !method.isTreeSearch() || method.asksAboutReplies(),
                        "method",
                        "%2$s has unfinished solutions judged, but this reward model scores whole ones: use %3$s",
                        METHOD.with(method.cliName()),
                        METHOD.with(SearchMethod.BEST_OF_N.cliName()))
                .require(
                        !whole || aggregation == null || aggregation == ScoreAggregation.LAST,
                        "aggregation",
                        "%s %s is of steps' scores, but this reward model gives one for the whole solution: leave it out",
                        String.valueOf(aggregation).toLowerCase(Locale.ROOT))
                .require(
                        prm.givesProbabilities() || config.selection() != Selection.WEIGHTED,
                        "selection",
                        "%s weighted adds up probabilities, but this reward model's scores are none:"
                                + " use naive or majority")
                .require(
                        prm.givesProbabilities() || aggregation != ScoreAggregation.PROD,
                        "aggregation",
                        "%s prod multiplies probabilities, but this reward model's scores are none:"
                                + " use last, min or mean");
    }
}
