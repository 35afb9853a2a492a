package org.espalier.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Changes one value of a configuration's text and leaves all else as it was, comments too. */
final class ConfigEdit {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_/.][A-Za-z0-9_./@+-]*(:[A-Za-z0-9_./@+-]+)*");
    private static final Pattern WORD = Pattern.compile("(?i)null|~|true|false|yes|no|on|off");
    private static final int STEP = 2;

    private final List<String> lines;

    private ConfigEdit(String text) {
        lines = new ArrayList<>(text.isEmpty() ? List.of() : text.lines().toList());
    }

    /**
     * Returns the text with a value in the place of the one that is there, or added.
     *
     * @throws UsageException if the place is written in another form than a key a line
     */
    static String set(String text, List<String> keys, String value) {
        ConfigEdit edit = new ConfigEdit(text);
        edit.change(0, edit.lines.size(), 0, keys, value);
        return edit.text();
    }

    /** Returns the text without a value; as it was if there is none. */
    static String unset(String text, List<String> keys) {
        ConfigEdit edit = new ConfigEdit(text);
        edit.change(0, edit.lines.size(), 0, keys, null);
        return edit.text();
    }

    private String text() {
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    /** @param value null to remove it */
    private void change(int from, int to, int indent, List<String> keys, @Nullable String value) {
        int at = find(from, to, indent, keys.get(0));
        boolean last = keys.size() == 1;
        if (at < 0) {
            if (value != null) {
                lines.addAll(endOfContent(from, to), added(indent, keys, value));
            }
            return;
        }
        int end = endOfBlock(at, to, indent);
        if (last) {
            lines.subList(at, end).clear();
            if (value != null) {
                lines.add(at, " ".repeat(indent) + keys.get(0) + ": " + quoted(value));
            }
            return;
        }
        String inline = lines.get(at).substring(lines.get(at).indexOf(':') + 1).replaceFirst("\\s+#.*", "");
        if (!inline.isBlank()) {
            throw new UsageException("'%s' is written in one line in the file: change it there".formatted(keys.get(0)));
        }
        int inner = end > at + 1 ? indentOf(firstContent(at + 1, end)) : indent + STEP;
        change(at + 1, end, inner, keys.subList(1, keys.size()), value);
        boolean empty = endOfBlock(at, lines.size(), indent) == at + 1;
        if (value == null && empty) {
            lines.remove(at);
        }
    }

    private static List<String> added(int indent, List<String> keys, String value) {
        List<String> added = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            String end = i == keys.size() - 1 ? ": " + quoted(value) : ":";
            added.add(" ".repeat(indent + STEP * i) + keys.get(i) + end);
        }
        return added;
    }

    private int find(int from, int to, int indent, String key) {
        Pattern line = Pattern.compile(" {" + indent + "}[\"']?" + Pattern.quote(key) + "[\"']?\\s*:(\\s.*)?");
        for (int i = from; i < to; i++) {
            if (line.matcher(lines.get(i)).matches()) {
                return i;
            }
        }
        return -1;
    }

    /** Behind the last line that belongs to the key at a line. */
    private int endOfBlock(int at, int to, int indent) {
        int end = at + 1;
        for (int i = at + 1; i < to && (isContent(i) ? indentOf(i) > indent : true); i++) {
            if (isContent(i)) {
                end = i + 1;
            }
        }
        return end;
    }

    private int endOfContent(int from, int to) {
        int end = to;
        while (end > from && lines.get(end - 1).isBlank()) {
            end--;
        }
        return end;
    }

    private int firstContent(int from, int to) {
        for (int i = from; i < to; i++) {
            if (isContent(i)) {
                return i;
            }
        }
        return from;
    }

    private boolean isContent(int line) {
        String text = lines.get(line).strip();
        return !text.isEmpty() && !text.startsWith("#");
    }

    private int indentOf(int line) {
        String text = lines.get(line);
        return text.length() - text.stripLeading().length();
    }

    private static String quoted(String value) {
        boolean plain = PLAIN.matcher(value).matches() && !WORD.matcher(value).matches();
        boolean flag = List.of("true", "false").contains(value);
        return plain || flag
                ? value
                // A string of JSON is one of YAML.
                : JsonMapper.builder().build().writeValueAsString(value);
    }
}
