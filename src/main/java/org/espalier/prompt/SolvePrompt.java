package org.espalier.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.model.ChatMessage;
import org.espalier.model.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The prompt that makes a policy solve a problem in steps.
 *
 * @param template the policy's
 * @param system the instruction; null for none
 * @param tools that the policy may call, as {@link ChatRequest} has them
 * @param variables of the template, likewise
 */
public record SolvePrompt(ChatTemplate template, @Nullable String system, List<?> tools, Map<String, ?> variables) {
    /** search-and-learn's instruction (src/sal/config.py): steps under headings, a boxed answer at the end. */
    public static final String STEP_BY_STEP = """
            Solve the following math problem efficiently and clearly:

            - For simple problems (2 steps or fewer):
            Provide a concise solution with minimal explanation.

            - For complex problems (3 steps or more):
            Use this step-by-step format:

            ## Step 1: [Concise description]
            [Brief explanation and calculations]

            ## Step 2: [Concise description]
            [Brief explanation and calculations]

            ...

            Regardless of the approach, always conclude with:

            Therefore, the final answer is: $\\boxed{answer}$. I hope it is correct.

            Where [answer] is just the final number or expression that solves the problem.""";

    private static final String PROBLEM = "\u2063problem\u2063";
    private static final String REPLY = "\u2063reply\u2063";

    /** A prompt without tools. */
    public SolvePrompt(ChatTemplate template, @Nullable String system) {
        this(template, system, List.of(), Map.of());
    }

    /** The same prompt as a request wants it. */
    public SolvePrompt with(PromptOptions options) {
        String instruction = options.instruction();
        return new SolvePrompt(
                template, instruction == null ? system : instruction, options.tools(), options.variables());
    }

    /**
     * The prompt, up to where the policy starts to write. A conversation that begins with an instruction has its own in
     * place of this one.
     */
    public List<Fragment> render(Problem problem) {
        List<ChatMessage> history = problem.history();
        boolean instructed = !history.isEmpty() && history.get(0).instructs();
        // The steps and the box that it asks for have no place in a reply of another form.
        boolean unfit = problem.form() != null && STEP_BY_STEP.equals(system);
        List<ChatMessage> messages = new ArrayList<>();
        if (!instructed && !unfit && system != null && !system.isBlank()) {
            messages.add(ChatMessage.system(system));
        }
        messages.addAll(history);
        messages.add(ChatMessage.user(problem.text()));
        messages.addAll(problem.later());
        ChatRequest request = new ChatRequest(messages, tools, true, variables, null);
        List<Fragment> pieces = tools.isEmpty() ? template.pieces(request) : ToolPrompt.pieces(template, request);
        return instructed || unfit || system == null ? pieces : Fragment.trusting(pieces, system);
    }

    /**
     * A conversation with the policy's last reply, up to where the user's next turn begins.
     *
     * @param pieces of the prompt
     * @param prompt how many of them are before the reply
     */
    public record Replied(List<Fragment> pieces, int prompt) {}

    /** The conversation with a reply; empty if the template does not repeat replies as they were written. */
    public Optional<Replied> replied(Problem problem, String reply) {
        List<ChatMessage> turns = new ArrayList<>(problem.history());
        turns.add(ChatMessage.user(problem.text()));
        turns.addAll(problem.later());
        ChatMessage last = turns.get(turns.size() - 1);
        boolean begun = last.role().equals("assistant");
        if (begun) {
            turns.remove(turns.size() - 1);
        }
        turns.add(begun ? last.withContent(last.content() + reply) : ChatMessage.assistant(reply));
        List<Fragment> pieces = render(Problem.of(PROBLEM).after(turns));
        int next = pieces.lastIndexOf(new Fragment(PROBLEM, false));
        int said = next - 1;
        while (said >= 0 && pieces.get(said).special()) {
            said--;
        }
        return said < 1 ? Optional.empty() : Optional.of(new Replied(pieces.subList(0, next), said));
    }

    /**
     * What asks the policy, after what it has written, a question of its own: the end of its turn, the question as the
     * user's turn, and the header of its reply.
     */
    public List<Fragment> followUp(String question) {
        String after = template.render(
                List.of(ChatMessage.user(PROBLEM), ChatMessage.assistant(REPLY), ChatMessage.user(question)), true);
        int reply = after.indexOf(REPLY);
        if (reply < 0) {
            throw new IllegalArgumentException("the template does not repeat an earlier reply");
        }
        return List.of(new Fragment(after.substring(reply + REPLY.length()), true));
    }
}
