package org.espalier.picture;

/**
 * The picture's style, for light and for dark surroundings. Plain classes, because not every viewer knows variables.
 */
final class StyleSheet {
    private static final String SHAPES = """
            text{font-size:12px}
            .title{font-size:16px;font-weight:600}
            .answer{font-size:13px;font-weight:600}
            .bold,.chip{font-weight:600}
            .small,.chip{font-size:11px}
            .chip{text-anchor:middle}
            .end{text-anchor:end}
            .edge{fill:none;stroke-linecap:round}
            .dashed{stroke-dasharray:4 3}
            .faded{opacity:.65}
            """;

    private static final String LIGHT = """
            .paper{fill:#ffffff;stroke:#d8dee4}
            text{fill:#1f2328}
            .muted{fill:#59636e}
            .card{fill:#f6f8fa;stroke:#c5ced6}
            .edge{stroke:#b3bdc7}
            .card.path{fill:#f4eefe;stroke:#6639ba}
            .edge.path{stroke:#6639ba}
            .card.win{fill:#6639ba;stroke:#6639ba}
            .onwin{fill:#ffffff}
            .accent{fill:#6639ba}
            """;

    private static final String DARK = """
            .paper{fill:#0d1117;stroke:#30363d}
            text{fill:#e6edf3}
            .muted{fill:#9aa4af}
            .card{fill:#161b22;stroke:#47505a}
            .edge{stroke:#4d5763}
            .card.path{fill:#271c3d;stroke:#c9a6ff}
            .edge.path{stroke:#c9a6ff}
            .card.win{fill:#c9a6ff;stroke:#c9a6ff}
            .onwin{fill:#1b1230}
            .accent{fill:#c9a6ff}
            """;

    private StyleSheet() {}

    static String text() {
        return "\n" + SHAPES + LIGHT + ScoreColours.rules(false) + "\n@media (prefers-color-scheme: dark){\n" + DARK
                + ScoreColours.rules(true) + "\n}\n";
    }
}
