package org.espalier.llama;

import java.text.Normalizer;
import java.util.Collection;
import java.util.Comparator;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The Unicode form in which a vocabulary expects texts. Some models' tokenizers normalise to NFC before anything else, so
 * that an accent that follows its letter is one character with it; llama.cpp's do not.
 */
final class TextForm {
    /**
     * Values of {@code tokenizer.ggml.pre} whose models' tokenizers do: in transformers, the classes Qwen2Tokenizer and
     * Qwen3_5Tokenizer, of which DeepSeek-R1's Qwen distillates and F2LLM have copies, GPTNeoXTokenizer (OLMo, MPT) and
     * CohereTokenizer (Command R) have {@code normalizers.NFC()}. Llama's, Mistral's, Gemma's, Granite's and SmolLM's have
     * none.
     */
    private static final Set<String> NFC =
            Set.of("qwen2", "qwen35", "deepseek-r1-qwen", "f2llmv2", "olmo", "mpt", "command-r");

    /**
     * Marks on one letter, beyond which a text is left as it is: no language has so many, and putting n of them in order
     * takes n squared.
     */
    private static final int MOST_MARKS = 1024;

    /** Matches control tokens, which are not part of the text; null if texts are left as they are. */
    private final @Nullable Pattern controls;

    private TextForm(@Nullable Pattern controls) {
        this.controls = controls;
    }

    /**
     * The form of a vocabulary's texts.
     *
     * @param pre the file's {@code tokenizer.ggml.pre}; null if it has none
     * @param controlTokens the texts of its control tokens
     */
    static TextForm of(@Nullable String pre, Collection<String> controlTokens) {
        if (pre == null || !NFC.contains(pre)) {
            return new TextForm(null);
        }
        String longestFirst = controlTokens.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|"));
        return new TextForm(Pattern.compile(longestFirst.isEmpty() ? "(?!)" : longestFirst));
    }

    /**
     * A text in this form.
     *
     * @param special whether control tokens are read in it: a mark behind one does not combine with it
     */
    String apply(String text, boolean special) {
        if (controls == null || hasTooManyMarks(text) || Normalizer.isNormalized(text, Normalizer.Form.NFC)) {
            return text;
        }
        if (!special) {
            return Normalizer.normalize(text, Normalizer.Form.NFC);
        }
        StringBuilder normal = new StringBuilder();
        Matcher control = controls.matcher(text);
        int from = 0;
        while (control.find()) {
            normal.append(Normalizer.normalize(text.substring(from, control.start()), Normalizer.Form.NFC))
                    .append(control.group());
            from = control.end();
        }
        return normal.append(Normalizer.normalize(text.substring(from), Normalizer.Form.NFC))
                .toString();
    }

    private static boolean hasTooManyMarks(String text) {
        int marks = 0;
        for (int i = 0; i < text.length() && marks <= MOST_MARKS; i++) {
            char c = text.charAt(i);
            // A letter of the supplementary planes is two characters that are no marks; a mark there counts as two.
            boolean mark = c > '\u02ff' && isMark(Character.isSurrogate(c) ? text.codePointAt(i) : c);
            boolean half = Character.isLowSurrogate(c) && marks > 0;
            marks = mark || half ? marks + 1 : 0;
        }
        return marks > MOST_MARKS;
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }
}
