package org.espalier.prm;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.espalier.model.Problem;
import org.espalier.model.Tokenizer;
import org.espalier.prm.InputRules.Beginning;
import org.espalier.prm.InputRules.Joining;
import org.espalier.prm.PrmProfile.Layout;
import org.espalier.prompt.ChatMessage;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.Fragment;

/**
 * A profile applied to a model's chat template: the pieces that a PRM's tree is made of. Each step's piece ends with the
 * token after which its score is read, so that appending a step never changes what came before.
 */
public final class PrmFormat {
    private static final String PROBLEM = "{problem}";
    private static final String STEP = "{step}";
    /** Stands for an earlier turn's content while the template is taken apart. */
    private static final String EARLIER = "\u2063earlier\u2063";

    private final PrmProfile profile;
    private final String openingText;
    private final String firstText;
    private final String nextText;

    /** @param template the PRM's own; not used by profiles of running text */
    public PrmFormat(PrmProfile profile, ChatTemplate template) {
        this.profile = profile;
        if (profile.layout() == Layout.TEXT) {
            openingText = (profile.system() == null ? "" : profile.system()) + profile.problem();
            firstText = profile.firstStep();
            nextText = profile.nextStep();
        } else {
            String first = template.render(turns(profile, profile.problem() + profile.firstStep()), true);
            int split = first.indexOf(PROBLEM) + PROBLEM.length();
            openingText = first.substring(0, split);
            firstText = first.substring(split);
            nextText = laterTurn(profile, template);
        }
    }

    private static List<ChatMessage> turns(PrmProfile profile, String user) {
        List<ChatMessage> messages = new ArrayList<>();
        if (profile.system() != null) {
            messages.add(ChatMessage.system(profile.system()));
        }
        messages.add(ChatMessage.user(user));
        return messages;
    }

    /** What a template writes between the header of one reply and that of the next. */
    private static String laterTurn(PrmProfile profile, ChatTemplate template) {
        List<ChatMessage> messages = turns(profile, EARLIER);
        String before = template.render(messages, true);
        messages.add(ChatMessage.assistant(Objects.requireNonNull(profile.reply())));
        messages.add(ChatMessage.user(profile.nextStep()));
        String after = template.render(messages, true);
        if (!after.startsWith(before)) {
            throw new IllegalArgumentException("this chat template rewrites earlier turns");
        }
        return after.substring(before.length());
    }

    /** What comes before the first step, with the token that begins the text. */
    public ReadTokens opening(Problem problem, Tokenizer tokenizer) {
        int[] beginning =
                profile.input().beginning() == Beginning.ALWAYS ? tokenizer.textStart() : tokenizer.beginning();
        return ReadTokens.NOTHING.then(opening(problem), tokenizer).begunWith(beginning);
    }

    /** A path with one more step. */
    public ReadTokens step(ReadTokens before, String text, boolean first, Tokenizer tokenizer) {
        List<Fragment> piece = step(text, first);
        return profile.input().joining() == Joining.WHOLE
                ? before.then(piece, tokenizer)
                : ReadTokens.apart(Fragment.encode(piece, tokenizer));
    }

    public PrmProfile profile() {
        return profile;
    }

    /** What comes before the first step. */
    public List<Fragment> opening(Problem problem) {
        return Fragment.splice(openingText, List.of(PROBLEM), List.of(problem.text()));
    }

    /** A step, with all that stands between the last piece and the token where its score is read. */
    public List<Fragment> step(String text, boolean first) {
        String content = profile.trimSteps() ? text.strip() : text;
        String template = first ? firstText : nextText;
        List<String> parts = profile.input().joining() == Joining.LINES
                ? content.lines().filter(line -> !line.isEmpty()).toList()
                : List.of();
        return (parts.isEmpty() ? List.of(content) : parts)
                .stream()
                        .flatMap(part -> Fragment.splice(template, List.of(STEP), List.of(part)).stream())
                        .toList();
    }
}
