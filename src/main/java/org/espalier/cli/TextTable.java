package org.espalier.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A table of texts.
 *
 * @param cells the header, then the lines, all of the same length
 * @param names how many of the first columns are texts, set to the left; the others are numbers
 */
record TextTable(List<List<String>> cells, int names) {
    /** In columns of the same width. */
    void print(Terminal terminal) {
        // Quoted before it is measured.
        List<List<String>> shown = cells.stream()
                .map(line -> line.stream().map(Quoting::line).toList())
                .toList();
        int[] widths = IntStream.range(0, shown.get(0).size())
                .map(i -> shown.stream()
                        .mapToInt(line -> line.get(i).length())
                        .max()
                        .orElse(0))
                .toArray();
        for (int at = 0; at < shown.size(); at++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String format = i < names ? "%-" + widths[i] + "s  " : "%" + widths[i] + "s  ";
                text.append(String.format(Locale.ROOT, format, shown.get(at).get(i)));
            }
            String line = text.toString().stripTrailing();
            terminal.println(at == 0 ? "@|bold %s|@" : "%s", line);
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
