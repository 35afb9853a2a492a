package org.espalier.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.catalog.CatalogEntry.Scope;
import org.espalier.model.ChatMessage;
import org.espalier.model.Problem;
import org.espalier.model.Tokenizer;
import org.espalier.model.Warning;

/**
 * What there is to say of a problem before a policy solves it: that it is none of those that the policy was made for, or that
 * the policy was never taught to answer.
 *
 * @param policy its name
 * @param base whether it is prompted as a base model
 * @param scope of the problems that it was made for; empty if that is not known
 */
record Cautions(String policy, boolean base, Optional<Scope> scope, Tokenizer tokenizer) {
    private static final Pattern WORD = Pattern.compile("\\p{L}+");
    private static final Pattern NUMBER = Pattern.compile("\\p{Nd}+(?:[.,]\\p{Nd}+)*");
    /** Of a long problem the beginning tells. */
    private static final int MOST_WORDS = 2000;

    List<Warning> of(Problem problem) {
        List<Warning> warnings = new ArrayList<>();
        if (base) {
            warnings.add(new Warning(
                    Warning.BASE_MODEL,
                    policy
                            + " has no chat template: it is taken for a base model, which continues text and was never taught to"
                            + " answer; an instruct model does better"));
        }
        // A question after others may be about their numbers.
        String text = Stream.concat(problem.history().stream().map(ChatMessage::content), Stream.of(problem.text()))
                .collect(Collectors.joining("\n"));
        scope.flatMap(known -> outside(known, text)).ifPresent(warnings::add);
        return List.copyOf(warnings);
    }

    private Optional<Warning> outside(Scope known, String text) {
        String sign = sign(known, text);
        return sign.isEmpty()
                ? Optional.empty()
                : Optional.of(new Warning(
                        Warning.OUTSIDE_MODEL,
                        "%s knows %s and nothing else, and this is probably none (%s): do not trust its answer; for other questions: espalier models fetch %s"
                                .formatted(policy, known.knows(), sign, known.instead())));
    }

    /** Why a text is none of the problems; empty if it may be one. */
    private String sign(Scope known, String text) {
        long numbers = NUMBER.matcher(text).results().count();
        if (numbers < known.numbers()) {
            return numbers == 0 ? "it has no numbers" : "it has too few numbers";
        }
        if (known.mostNumbers().filter(most -> numbers > most).isPresent()) {
            return "it has too many numbers";
        }
        return piecesPerWord(text) > known.piecesPerWord() ? "the model does not know its words" : "";
    }

    private double piecesPerWord(String text) {
        Matcher word = WORD.matcher(text);
        int words = 0;
        int pieces = 0;
        while (words < MOST_WORDS && word.find()) {
            words++;
            pieces += tokenizer.encode(" " + word.group(), false).length;
        }
        return words == 0 ? 0 : (double) pieces / words;
    }
}
