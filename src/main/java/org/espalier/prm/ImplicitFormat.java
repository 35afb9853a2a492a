package org.espalier.prm;

import java.util.ArrayList;
import java.util.List;
import org.espalier.model.ChatMessage;
import org.espalier.model.Problem;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.Fragment;

/** An {@link ImplicitProfile} applied to a model's chat template. */
public final class ImplicitFormat {
    private static final String MARKER = "\u2063problem\u2063";

    private final ImplicitProfile profile;
    private final String prompt;

    /** @param template the PRM's own, which its reference is given too */
    public ImplicitFormat(ImplicitProfile profile, ChatTemplate template) {
        this.profile = profile;
        List<ChatMessage> messages = new ArrayList<>();
        if (profile.system() != null) {
            messages.add(ChatMessage.system(profile.system()));
        }
        messages.add(ChatMessage.user(MARKER));
        prompt = template.render(messages, true);
    }

    public ImplicitProfile profile() {
        return profile;
    }

    /** Returns what comes before the reply. */
    public List<Fragment> opening(Problem problem) {
        return Fragment.splice(prompt, List.of(MARKER), List.of(problem.text()));
    }

    /**
     * A step of the reply, with what separates it from the next one if its text ends as steps that are followed do.
     *
     * @param number from 1
     */
    public String step(String text, int number) {
        String content = (profile.dropHeadings() ? Headings.drop(text) : text).strip();
        String separator = text.endsWith("\n") ? profile.separator() : "";
        return profile.step().replace("{i}", Integer.toString(number)).replace("{step}", content) + separator;
    }
}
