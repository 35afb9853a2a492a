package org.espalier.code;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Cuts the program out of a reply: from one or several fenced blocks, of which the last may lack its end; from prose without
 * any; or as what goes on where the problem begins it. Stateless.
 */
final class CodeBlocks {
    private static final Pattern FENCE = Pattern.compile("(?m)^[ \\t]*(?:```|~~~)[ \\t]*([\\w+#-]*)[^\\n]*$");

    /** What a line at the left margin begins with if it is code and not prose. */
    private static final Pattern CODE = Pattern.compile(
            "(?:def|class|import|from|async|for|while|if|else|elif|try|except|finally|with|return|public|static|private|final|record|interface|enum|package)\\b"
                    + "[^.?!]*|[@#}/{].*|[\\w.\\[\\]]+(?:\\s*,\\s*\\w+)*\\s*(?:[-+*/]?=)[^=].*|print\\(.*|assert .*|[\\w.]+\\(.*\\);?");

    private static final Pattern BEGINS =
            Pattern.compile("(?:def|class|import|from|async|public|static|record|@)\\b?.*");

    /** What a program is tried out with at its end, which is no part of it. */
    private static final Pattern TRIAL =
            Pattern.compile("(?:assert\\b|print\\b|#|if __name__|import doctest|doctest\\.).*");

    private static final String INDENT = "    ";

    private record Block(String language, String code) {}

    private CodeBlocks() {}

    /** The program that a reply has for a task; empty text if it has none. */
    static String program(String reply, CodeTask task) {
        String entry = task.entry();
        String code = code(reply, task);
        if (code.isBlank()) {
            return "";
        }
        if (entry == null || task.language().definedIn(code).contains(entry)) {
            String whole = entry == null ? code : withoutTrials(code, entry);
            return (task.preamble() + whole).strip() + "\n";
        }
        // Not the function itself: what its beginning goes on with, unless the policy calls it something else.
        boolean goesOn =
                !task.begun().isBlank() && (task.language().definedIn(code).isEmpty() || isIndented(code));
        return goesOn ? task.begun().stripTrailing() + "\n" + continuation(code) : code.strip() + "\n";
    }

    /** Whether there is a fence, and none is open. */
    static boolean isClosed(String reply) {
        long fences = FENCE.matcher(reply).results().count();
        return fences > 0 && fences % 2 == 0;
    }

    /** The whole lines of a program that a reply has begun in a block and not ended; empty text if there is none. */
    static String begun(String reply, CodeTask task) {
        Matcher fence = FENCE.matcher(reply);
        int begin = -1;
        String language = "";
        while (fence.find()) {
            begin = begin < 0 ? Math.min(reply.length(), fence.end() + 1) : -1;
            language = fence.group(1);
        }
        int end = reply.lastIndexOf('\n') + 1;
        if (begin < 0 || end <= begin) {
            return "";
        }
        String code = reply.substring(begin, end);
        Language of = task.language();
        boolean marked = language.isEmpty() ? !of.definedIn(code).isEmpty() : of.isCalled(language);
        if (!marked || code.isBlank()) {
            return "";
        }
        // What the problem begins and the reply goes on with is no program by itself.
        return isIndented(code) ? "" : task.preamble() + code;
    }

    /** A program without what it is tried out with at its end. */
    static String untried(String program, CodeTask task) {
        List<String> defined = task.language().definedIn(program);
        String entry = task.entry() != null ? task.entry() : defined.isEmpty() ? null : defined.get(defined.size() - 1);
        return entry == null ? program : withoutTrials(program, entry);
    }

    private static String code(String reply, CodeTask task) {
        List<Block> blocks = blocks(reply);
        Language language = task.language();
        List<Block> usable = blocks.stream()
                .filter(block -> block.language().isEmpty() || language.isCalled(block.language()))
                .filter(block -> !block.code().isBlank())
                .toList();
        if (usable.isEmpty()) {
            return blocks.isEmpty() ? unfenced(reply) : "";
        }
        String entry = task.entry();
        int last = -1;
        for (int i = 0; i < usable.size(); i++) {
            List<String> defined = language.definedIn(usable.get(i).code());
            if (entry == null ? !defined.isEmpty() : defined.contains(entry)) {
                last = i;
            }
        }
        return last < 0 ? usable.get(0).code() : withHelpers(usable, last, language);
    }

    /** A block with those before it that define what it does not. */
    private static String withHelpers(List<Block> blocks, int last, Language language) {
        String main = blocks.get(last).code();
        Set<String> known = new HashSet<>(language.definedIn(main));
        List<String> parts = new ArrayList<>();
        for (Block block : blocks.subList(0, last)) {
            List<String> defined = language.definedIn(block.code());
            if (!defined.isEmpty() && known.stream().noneMatch(defined::contains)) {
                parts.add(block.code());
                known.addAll(defined);
            }
        }
        parts.add(main);
        return String.join("\n", parts);
    }

    private static List<Block> blocks(String reply) {
        List<Block> blocks = new ArrayList<>();
        Matcher fence = FENCE.matcher(reply);
        int begin = -1;
        String language = "";
        while (fence.find()) {
            if (begin < 0) {
                language = fence.group(1);
                begin = Math.min(reply.length(), fence.end() + 1);
            } else {
                blocks.add(new Block(language, reply.substring(begin, Math.max(begin, fence.start()))));
                begin = -1;
            }
        }
        if (begin >= 0) {
            blocks.add(new Block(language, reply.substring(begin)));
        }
        return blocks;
    }

    /** From the first line that begins a program to the last one that can belong to it; all, if none begins one. */
    private static String unfenced(String reply) {
        List<String> lines = reply.lines().toList();
        int first = 0;
        while (first < lines.size() && !BEGINS.matcher(lines.get(first)).matches()) {
            first++;
        }
        if (first == lines.size()) {
            return reply;
        }
        int end = first;
        while (end < lines.size() && isCode(lines.get(end))) {
            end++;
        }
        return String.join("\n", lines.subList(first, end));
    }

    private static boolean isCode(String line) {
        return line.isBlank()
                || Character.isWhitespace(line.charAt(0))
                || CODE.matcher(line).matches()
                || line.startsWith("\"\"\"")
                || line.startsWith(")")
                || line.startsWith("]");
    }

    private static boolean isIndented(String code) {
        return code.lines()
                .filter(line -> !line.isBlank())
                .findFirst()
                .orElse("")
                .startsWith(" ");
    }

    /** As far as the function goes, indented as its body. */
    private static String continuation(String code) {
        if (isIndented(code)) {
            return code.lines()
                            .takeWhile(line -> line.isBlank() || Character.isWhitespace(line.charAt(0)))
                            .collect(Collectors.joining("\n"))
                    + "\n";
        }
        return code.lines().map(line -> line.isBlank() ? line : INDENT + line).collect(Collectors.joining("\n")) + "\n";
    }

    private static String withoutTrials(String code, String entry) {
        List<String> lines = new ArrayList<>(code.stripTrailing().lines().toList());
        int end = lines.size();
        for (int i = lines.size() - 1; i > 0; i--) {
            String line = lines.get(i);
            if (line.isBlank() || Character.isWhitespace(line.charAt(0))) {
                continue;
            }
            if (!TRIAL.matcher(line).matches() && !line.startsWith(entry + "(")) {
                break;
            }
            end = i;
        }
        return String.join("\n", lines.subList(0, end)) + "\n";
    }
}
