package org.espalier.testing;

import java.util.concurrent.Executor;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;

/**
 * Writes a step that depends on nothing but the text before it and how many steps were drawn there already, so that a
 * program without a tree can write the same.
 */
public final class HashedPolicy extends FakePolicy {
    private static final String DELIMITER = "\n\n";

    private final long seed;

    public HashedPolicy(Executor thread, long seed) {
        super(thread);
        this.seed = seed;
    }

    /** One step, with its delimiter unless the turn ends with it. */
    public static String step(long seed, String path, int index, boolean greedy) {
        int draw = Math.floorMod(SeededPolicy.hash(seed + (greedy ? -1 : index) * 31L, path.hashCode()), 1 << 16);
        String text = switch (draw % 9) {
            case 0 -> "";
            case 1 -> "\\boxed{" + draw / 9 % 4 + (draw % 2 == 0 ? "}" : " }");
            case 2 -> "w" + draw / 9 % 3;
            default -> "v" + draw / 9 % 50 + " w" + draw % 11;
        };
        boolean ends = draw % 5 == 0;
        return ends ? text : text + DELIMITER;
    }

    @Override
    Draft draft(Place place, int index, StepRequest request) {
        boolean greedy = request.sampling().temperature() == 0;
        String step = step(seed, place.path(), index, greedy);
        while (!request.blankSteps() && step.isBlank() && step.endsWith(DELIMITER)) {
            step += step(seed, place.path() + step, 0, greedy);
        }
        return Draft.of(step, step.endsWith(DELIMITER) ? StopReason.DELIMITER : StopReason.EOS);
    }
}
