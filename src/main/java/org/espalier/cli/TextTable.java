package org.espalier.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * A table of texts.
 *
 * @param cells the header, then the lines, all of the same length
 * @param names how many of the first columns are texts, set to the left; the others are numbers
 */
record TextTable(List<List<String>> cells, int names) {
    /** In columns of the same width. */
    void print(Terminal terminal, PrintStream out) {
        int[] widths = new int[cells.get(0).size()];
        for (List<String> line : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (int at = 0; at < cells.size(); at++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String format = i < names ? "%-" + widths[i] + "s  " : "%" + widths[i] + "s  ";
                text.append(String.format(Locale.ROOT, format, cells.get(at).get(i)));
            }
            String line = text.toString().stripTrailing();
            out.println(at == 0 ? terminal.format("@|bold %s|@", line) : line);
        }
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < cells.size(); at++) {
            List<String> line = cells.get(at);
            line.forEach(
                    cell -> text.append("| ").append(cell.replace("|", "\\|")).append(' '));
            text.append("|\n");
            if (at == 0) {
                for (int i = 0; i < line.size(); i++) {
                    text.append(i < names ? "|---" : "|--:");
                }
                text.append("|\n");
            }
        }
        return text.toString();
    }
}
