package org.espalier.choice;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.model.ChatMessage;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;

/**
 * A question with options, of which one is right. In the order {@code turn} the option that is given as number {@code
 * (place + turn) mod k} stands at a place, so that k turns put each option at each place once.
 *
 * @param id names the question within a run, and seeds its random streams
 * @param options two to {@value #MOST}; no two say the same
 */
public record ChoiceTask(String id, String question, List<String> options) {
    /** There are so many letters. */
    public static final int MOST = 26;

    /** What makes a policy answer with a letter, after it has thought if it likes to. */
    public static final String INSTRUCTION = """
            Answer the multiple-choice question. Think step by step if you need to, and end with a line "Answer: X", where X \
            is the letter of the right option.""";

    /** What a reply that is only scored begins with. */
    static final String BEGUN = "Answer:";

    private static final Pattern LETTERED = Pattern.compile("(?m)^[ \\t]*\\(?([A-Z])[).:][ \\t]+(\\S.*)$");

    /** @throws UsageException if the question is empty, or the options are too few, too many, empty or the same */
    public ChoiceTask {
        options = options.stream().map(String::strip).toList();
        if (question.isBlank()) {
            throw new UsageException("the question is empty: state what is to be chosen");
        }
        if (options.size() < 2 || options.size() > MOST) {
            throw new UsageException("a choice has 2 to %d options, not %d".formatted(MOST, options.size()));
        }
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < options.size(); i++) {
            if (options.get(i).isEmpty()) {
                throw new UsageException("option %s is empty".formatted(letter(i)));
            }
            Integer before = seen.putIfAbsent(plain(options.get(i)), i);
            if (before != null) {
                throw new UsageException("options %s and %s are equal (%s): no vote can tell them apart; leave one out"
                        .formatted(letter(before), letter(i), options.get(i)));
            }
        }
    }

    /**
     * A question whose text ends with its options, each on a line of its own behind a letter: {@code A) …}, {@code B) …}.
     *
     * @throws UsageException if it does not
     */
    public static ChoiceTask in(Problem problem) {
        Matcher matcher = LETTERED.matcher(problem.text());
        List<String> options = new ArrayList<>();
        int begin = -1;
        while (matcher.find()) {
            char letter = matcher.group(1).charAt(0);
            if (letter == 'A') {
                options.clear();
                begin = matcher.start();
            }
            if (begin >= 0 && letter == 'A' + options.size()) {
                options.add(matcher.group(2));
            }
        }
        if (options.size() < 2) {
            throw new UsageException(
                    "the question has no options: write each on a line of its own behind its letter, as in \"A) yes\"");
        }
        return new ChoiceTask(problem.id(), problem.text().substring(0, begin).strip(), options);
    }

    /** The letter of a place, from 0. */
    public static String letter(int place) {
        return String.valueOf((char) ('A' + place));
    }

    /** The question with its options as they were given. */
    public Problem asGiven() {
        return posed(0);
    }

    /** How many options there are: so many orders there are. */
    int size() {
        return options.size();
    }

    /** The number of the option that stands at a place. */
    int at(int place, int turn) {
        return (place + turn) % size();
    }

    /** The place of an option: the other way round. */
    int place(int option, int turn) {
        return Math.floorMod(option - turn, size());
    }

    /** The question with its options in an order. */
    Problem posed(int turn) {
        StringBuilder text = new StringBuilder(question.strip()).append("\n\n");
        for (int place = 0; place < size(); place++) {
            text.append(letter(place))
                    .append(") ")
                    .append(options.get(at(place, turn)))
                    .append('\n');
        }
        // Each order draws on its own; the given one draws as the question alone would.
        return new Problem(turn == 0 ? id : id + "/" + turn, text.toString().strip());
    }

    /** The same, with a reply that has come to where the letter follows. */
    Problem lettered(int turn) {
        return posed(turn).before(List.of(ChatMessage.assistant(BEGUN)));
    }

    /** The question without its options, with a reply that has come to where the answer follows. */
    Problem open() {
        return new Problem(id, question.strip()).before(List.of(ChatMessage.assistant(BEGUN)));
    }

    /** What of a text tells it from another one. */
    static String plain(String text) {
        return text.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }
}
