package org.espalier.prompt;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of the policy's prompt beside its conversation.
 *
 * @param instruction in the place of the policy's own; null for that
 * @param tools that the policy may call, as {@link ChatRequest} has them
 * @param variables of the chat template, as {@link ChatRequest} has them
 */
public record PromptOptions(@Nullable String instruction, List<?> tools, Map<String, ?> variables) {
    /** The policy's own prompt. */
    public static final PromptOptions NONE = new PromptOptions(null, List.of(), Map.of());

    /** What templates call the switch of thinking. */
    private static final List<String> SWITCHES = List.of("enable_thinking", "thinking");

    public PromptOptions {
        tools = List.copyOf(tools);
        // Values may be null.
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /** Another instruction alone; null for the policy's own. */
    public static PromptOptions instructed(@Nullable String instruction) {
        return new PromptOptions(instruction, List.of(), Map.of());
    }

    /** Returns the same with tools. */
    public PromptOptions withTools(List<?> others) {
        return new PromptOptions(instruction, others, variables);
    }

    /** Returns the same with variables of the template. */
    public PromptOptions withVariables(Map<String, ?> others) {
        return new PromptOptions(instruction, tools, others);
    }

    /** Returns whether a variable tells the policy not to think. */
    public boolean forbidsThinking() {
        return SWITCHES.stream().anyMatch(name -> Boolean.FALSE.equals(variables.get(name)));
    }
}
