package org.espalier.grade;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code \boxed} parts of a completion. One pass over the text, whatever is left open in it. */
final class Boxes {

    private static final Pattern BOX = Pattern.compile("\\\\(?:boxed|Boxed|fbox|framebox)(?![a-zA-Z])\\s?\\s*");
    private static final Pattern FENCE = Pattern.compile("```");
    private static final Pattern JOINT = Pattern.compile(
            "(?:[ $.]|\\\\[()\\[\\],;: ]|\\\\q?quad(?![a-z]))*(?:,|;|\\b(?:and|or)\\b|\\\\(?:text|mbox|textrm)\\s*\\{\\s*,?\\s*(?:and|or|,)\\s*\\}|\\\\l(?:or|and)(?![a-z]))(?:[ $,]|\\\\[()\\[\\],;: ]|\\\\q?quad(?![a-z])|\\b(?:and|or)\\b|[a-z]{1,3} = )*");
    private static final Pattern BLANK = Pattern.compile(
            "(?:[\\s$~]|\\\\[,;:! ]|\\\\q?quad|\\\\(?:text|mathrm|mbox|textbf)\\s*\\{\\s*\\}|\\\\hspace\\{[^{}]*\\})*");
    private static final Pattern PLACEHOLDER =
            Pattern.compile("(?i)(?:your|the|final|my)[ _]?(?:final )?answer(?: here)?|answer|\\.{2,}|\\\\[lc]?dots");
    private static final int MAX_JOINT = 60;

    private Boxes() {}

    private record Box(int start, int end, String content) {}

    /**
     * The content of the last box that has one, with the boxes right before it that are parts of the same answer, as
     * in {@code \boxed{2} and \boxed{5}}. Boxes in code count only where there are no others.
     */
    static Optional<String> last(String completion) {
        List<Box> boxes = boxes(completion);
        if (boxes.isEmpty()) {
            return Optional.empty();
        }
        List<Box> outside = outsideCode(completion, boxes);
        List<Box> candidates = outside.isEmpty() ? boxes : outside;
        int first = candidates.size() - 1;
        while (first > 0 && joined(completion, candidates.get(first - 1), candidates.get(first))) {
            first--;
        }
        List<String> parts = candidates.subList(first, candidates.size()).stream()
                .map(Box::content)
                .toList();
        return Optional.of(String.join(", ", parts));
    }

    private static boolean joined(String completion, Box before, Box after) {
        int gap = after.start - before.end;
        return gap > 0
                && gap <= MAX_JOINT
                && JOINT.matcher(completion.substring(before.end, after.start)).matches();
    }

    private static List<Box> boxes(String completion) {
        List<Box> boxes = new ArrayList<>();
        Matcher matcher = BOX.matcher(completion);
        Map<Integer, Integer> closings = new HashMap<>();
        boolean paired = false;
        while (matcher.find()) {
            int open = matcher.end();
            boolean braced = open < completion.length() && completion.charAt(open) == '{';
            if (braced && !paired) {
                closings = closings(completion, open);
                paired = true;
            }
            Optional<Box> box = braced
                    ? Optional.ofNullable(closings.get(open))
                            .map(close -> new Box(matcher.start(), close + 1, completion.substring(open + 1, close)))
                    : bare(completion, matcher.start(), open);
            box.filter(found -> !isBlank(found.content))
                    .map(found -> new Box(found.start, found.end, found.content.strip()))
                    .filter(found -> !PLACEHOLDER.matcher(found.content).matches())
                    .ifPresent(boxes::add);
        }
        return boxes;
    }

    private static boolean isBlank(String content) {
        return content.isBlank()
                || (content.length() <= MAX_JOINT && BLANK.matcher(content).matches());
    }

    /** {@code \boxed 5}: up to the next space or dollar sign. */
    private static Optional<Box> bare(String completion, int start, int from) {
        int end = from;
        while (end < completion.length()
                && !Character.isWhitespace(completion.charAt(end))
                && completion.charAt(end) != '$') {
            end++;
        }
        boolean spaced = from > start && Character.isWhitespace(completion.charAt(from - 1));
        return spaced ? Optional.of(new Box(start, end, completion.substring(from, end))) : Optional.empty();
    }

    /** Where each brace from {@code from} on is closed; escaped braces do not count. */
    private static Map<Integer, Integer> closings(String text, int from) {
        Map<Integer, Integer> closings = new HashMap<>();
        Deque<Integer> open = new ArrayDeque<>();
        for (int i = from; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '\\' -> i++;
                case '{' -> open.push(i);
                case '}' -> {
                    if (!open.isEmpty()) {
                        closings.put(open.pop(), i);
                    }
                }
                default -> {}
            }
        }
        return closings;
    }

    private static List<Box> outsideCode(String completion, List<Box> boxes) {
        List<Integer> fences =
                FENCE.matcher(completion).results().map(fence -> fence.start()).toList();
        List<Box> outside = new ArrayList<>();
        int before = 0;
        for (Box box : boxes) {
            while (before < fences.size() && fences.get(before) < box.start) {
                before++;
            }
            if (before % 2 == 0) {
                outside.add(box);
            }
        }
        return outside;
    }
}
