package org.espalier.prompt;

import java.util.ArrayList;
import java.util.List;
import org.espalier.model.Tokenizer;

/**
 * A piece of a prompt.
 *
 * @param special whether control tokens may be read in it: true for what a template wrote, false for what a person or a
 *     model wrote
 */
public record Fragment(String text, boolean special) {
    /** A template's text with contents in the places of markers. Contents may repeat; each marker is replaced once. */
    public static List<Fragment> splice(String template, List<String> markers, List<String> contents) {
        List<Fragment> fragments = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < markers.size(); i++) {
            int at = template.indexOf(markers.get(i), from);
            if (at < 0) {
                throw new IllegalArgumentException("the template drops or reorders its contents");
            }
            add(fragments, template.substring(from, at), true);
            add(fragments, contents.get(i), false);
            from = at + markers.get(i).length();
        }
        add(fragments, template.substring(from), true);
        return fragments;
    }

    private static void add(List<Fragment> fragments, String text, boolean special) {
        if (!text.isEmpty()) {
            fragments.add(new Fragment(text, special));
        }
    }

    /** The fragments' tokens, one after the other. */
    public static int[] encode(List<Fragment> fragments, Tokenizer tokenizer) {
        return encode(fragments, tokenizer, Integer.MAX_VALUE);
    }

    /**
     * The fragments' tokens, one after the other; or those of the beginning alone, if they are more than twice as many as the
     * most.
     */
    public static int[] encode(List<Fragment> fragments, Tokenizer tokenizer, int most) {
        List<int[]> parts = new ArrayList<>();
        int length = 0;
        for (Fragment fragment : fragments) {
            int[] part = tokenizer.encode(fragment.text(), fragment.special(), most);
            parts.add(part);
            length += part.length;
            if (length / 2 > most) {
                break;
            }
        }
        int[] tokens = new int[length];
        int at = 0;
        for (int[] part : parts) {
            System.arraycopy(part, 0, tokens, at, part.length);
            at += part.length;
        }
        return tokens;
    }
}
