package org.espalier.testing;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;

/**
 * Writes what it was told to: {@code on(path, steps…)} lists the steps that the first, second, … extension of a prefix
 * with this text gives, where {@code |} stands for a blank line. A step that ends with it ends with the delimiter, any
 * other one with the end of turn. What follows a question is scripted after {@link #asked} alone. Without a delimiter it goes on to the end, always with the first step.
 */
public final class ScriptedPolicy extends FakePolicy {
    private static final String DELIMITER = "\n\n";
    private static final char REASON = '\u0001';

    private final Map<String, List<String>> steps = new HashMap<>();
    private final Map<String, String> greedySteps = new HashMap<>();

    public ScriptedPolicy(Executor thread) {
        super(thread);
    }

    public ScriptedPolicy on(String path, String... next) {
        steps.put(unfold(path), Arrays.stream(next).map(ScriptedPolicy::unfold).toList());
        return this;
    }

    /** What follows a path at temperature 0. */
    public ScriptedPolicy greedily(String path, String next) {
        greedySteps.put(unfold(path), unfold(next));
        return this;
    }

    /** The text that a script's shorthand stands for. */
    public static String unfold(String script) {
        return script.replace("|", DELIMITER);
    }

    /** The shorthand for a text. */
    public static String fold(String text) {
        return text.replace(DELIMITER, "|");
    }

    /** A step that ends for another reason. */
    public static String ending(String text, StopReason reason) {
        return text + REASON + reason;
    }

    @Override
    Draft draft(Place place, int index, StepRequest request) {
        boolean greedy = request.sampling().temperature() == 0;
        String text = "";
        String step = step(place.path(), index, greedy);
        while (request.delimiter() == null && step.endsWith(DELIMITER)) {
            text += step;
            step = step(place.path() + text, 0, greedy);
        }
        int mark = step.indexOf(REASON);
        if (mark >= 0) {
            return Draft.of(text + step.substring(0, mark), StopReason.valueOf(step.substring(mark + 1)));
        }
        return Draft.of(text + step, step.endsWith(DELIMITER) ? StopReason.DELIMITER : StopReason.EOS);
    }

    private String step(String path, int index, boolean greedy) {
        String greedyStep = greedy ? greedySteps.get(path) : null;
        if (greedyStep != null) {
            return greedyStep;
        }
        List<String> scripted = steps.getOrDefault(path.substring(Math.max(0, path.lastIndexOf('?'))), List.of());
        if (index >= scripted.size()) {
            throw new IllegalStateException("no step " + index + " is scripted after '" + path + "'");
        }
        return scripted.get(index);
    }
}
