package org.espalier.prm;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.model.ChatMessage;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.espalier.model.Tokenizer;
import org.espalier.prm.InputRules.Beginning;
import org.espalier.prm.InputRules.Edges;
import org.espalier.prm.InputRules.Joining;
import org.espalier.prm.PrmProfile.Layout;
import org.espalier.prm.PrmProfile.SearchAndLearn;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.Fragment;
import org.jspecify.annotations.Nullable;

/**
 * A profile applied to a model's chat template: the pieces that a PRM's tree is made of. Each step's piece ends with
 * the token after which its score is read, so that appending a step never changes what came before.
 *
 * <p>A step is fed without the delimiter that ends it, and is otherwise what the policy wrote but for the profile's
 * {@link InputRules.Edges}. What stands behind that delimiter is at the beginning of the next step's piece.
 */
public final class PrmFormat {
    /** What authors split solutions at, and a policy's steps end with. */
    private static final String DELIMITER = "\n\n";

    private static final String LINE_END = "\n";
    /** A step that a line end ends, which is another delimiter than the authors'. */
    private static final Pattern ONE_LINE_END = Pattern.compile("(?s)(.*[^ \t\r\n][ \t\r]*)\n[ \t\r]*");

    private static final String SYSTEM = "{system}";
    private static final String PROBLEM = "{problem}";
    private static final String STEP = "{step}";
    /** Stands for an earlier turn's content while the template is taken apart. */
    private static final String EARLIER = "\u2063earlier\u2063";

    private final PrmProfile profile;
    private final String openingText;
    private final String firstText;
    private final String nextText;
    private final String instruction;
    /** Null unless steps are fed as that code feeds them. */
    private final @Nullable SearchAndLearn reference;

    /** @param template the PRM's own; not used by profiles of running text */
    public PrmFormat(PrmProfile profile, ChatTemplate template) {
        this(profile, template, null);
    }

