package org.espalier.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;

/**
 * Draws the n-th token of a path with (seed, n), as the real one does: words, blank lines, boxed answers, and the end of
 * turn sooner or later.
 */
public final class SeededPolicy extends FakePolicy {
    private static final String DELIMITER = "\n\n";
    private static final int CONTEXT = 400;

    public SeededPolicy(Executor thread) {
        super(thread);
    }

    @Override
    Draft draft(Place place, int index, StepRequest request) {
        long seed = request.sampling().temperature() == 0 ? 7 : request.seed();
        List<String> tokens = new ArrayList<>();
        boolean blank = true;
        while (tokens.size() < request.maxTokens()) {
            int position = place.tokens() + tokens.size();
            if (position >= CONTEXT) {
                return new Draft(tokens, StopReason.CONTEXT);
            }
            int draw = Math.floorMod(hash(seed, position), 40);
            String token = token(draw);
            tokens.add(token);
            if (token.isEmpty()) {
                return new Draft(tokens, StopReason.EOS);
            }
            blank &= token.isBlank();
            if (token.endsWith(DELIMITER) && request.delimiter() != null && (!blank || request.blankSteps())) {
                return new Draft(tokens, StopReason.DELIMITER);
            }
        }
        return new Draft(tokens, StopReason.LENGTH);
    }

    private static String token(int draw) {
        if (draw < 2) {
            return "";
        }
        if (draw < 7) {
            return "so" + DELIMITER;
        }
        if (draw == 7) {
            return DELIMITER;
        }
        if (draw < 11) {
            return "\\boxed{" + draw % 3 + "} ";
        }
        return "w" + draw + " ";
    }

    static int hash(long seed, long position) {
        long z = seed * 0x9E3779B97F4A7C15L + position * 0xD1B54A32D192ED03L;
        z = (z ^ (z >>> 32)) * 0xD6E8FEB86659FD93L;
        return (int) (z ^ (z >>> 32));
    }
}
