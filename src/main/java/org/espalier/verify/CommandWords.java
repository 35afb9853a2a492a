package org.espalier.verify;

import java.util.ArrayList;
import java.util.List;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;

/**
 * A command line in words, as a shell reads them: apart at white space, unless that is in quotes or behind a backslash. Nothing
 * else means anything: no variables, no pipes. Stateless.
 */
final class CommandWords {
    private CommandWords() {}

    /** @throws UsageException if there is no word, or a quote is not closed */
    static List<String> of(String command) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (int i = 0; i < command.length(); i++) {
            char c = command.charAt(i);
            boolean escapes = c == '\\' && quote != '\'' && i + 1 < command.length();
            if (escapes) {
                word.append(command.charAt(++i));
                begun = true;
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                begun = true;
            } else if (!Character.isWhitespace(c)) {
                word.append(c);
                begun = true;
            } else if (begun) {
                words.add(word.toString());
                word.setLength(0);
                begun = false;
            }
        }
        if (quote != 0) {
            throw new UsageException(
                    List.of(Violation.of("verifier", "%s has a quote that is not closed: %s", command)));
        }
        if (begun) {
            words.add(word.toString());
        }
        if (words.isEmpty() || words.get(0).isEmpty()) {
            throw new UsageException(List.of(Violation.of("verifier", "%s is empty: give a command")));
        }
        return words;
    }
}
