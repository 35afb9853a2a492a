package org.espalier.model;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses which name somebody meant who typed another one. */
@Internal
public final class Nearest {
    private static final int LEAST_PART = 3;

    private Nearest() {}

    /**
     * The most similar name; of equally similar ones the first. Case, hyphens and underscores count for nothing.
     *
     * @return empty if none is similar enough to have been meant
     */
    public static Optional<String> to(String typed, Collection<String> names) {
        String plain = plain(typed);
        return names.stream()
                .filter(name -> isNear(plain, plain(name)))
                .min(Comparator.comparingDouble(name -> rank(plain, plain(name))));
    }

    /** {@code "; did you mean NAME?"}, or nothing if no name is similar. */
    public static String question(String typed, Collection<String> names) {
        return to(typed, names).map(name -> "; did you mean " + name + "?").orElse("");
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("(?<=.)[-_ ]|^-+", "");
    }

    private static boolean isNear(String typed, String name) {
        return isPart(typed, name) || distance(typed, name) <= Math.max(1, Math.max(typed.length(), name.length()) / 3);
    }

    private static boolean isPart(String typed, String name) {
        return typed.length() >= LEAST_PART && name.contains(typed);
    }

    /** A beginning that was typed is nearer than a typing error, and another part is farther. */
    private static double rank(String typed, String name) {
        if (isPart(typed, name)) {
            double rest = (name.length() - typed.length()) / (double) name.length();
            return name.startsWith(typed) ? rest : 2 + rest;
        }
        return distance(typed, name);
    }

    /** Letters that are wrong, missing, too many, or exchanged with the next one. */
    private static int distance(String a, String b) {
        int[][] rows = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    rows[i][j] = i + j;
                    continue;
                }
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                int best = Math.min(rows[i - 1][j - 1] + (same ? 0 : 1), Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
                boolean exchanged =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                rows[i][j] = exchanged ? Math.min(best, rows[i - 2][j - 2] + 1) : best;
            }
        }
        return rows[a.length()][b.length()];
    }
}
