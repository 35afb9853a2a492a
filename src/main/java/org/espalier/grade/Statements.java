package org.espalier.grade;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.grade.parse.NumberWords;

/** Narrows what follows "the answer is" to the value it states: a formula, a number with its unit, words. */
final class Statements {

    private static final Pattern LIST_MARK =
            Pattern.compile("^(?:[*•]\\s+|(?<=\\n)?-\\s+(?=[^\\d]))|^\\s*1[.)]\\s+(?=\\S)");
    private static final Pattern FENCE = Pattern.compile("(?s)^```[a-zA-Z]*\\n?(.{1,400}?)```");
    private static final Pattern FORMULA = Pattern.compile(
            "(?s)\\$\\$(.+?)\\$\\$|\\$((?:[^$\\\\]|\\\\.)+?)\\$(?!\\d)|\\\\\\((.+?)\\\\\\)|\\\\\\[(.+?)\\\\\\]");
    private static final Pattern WORDS_INSIDE = Pattern.compile("(?<![\\\\a-zA-Z{])[a-zA-Z]{2,} ");
    private static final Pattern JOINT = Pattern.compile("\\s*(?:,|;|,?\\s*(?:and|or))\\s*(?:[a-z]\\s*=\\s*)?");
    private static final Pattern SENTENCE_END =
            Pattern.compile("[.!?](?=[\\s\"”')*]|$)(?<!\\b[ap]\\.m\\.)|\\n|(?<=\\$)[.,;]|\\*\\*|[。！？]|```");
    private static final Pattern LEAD = Pattern.compile(
            "(?i)^(?:[\\s,:]|(?:that|therefore|thus|hence|so|then|simply|just|clearly|now|indeed|only|also|exactly|precisely|about|approximately|approx\\.|roughly|around|equal to|given by|obtained as|a total of|found to be|:|=|then|is)(?=[\\s:,]))+");
    private static final Pattern BRACKETED_WORDS = Pattern.compile("\\s\\([A-Za-z][A-Za-z ,'-]{0,60}\\)");
    private static final Pattern COPULA = Pattern.compile(
            "(?i)\\b(?:is|are|was|were|equals|be|becomes)\\b(?!n't)(?:\\s+(?:equal to|exactly|about|approximately|only))?|(?<![<>!])=");
    private static final Pattern NEGATED = Pattern.compile("(?i)^not\\b[^.]*?\\b(?:but|rather)\\b\\s*");
    private static final Pattern QUANTITY = Pattern.compile(
            "(?<![\\w.])(?<!\\d )-?\\\\?\\$?(?:\\d{1,3}(?:,\\d{3})+(?!\\d)|\\d+)(?:\\.\\d+)?(?:/\\d+)?%?(?!\\d)(?!(?:st|nd|rd|th)\\b)");
    private static final Pattern CHOICE =
            Pattern.compile("(?:option |choice )?(?:\\(([A-J])\\)|([A-J])[.):])\\s+(?=\\S)(?!and\\b|or\\b)");
    private static final Pattern RANGE = Pattern.compile("(?i)(?:between|from)\\s+\\S+\\s+(?:and|to)\\s+\\S+");
    private static final Pattern DIRECTION = Pattern.compile(
            "(?i)^(?:[a-z]+\\s+)?(?:north|south|east|west|am|pm|a\\.m|p\\.m|profit|loss|gain|clockwise|counterclockwise|(?:january|february|march|april|may|june|july|august|september|october|november|december))\\b");
    private static final Pattern NO_ANSWER = Pattern.compile(
            "(?i)^(?:in)?(?:correct|right|wrong|unclear|unknown|not\\b.*|as follows|given|below|above|obvious|clear|simple|the same|this|it|here|there|to be|\\$?\\\\boxed\\{\\s*\\}\\$?)[\\s:]*$");
    private static final int MAX_WORDS = 24;

    private Statements() {}

    /** The value in the text after a label, up to the end of its sentence or formula; none if it states none. */
    static Optional<String> value(String rest) {
        String text = unmarked(rest);
        Matcher fence = FENCE.matcher(text);
        if (fence.find() && !fence.group(1).isBlank()) {
            return Optional.of(fence.group(1).strip());
        }
        Matcher choice = CHOICE.matcher(text);
        if (choice.lookingAt()) {
            return Optional.of(choice.group(1) == null ? choice.group(2) : choice.group(1));
        }
        text = NEGATED.matcher(text).replaceFirst("");
        Optional<String> formulas = leadingFormulas(text);
        if (formulas.isPresent()) {
            return formulas.filter(found -> !NO_ANSWER.matcher(found).matches());
        }
        Matcher end = SENTENCE_END.matcher(protectedFormulas(text));
        String sentence = (end.find() ? text.substring(0, end.start()) : text).strip();
        return sentence.isEmpty() || NO_ANSWER.matcher(sentence).matches() ? Optional.empty() : narrowed(sentence);
    }

    /** The text with its formulas blanked, so that their points end no sentence. */
    private static String protectedFormulas(String text) {
        StringBuilder blanked = new StringBuilder(text);
        Matcher formula = FORMULA.matcher(text);
        while (formula.find()) {
            if (isFormula(formula)) {
                for (int i = formula.start() + 1; i < formula.end() - 1; i++) {
                    blanked.setCharAt(i, 'x');
                }
            }
        }
        return blanked.toString();
    }

