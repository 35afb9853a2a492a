package org.espalier.runtime;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.SolvePrompt;
import org.espalier.prompt.Thinking;
import org.espalier.runtime.LoadedModels.Use;
import org.jspecify.annotations.Nullable;

/**
 * Which models run, and how. Models are named as in the catalogue, or by a GGUF file.
 *
 * @param policy writes steps; null for the catalogue's default
 * @param policyAdapter a LoRA (GGUF) that makes the policy of its model; null for none
 * @param largerPolicy that {@link org.espalier.search.SearchMethod#AUTO} asks where the search leaves doubt; null for none
 * @param template of the policy's chats
 * @param system instruction of the policy, empty for none; null for the one that its file names, else to go step by step
 */
public record RuntimeOptions(
        @Nullable String policy,
        @Nullable Path policyAdapter,
        @Nullable String largerPolicy,
        TemplateChoice template,
        @Nullable String system,
        ThinkingSettings thinking,
        PrmSettings prm,
        ResourceSettings resources) {
    /** The pair of models that comes with Espalier. */
    public static final RuntimeOptions DEFAULT = new RuntimeOptions(
            null,
            null,
            null,
            TemplateChoice.AUTO,
            null,
            ThinkingSettings.DEFAULT,
            PrmSettings.DEFAULT,
            ResourceSettings.DEFAULT);

    /** Returns the options with another policy, by name or GGUF file. */
    public RuntimeOptions withPolicy(@Nullable String name) {
        return new RuntimeOptions(name, policyAdapter, largerPolicy, template, system, thinking, prm, resources);
    }

    /**
     * Returns the options with other models, by name or GGUF file. The adapter, and how the PRM is read, were said of those
     * before.
     *
     * @param larger null for none
     * @param judge null for the one that the catalogue pairs with the policy
     */
    public RuntimeOptions withModels(String name, @Nullable String larger, @Nullable String judge) {
        return new RuntimeOptions(
                name, null, larger, template, system, thinking, PrmSettings.DEFAULT.withModel(judge), resources);
    }

    /** Returns the options with another instruction for the policy; null for its own. */
    public RuntimeOptions withSystem(@Nullable String instruction) {
        return new RuntimeOptions(policy, policyAdapter, largerPolicy, template, instruction, thinking, prm, resources);
    }

    /** Returns the options with other settings of what judges. */
    public RuntimeOptions withPrm(PrmSettings settings) {
        return new RuntimeOptions(policy, policyAdapter, largerPolicy, template, system, thinking, settings, resources);
    }

    /** Returns the options with other resources. */
    public RuntimeOptions withResources(ResourceSettings settings) {
        return new RuntimeOptions(policy, policyAdapter, largerPolicy, template, system, thinking, prm, settings);
    }

    /** How a policy thinks before it answers; empty if it does not, or the template is not its own. */
    Optional<Thinking> thinkingOf(Use model) {
        return template == TemplateChoice.AUTO ? Thinking.of(model.model().chatTemplateText()) : Optional.empty();
    }

    /** The chat template by which a policy answers at once. */
    ChatTemplate answeringTemplateOf(Use model) {
        ChatTemplate plain = templateOf(model);
        return thinkingOf(model).map(marks -> marks.off(plain)).orElse(plain);
    }

    /** The chat template of a policy. */
    ChatTemplate templateOf(Use model) {
        return switch (template) {
            case AUTO -> isBase(model) ? ChatTemplate.COMPLETION : model.template();
            case CHATML -> ChatTemplate.CHATML;
            case NONE -> ChatTemplate.PLAIN;
        };
    }

    /** Whether a policy is prompted as a base model, which was never taught turns: its file has no chat template. */
    boolean isBase(Use model) {
        return template == TemplateChoice.AUTO && model.model().chatTemplateText() == null;
    }

    /** How a policy is made to solve a problem at once: a base model goes by no instruction but one that is given. */
    SolvePrompt answeringPromptOf(Use model) {
        return promptOf(model, answeringTemplateOf(model));
    }

    /** Like {@link #answeringPromptOf(Use)}, with another template. */
    SolvePrompt promptOf(Use model, ChatTemplate chosen) {
        String own = model.model().systemPrompt();
        return new SolvePrompt(chosen, isBase(model) ? firstOf(system, own, "") : systemOfPolicy(own));
    }

    /** @param own the instruction that the policy was trained with; null if its file does not say */
    String systemOfPolicy(@Nullable String own) {
        return firstOf(system, own, SolvePrompt.STEP_BY_STEP);
    }

    /**
     * The instruction of a judge: one that was trained with its own is not given the policy's.
     *
     * @param own the instruction that the judge was trained with; null if its file does not say
     */
    String systemOfJudge(@Nullable String own) {
        return firstOf(own, system, SolvePrompt.STEP_BY_STEP);
    }

    private static String firstOf(@Nullable String one, @Nullable String other, String usual) {
        return Objects.requireNonNullElse(one == null ? other : one, usual);
    }
}
