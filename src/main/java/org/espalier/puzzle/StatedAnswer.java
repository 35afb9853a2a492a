package org.espalier.puzzle;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The answer that a reply says is its answer: in a line that begins so, or in a box. Stateless. */
final class StatedAnswer {
    private static final Pattern LINE =
            Pattern.compile("(?im)^[\\W_]*(?:the )?(?:final )?answer(?: is)?\\s*[:=]?\\**\\s*(\\S.*)$");
    private static final String BOX = "\\boxed{";

    private StatedAnswer() {}

    /** The last one; empty if there is none. */
    static Optional<String> in(String reply) {
        int box = reply.lastIndexOf(BOX);
        Matcher line = LINE.matcher(reply);
        String stated = null;
        int at = -1;
        while (line.find()) {
            stated = line.group(1);
            at = line.start(1);
        }
        if (box >= 0 && box + BOX.length() > at) {
            Optional<String> boxed = boxed(reply, box + BOX.length());
            if (boxed.isPresent()) {
                return boxed;
            }
        }
        return Optional.ofNullable(stated).map(String::strip);
    }

    private static Optional<String> boxed(String reply, int from) {
        int depth = 1;
        for (int i = from; i < reply.length(); i++) {
            char c = reply.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0) {
                return Optional.of(reply.substring(from, i).strip());
            }
        }
        return Optional.empty();
    }
}
