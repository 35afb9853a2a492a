package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.espalier.eval.PlanFile;
import org.espalier.eval.Tuning;
import org.espalier.eval.Tuning.Replayed;
import org.espalier.search.AutoPlan;
import org.jspecify.annotations.Nullable;

/** What plans of auto would have given in a recorded run. */
final class RuleReplay {
    /** What {@code --json} prints. */
    private record Rules(List<Replayed> rules) {}

    private RuleReplay() {}

    /**
     * Prints it.
     *
     * @param rules plan files, or plans in words
     * @param most completions a search may have; null for all that were recorded
     * @param larger a run of a larger policy, asked where the others leave the answer open; null for none
     */
    static void print(Path run, List<String> rules, @Nullable Integer most, @Nullable Path larger, boolean json) {
        List<AutoPlan> plans = rules.stream().map(RuleReplay::plan).toList();
        List<Replayed> found = Tuning.replay(List.of(run), plans, most, larger == null ? List.of() : List.of(larger));
        if (json) {
            System.out.println(PrettyJson.of(new Rules(found)));
            return;
        }
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of("rule", "tokens", "of the larger policy", "% right", "95 %", "against going on to the end"));
        for (int i = 0; i < rules.size(); i++) {
            Replayed one = found.get(i);
            cells.add(List.of(
                    rules.get(i),
                    String.format(Locale.ROOT, "%,.0f", one.result().tokens()),
                    larger == null ? "" : String.format(Locale.ROOT, "%,.0f", one.largerTokens()),
                    Numbers.percent(one.result().accuracy()),
                    Numbers.percent(one.low()) + "-" + Numbers.percent(one.high()),
                    String.format(
                            Locale.ROOT,
                            "%+.1f (%+.1f to %+.1f)",
                            100 * one.difference(),
                            100 * one.differenceLow(),
                            100 * one.differenceHigh())));
        }
        new TextTable(cells, 1).print(Terminal.output());
    }

    private static AutoPlan plan(String rule) {
        return rule.stripLeading().startsWith("{")
                ? PlanFile.inWords(rule).plan()
                : PlanFile.read(Path.of(rule)).plan();
    }
}
