package org.espalier.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.espalier.picture.RecordedTree.Ending;
import org.espalier.picture.RecordedTree.Node;
import org.espalier.picture.RecordedTree.Run;
import org.espalier.search.Solution;
import org.espalier.search.Vote;

/** What was asked, what came out, how it was found and what it cost. */
final class Header {
    static final double HEIGHT = 76;

    private static final double TITLE_FONT = 16;

    private Header() {}

    /** @param width that it may take, in pixels */
    static void draw(SvgWriter svg, RecordedTree tree, Run run, double x, double y, double width) {
        svg.line(x, y + 14, "title", TextBox.clip(StepLabel.oneLine(run.problem()), TITLE_FONT * 1.1, width));
        svg.open("text", "x", x, "y", y + 38);
        if (run.answer() == null) {
            svg.leaf("tspan", run.selected() == null ? "No answer" : "Best reply", "class", "answer");
        } else {
            String answer = "Answer " + TextBox.clip(StepLabel.plain(run.answer()), TITLE_FONT, width / 3);
            svg.leaf("tspan", answer, "class", "answer accent");
            svg.leaf("tspan", confidence(tree, run), "class", "muted", "dx", 10.0);
        }
        svg.close();
        svg.line(x, y + 58, "muted", cost(run));
    }

    private static String confidence(RecordedTree tree, Run run) {
        if (run.votes().isEmpty()) {
            return "from an unfinished completion; nothing was there to vote";
        }
        Integer selected = run.selected();
        Node end = selected == null ? null : tree.nodes().get(selected);
        Ending ending = end == null ? null : end.ending();
        int all = run.votes().stream().mapToInt(Vote::count).sum();
        int same = run.votes().stream()
                .filter(vote -> ending != null && Objects.equals(vote.key(), ending.key()))
                .mapToInt(Vote::count)
                .sum();
        return String.format(
                Locale.ROOT, "%d of %d completions agree, %.0f %% of the vote", same, all, 100 * run.agreement());
    }

    private static String cost(Run run) {
        List<String> parts = new ArrayList<>();
        parts.add(run.method() + ", n = " + run.n());
        parts.add(String.format(Locale.ROOT, "%,d policy tokens", run.policyTokens()));
        if (run.prmTokens() > 0) {
            parts.add(String.format(Locale.ROOT, "%,d PRM tokens", run.prmTokens()));
        }
        parts.add(String.format(Locale.ROOT, "%.1f s", run.wallMillis() / 1e3));
        if (!run.stoppedBy().equals(Solution.COMPLETED)) {
            parts.add("stopped early: " + run.stoppedBy());
        }
        return String.join("  ·  ", parts);
    }
}
