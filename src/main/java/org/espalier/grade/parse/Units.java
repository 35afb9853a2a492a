package org.espalier.grade.parse;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which words after a number only name what it counts or measures. A word is dropped only if it is known to be such a
 * one: a unit, a currency, a noun that is counted. Words that scale, negate, bound, date or direct a number turn its
 * meaning and stay.
 */
public final class Units {

    private static final Map<String, Set<String>> WORDS = WordLists.sections("units.txt");
    private static final Pattern EXPONENT = Pattern.compile("\\^\\s*\\{?\\s*-?\\d\\s*\\}?");
    private static final Pattern SEPARATORS = Pattern.compile("[\\s/*().,~\\\\]+|\\\\cdot(?![a-z])");
    private static final Pattern EXPLANATION =
            Pattern.compile("(?s)[\\s(,;.]*(?:since|because|as|which|so|where|i\\.e\\.|that is)\\b.*");
    private static final int MAX_PHRASE = 100;
    private static final Set<String> PREPOSITIONS = Set.of("of", "in", "for", "per", "on", "from", "at");

    private Units() {}

    private static boolean in(String section, String word) {
        return WORDS.getOrDefault(section, Set.of()).contains(word);
    }

    /** Whether a word is a unit of measure or a currency, in the singular or the plural. */
    static boolean isUnit(String word) {
        String lower = word.length() > 1 ? word.toLowerCase(Locale.ROOT) : word;
        return in("units", lower) || in("symbols", lower);
    }

    /** Whether a run of letters that may be variables is the name of a unit all the same. */
    static boolean isUnmistakable(String word) {
        return in("units", word.toLowerCase(Locale.ROOT));
    }

    /** Whether an upright letter is the symbol of a unit. */
    static boolean isUnitLetter(String letter) {
        return in("letters", letter);
    }

    /** Whether a word changes what the number before it says. */
    static boolean turns(String word) {
        return in("turning", word.toLowerCase(Locale.ROOT));
    }

    /** Whether words after a number leave its value as it is. */
    static boolean droppable(String phrase) {
        if (phrase.length() > MAX_PHRASE) {
            return false;
        }
        if (EXPLANATION.matcher(phrase).matches()) {
            return true;
        }
        List<String> words = SEPARATORS
                .splitAsStream(EXPONENT.matcher(phrase).replaceAll(" "))
                .filter(word -> !word.isEmpty())
                .toList();
        boolean head = false;
        boolean free = true;
        boolean alone = words.size() == 1 || phrase.indexOf('/') > 0 || phrase.indexOf('^') > 0;
        boolean compound = words.stream().allMatch(word -> isUnit(word) || isUnitLetter(word));
        String before = "";
        for (String word : words) {
            boolean remaining = word.equals("left") && head && !in("directed", before);
            before = word;
            if (remaining) {
                continue;
            }
            if (!isProse(word) || turns(word)) {
                return false;
            }
            boolean named = isUnit(word) || isCounted(word) || (isUnitLetter(word) && (alone || compound));
            if (!named && !free && !in("fillers", word.toLowerCase(Locale.ROOT))) {
                return false;
            }
            head |= named;
            free = !head || PREPOSITIONS.contains(word) || (free && in("fillers", word));
        }
        return head
                || (!words.isEmpty()
                        && words.stream().allMatch(word -> in("fillers", word))
                        && words.stream().anyMatch(word -> in("enough", word)));
    }

    /**
     * Whether words that are not marked as text can be nothing but words: no single letters, which would be variables,
     * except in units such as {@code m/s}.
     */
    static boolean isPlainPhrase(String phrase, boolean glued) {
        List<String> words = SEPARATORS
                .splitAsStream(EXPONENT.matcher(phrase).replaceAll(" "))
                .filter(word -> !word.isEmpty())
                .toList();
        if (phrase.indexOf('/') > 0 && words.stream().allMatch(word -> isUnit(word) || isUnitLetter(word))) {
            return words.stream().anyMatch(word -> word.length() > 1) || !glued || phrase.equals("m/s");
        }
        return words.stream().noneMatch(word -> word.matches("[b-zA-Z]"));
    }

    private static boolean isProse(String word) {
        return word.codePoints().allMatch(c -> Character.isLetter(c) || c == '\'' || c == '-' || c == '°');
    }

    /** A noun in the list, or a plural. */
    private static boolean isCounted(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        return in("nouns", lower)
                || (lower.matches("[a-z-]{3,}s")
                        && !lower.matches(".*(?:ss|us|is|ous|wards|always|sideways|less|plus)"));
    }
}