    private static String unmarked(String rest) {
        String text = rest.strip();
        for (int i = 0; i < 3; i++) {
            text = LIST_MARK.matcher(text).replaceFirst("").strip();
            if (text.startsWith("**") || text.startsWith("__")) {
                text = text.substring(2).strip();
            }
        }
        return text;
    }

    /** The formulas the text begins with, as they are written: one without its delimiters, or a list of several. */
    private static Optional<String> leadingFormulas(String text) {
        String lead = text.substring(leadLength(text));
        Matcher formula = FORMULA.matcher(lead);
        if (!formula.lookingAt() || !isFormula(formula)) {
            return Optional.empty();
        }
        String first = inner(formula);
        int end = formula.end();
        boolean several = false;
        Matcher joint = JOINT.matcher(lead);
        while (joint.region(end, lead.length()).lookingAt()) {
            Matcher next = FORMULA.matcher(lead).region(joint.end(), lead.length());
            if (!next.lookingAt() || !isFormula(next)) {
                break;
            }
            end = next.end();
            several = true;
        }
        String value = several ? lead.substring(0, end) : first;
        boolean named = first.matches("\\s*\\\\?[a-zA-Z]\\s*")
                && COPULA.matcher(lead.substring(end)).find();
        return value.isBlank() || named ? Optional.empty() : Optional.of(value.strip());
    }

    private static int leadLength(String text) {
        Matcher lead = LEAD.matcher(text);
        return lead.find() ? lead.end() : 0;
    }

    /** Dollar signs around words are two sums of money. */
    private static boolean isFormula(MatchResult formula) {
        String money = formula.group(2);
        return money == null
                || (!(Character.isDigit(money.charAt(0))
                                && WORDS_INSIDE.matcher(money).find())
                        && !money.strip().matches("[\\d.,]*\\d,"));
    }

    private static String inner(MatchResult formula) {
        for (int group = 1; group <= formula.groupCount(); group++) {
            if (formula.group(group) != null) {
                return formula.group(group).strip();
            }
        }
        return "";
    }

    /** The value a sentence states, or the sentence where it is all words. */
    static Optional<String> narrowed(String sentence) {
        String plain = BRACKETED_WORDS.matcher(sentence).replaceAll("");
        String lead = plain.substring(leadLength(plain)).strip();
        if (lead.isEmpty()) {
            return Optional.empty();
        }
        if (RANGE.matcher(lead).lookingAt()) {
            return Optional.of(lead);
        }
        Optional<String> leading = leadingValue(lead);
        if (leading.isPresent()) {
            return leading;
        }
        List<Integer> ends = COPULA.matcher(protectedFormulas(lead))
                .results()
                .map(MatchResult::end)
                .toList();
        for (int i = ends.size() - 1; i >= 0; i--) {
            String predicate = lead.substring(ends.get(i)).strip();
            Optional<String> formulas = leadingFormulas(predicate);
            if (formulas.isPresent()) {
                return formulas;
            }
            String bare = predicate.substring(leadLength(predicate)).strip();
            Optional<String> value =
                    bare.isEmpty() ? Optional.empty() : leadingValue(bare).or(() -> quantities(bare));
            if (value.isPresent()) {
                return value;
            }
        }
        return quantities(lead).or(() -> Optional.of(sentence));
    }

    /** The longest beginning that is mathematics, in whole words. */
    private static Optional<String> leadingValue(String text) {
        if (Phrases.isValue(text)) {
            return Optional.of(text);
        }
        List<Integer> ends = new ArrayList<>();
        for (int i = 1; i < text.length() && ends.size() < MAX_WORDS; i++) {
            if (text.charAt(i) == ' ' && text.charAt(i - 1) != ' ') {
                ends.add(i);
            }
        }
        for (int i = ends.size() - 1; i >= 0; i--) {
            String words = text.substring(0, ends.get(i));
            if (Phrases.isValue(words)
                    && (i == 0 || words.chars().anyMatch(Character::isDigit) || words.indexOf('\\') >= 0)) {
                String rest = text.substring(ends.get(i)).strip();
                Matcher direction = DIRECTION.matcher(rest);
                boolean number = words.chars().anyMatch(Character::isDigit);
                if (!number && !NumberWords.begins(words) && words.indexOf('\\') < 0) {
                    return Optional.empty();
                }
                String value = direction.find() ? words + " " + rest.substring(0, direction.end()) : words;
                return Optional.of(value.replaceFirst("[\\s,;:]+$", ""));
            }
        }
        return Optional.empty();
    }

    /** The numbers in a sentence: both of two, or the last of more. */
    private static Optional<String> quantities(String text) {
        List<String> formulas = new ArrayList<>();
        Matcher formula = FORMULA.matcher(text);
        while (formula.find()) {
            if (isFormula(formula) && inner(formula).chars().anyMatch(Character::isDigit)) {
                formulas.add(inner(formula));
            }
        }
        List<String> numbers = QUANTITY.matcher(protectedFormulas(text))
                .results()
                .map(MatchResult::group)
                .toList();
        List<String> all = numbers.isEmpty() ? formulas : numbers;
        if (all.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(all.size() == 2 ? all.get(0) + ", " + all.get(1) : all.get(all.size() - 1));
    }
}