    /**
     * A format that can be had as search-and-learn's.
     *
     * @param template the PRM's own; not used by profiles of running text
     * @param instruction the policy's; null for none
     */
    public PrmFormat(PrmProfile profile, ChatTemplate template, @Nullable String instruction) {
        this.profile = profile;
        this.instruction = instruction == null ? "" : instruction;
        reference = null;
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

    private PrmFormat(PrmFormat own, SearchAndLearn reference) {
        profile = own.profile;
        instruction = own.instruction;
        this.reference = reference;
        openingText = Objects.requireNonNullElse(reference.problem(), own.openingText);
        firstText = Objects.requireNonNullElse(reference.firstStep(), own.firstText);
        nextText = Objects.requireNonNullElse(reference.nextStep(), own.nextText);
    }

    /** Returns the same as search-and-learn feeds it; itself if that code feeds it no other way. */
    public PrmFormat searchAndLearn() {
        SearchAndLearn other = profile.searchAndLearn();
        return other == null || reference != null ? this : new PrmFormat(this, other);
    }

    /** Returns whether a score is read behind a delimiter that ends a path, where one is read at empty steps at all. */
    public boolean readsEmptyEnds() {
        return reference == null || reference.readsEmptyEnds();
    }

    private static List<ChatMessage> turns(PrmProfile profile, String user) {
        List<ChatMessage> messages = new ArrayList<>();
        if (profile.system() != null) {
            messages.add(ChatMessage.system(profile.system()));
        }
        messages.add(ChatMessage.user(user));
        return messages;
    }

    /** Returns what a template writes between the header of one reply and that of the next. */
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

    /** Returns what comes before the first step, with the token that begins the text. */
    public ReadTokens opening(Problem problem, Tokenizer tokenizer) {
        int[] beginning =
                profile.input().beginning() == Beginning.ALWAYS ? tokenizer.textStart() : tokenizer.beginning();
        String text = problemText(problem);
        return ReadTokens.NOTHING
                .then(opening(problem), tokenizer)
                .begunWith(beginning)
                .before(
                        firstStepIsInTheProblemsTurn()
                                ? text.substring(PythonText.stripEnd(text).length())
                                : "");
    }

    /** A path with one more step of a search, which may divide texts at another delimiter than the authors. */
    public ReadTokens step(ReadTokens before, Step step, boolean first, Tokenizer tokenizer) {
        Matcher line = ONE_LINE_END.matcher(step.text());
        boolean oneLineEnd = step.stopReason() == StopReason.DELIMITER && line.matches() && !splitsLines();
        return step(before, oneLineEnd ? line.group(1) : step.text(), first, tokenizer);
    }

    /** A path with one more step, which may end with a blank line. */
    public ReadTokens step(ReadTokens before, String text, boolean first, Tokenizer tokenizer) {
        boolean inTurn = first && firstStepIsInTheProblemsTurn();
        StepParts parts = parts(inTurn ? "" : before.rest(), text);
        List<Fragment> piece = pieces(parts.parts(), first, inTurn ? before.rest() : "");
        ReadTokens read = profile.input().joining() == Joining.WHOLE
                ? before.then(piece, tokenizer)
                : ReadTokens.apart(Fragment.encode(piece, tokenizer));
        return read.before(parts.rest());
    }

    public PrmProfile profile() {
        return profile;
    }

    /** Returns what comes before the first step. */
    public List<Fragment> opening(Problem problem) {
        String text = problemText(problem);
        String shown = firstStepIsInTheProblemsTurn() ? PythonText.stripEnd(text) : text;
        return openingText.startsWith(SYSTEM)
                ? Fragment.splice(openingText, List.of(SYSTEM, PROBLEM), List.of(instruction, shown))
                : Fragment.splice(openingText, List.of(PROBLEM), List.of(shown));
    }

    /** A step behind one that ended with its delimiter, up to the token where its score is read. */
    public List<Fragment> step(String text, boolean first) {
        return pieces(parts("", text).parts(), first, "");
    }

    private String problemText(Problem problem) {
        if (profile.input().edges() != Edges.TURNS_TRIMMED) {
            return problem.text();
        }
        String text = PythonText.stripStart(problem.text());
        return firstStepIsInTheProblemsTurn() ? text : PythonText.stripEnd(text);
    }

    private boolean firstStepIsInTheProblemsTurn() {
        return profile.input().edges() == Edges.TURNS_TRIMMED && openingText.endsWith(PROBLEM);
    }

    private boolean splitsLines() {
        return profile.input().joining() == Joining.LINES;
    }

    /** The texts that are fed in places of their own. */
    private StepParts parts(String before, String text) {
        if (profile.scope() == Scope.SOLUTION) {
            return new StepParts(List.of(text), "");
        }
        if (splitsLines()) {
            // Of a text that goes no further that code reads the last line's score, blank or not.
            boolean whole = reference != null && !text.endsWith(DELIMITER);
            return whole ? StepParts.all(before, text, LINE_END) : StepParts.of(before, text, LINE_END);
        }
        StepParts parts = StepParts.of(before, text, DELIMITER);
        if (reference != null) {
            return parts;
        }
        return profile.input().blankSteps() ? parts.afterBlanks(DELIMITER) : parts.whole(DELIMITER);
    }

    /** @param turn white space that ends the problem, if the first step is in its turn */
    private List<Fragment> pieces(List<String> parts, boolean first, String turn) {
        List<Fragment> pieces = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            boolean firstPart = first && i == 0;
            pieces.addAll(
                    firstPart && firstStepIsInTheProblemsTurn()
                            ? inTheProblemsTurn(turn, parts.get(i))
                            : Fragment.splice(
                                    firstPart ? firstText : nextText, List.of(STEP), List.of(trimmed(parts.get(i)))));
        }
        return List.copyOf(pieces);
    }

    private List<Fragment> inTheProblemsTurn(String before, String part) {
        int at = firstText.indexOf(STEP);
        String between = before + firstText.substring(0, at);
        String content = PythonText.stripEnd(part);
        List<Fragment> turn = new ArrayList<>();
        turn.add(new Fragment(content.isEmpty() ? PythonText.stripEnd(between) : between, false));
        turn.addAll(Fragment.splice(firstText.substring(at), List.of(STEP), List.of(content)));
        return turn;
    }

    private String trimmed(String part) {
        return switch (profile.input().edges()) {
            case WRITTEN -> part;
            case TRIMMED -> part.strip();
            case TURNS_TRIMMED -> PythonText.strip(part);
            case NO_LINE_ENDS_BEFORE -> part.replaceFirst("^\n+", "");
        };
    }
}
