package org.espalier.prm;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.espalier.model.ChatMessage;
import org.espalier.model.Problem;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.Fragment;
import org.jspecify.annotations.Nullable;

/** A {@link GenerativeProfile} applied to a model's chat template: the pieces that such a PRM's tree is made of. */
public final class GenerativeFormat {
    private static final String CONTENT = "\u2063content\u2063";
    private static final String EARLIER = "\u2063earlier\u2063";
    private static final String REPLY = "\u2063reply\u2063";

    private final GenerativeProfile profile;
    private final String header;
    private final String footer;
    private final String nextHeader;
    private final String nextFooter;

    /**
     * @param template the PRM's own
     * @param replyOpening what it writes into a reply before the model does, such as the mark that begins its thinking
     */
    public GenerativeFormat(GenerativeProfile profile, ChatTemplate template, String replyOpening) {
        this.profile = profile;
        List<ChatMessage> messages = new ArrayList<>();
        if (profile.system() != null) {
            messages.add(ChatMessage.system(profile.system()));
        }
        String first = template.render(with(messages, ChatMessage.user(CONTENT)), true);
        int at = indexOf(first, CONTENT, 0);
        header = first.substring(0, at);
        footer = opened(first.substring(at + CONTENT.length()), replyOpening);
        if (profile.closing() == null) {
            nextHeader = "";
            nextFooter = "";
        } else {
            List<ChatMessage> earlier = with(with(messages, ChatMessage.user(EARLIER)), ChatMessage.assistant(REPLY));
            String later = template.render(with(earlier, ChatMessage.user(CONTENT)), true);
            int reply = indexOf(later, REPLY, 0) + REPLY.length();
            int content = indexOf(later, CONTENT, reply);
            nextHeader = later.substring(reply, content);
            nextFooter = opened(later.substring(content + CONTENT.length()), replyOpening);
        }
    }

    private static List<ChatMessage> with(List<ChatMessage> messages, ChatMessage last) {
        List<ChatMessage> more = new ArrayList<>(messages);
        more.add(last);
        return more;
    }

    /** A template of llama.cpp's list does not write what opens a reply, its text's own engine does. */
    private static String opened(String footer, String replyOpening) {
        return footer.stripTrailing().endsWith(replyOpening.strip()) ? footer : footer + replyOpening;
    }

    private static int indexOf(String rendered, String marker, int from) {
        int at = rendered.indexOf(marker, from);
        if (at < 0) {
            throw new IllegalArgumentException("the template drops or reorders its contents");
        }
        return at;
    }

    public GenerativeProfile profile() {
        return profile;
    }

    /** Returns what comes before the first step. */
    public List<Fragment> opening(Problem problem) {
        return List.of(new Fragment(header, true), content(profile.opening().replace("{problem}", problem.text())));
    }

    /** The number-th step, from 1, on a path that goes on past it; not where questions are turns of one chat. */
    public List<Fragment> past(String step, int number) {
        return List.of(content(step(first(profile.firstPast(), profile.past(), number), step, number)));
    }

    /** The number-th step, from 1, and all that asks about it, up to where the critique begins. */
    public List<Fragment> question(String step, int number) {
        boolean laterTurn = profile.closing() != null && number > 1;
        String asked = step(first(profile.firstQuestion(), profile.question(), number), step, number);
        return List.of(
                content(asked),
                new Fragment((laterTurn ? nextFooter : footer) + numbered(profile.lead(), number), true));
    }

    /** Returns what ends the number-th critique, from 1. */
    public List<String> stops(int number) {
        return profile.stops().stream().map(stop -> numbered(stop, number)).toList();
    }

    /** Returns what is put between a critique and its verdict's token. */
    public List<Fragment> verdict(boolean stopped) {
        return List.of(new Fragment(stopped ? profile.verdict() : profile.forced(), true));
    }

    /**
     * Returns what ends the reply after a verdict and begins the next turn; only where questions are turns of one chat.
     */
    public List<Fragment> closing(boolean right) {
        String said = right ? profile.positive() : profile.negative();
        String end = Objects.requireNonNull(profile.closing()).replace("{verdict}", said);
        return List.of(new Fragment(end + nextHeader, true));
    }

    private static String first(@Nullable String first, String later, int number) {
        return number == 1 && first != null ? first : later;
    }

    private String step(String text, String step, int number) {
        String content = profile.dropHeadings() ? Headings.drop(step) : step;
        return numbered(text, number).replace("{step}", content.strip());
    }

    private static String numbered(String text, int number) {
        return text.replace("{i}", Integer.toString(number)).replace("{next}", Integer.toString(number + 1));
    }

    /** A person's or a model's words beside the profile's: no control token is read in them. */
    private static Fragment content(String text) {
        return new Fragment(text, false);
    }
}
