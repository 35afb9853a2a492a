package org.espalier.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
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

    /** All of them as one text. */
    public static String join(List<Fragment> fragments) {
        return fragments.stream().map(Fragment::text).collect(Collectors.joining());
    }

    /** The fragments up to the last that is content: what a template writes behind a turn that goes on is left out. */
    public static List<Fragment> upToContent(List<Fragment> fragments) {
        int end = fragments.size();
        while (end > 0 && fragments.get(end - 1).special()) {
            end--;
        }
        return List.copyOf(fragments.subList(0, end));
    }

    /**
     * The fragments with the first that is just this text made part of the template's: an operator's instruction may have
     * control tokens, and is tokenised together with what is around it.
     */
    static List<Fragment> trusting(List<Fragment> fragments, String text) {
        List<Fragment> all = new ArrayList<>(fragments);
        String instruction = text.strip();
        int at = 0;
        while (at < all.size() && (all.get(at).special || !all.get(at).text.equals(instruction))) {
            at++;
        }
        if (at == all.size()) {
            return fragments;
        }
        StringBuilder joined = new StringBuilder();
        int first = at > 0 && all.get(at - 1).special ? at - 1 : at;
        int last = at + 1 < all.size() && all.get(at + 1).special ? at + 1 : at;
        List<Fragment> parts = all.subList(first, last + 1);
        parts.forEach(part -> joined.append(part.text));
        parts.clear();
        all.add(first, new Fragment(joined.toString(), true));
        return List.copyOf(all);
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
