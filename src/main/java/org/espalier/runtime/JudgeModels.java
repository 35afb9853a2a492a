package org.espalier.runtime;

import java.util.List;
import java.util.Optional;
import org.espalier.catalog.CatalogEntry;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.engine.Lane;
import org.espalier.engine.MemoryPlan.ModelShape;
import org.espalier.engine.ModelRunner;
import org.espalier.llama.NativeTokenizer;
import org.espalier.model.FetchListener;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Tokenizer;
import org.espalier.prm.DenseHead;
import org.espalier.prm.GenerativeFormat;
import org.espalier.prm.GenerativeProfile;
import org.espalier.prm.ImplicitFormat;
import org.espalier.prm.ImplicitProfile;
import org.espalier.prm.JudgeProfile;
import org.espalier.prm.PrmFormat;
import org.espalier.prm.PrmProfile;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.SolvePrompt;
import org.espalier.prompt.Thinking;
import org.espalier.reward.GenerativePrm;
import org.espalier.reward.ImplicitPrm;
import org.espalier.reward.LikelihoodJudge;
import org.espalier.reward.MarkJudge;
import org.espalier.reward.OutcomeModel;
import org.espalier.runtime.LoadedModels.Use;
import org.jspecify.annotations.Nullable;

/**
 * The models that judge another one's steps, and how they are read.
 *
 * @param profile null if the model judges by likelihood or gives marks
 * @param likelihood how it does so, if it does
 * @param head that is read; null for none
 * @param model whose output is the score
 * @param reference what an implicit PRM is compared with; null for all others
 */
record JudgeModels(
        @Nullable JudgeProfile profile,
        LikelihoodJudge.Form likelihood,
        @Nullable DenseHead head,
        Use model,
        @Nullable Use reference) {
    /** What judges, and its lanes, the PRM's own first. */
    record Built(ProcessRewardModel prm, List<Lane> lanes) {}

    /** How a runtime makes lanes of a size that it has planned. */
    interface Lanes {
        ModelRunner runner(Use model, @Nullable DenseHead head);

        Lane lane(String name, Tokenizer tokenizer, ModelRunner runner);
    }

    /** Loads them; empty if no model but the policy judges. */
    static Optional<JudgeModels> load(
            ResolvedModels choice, RuntimeOptions options, LoadedModels models, FetchListener fetches) {
        ModelFile file = choice.judge();
        if (file == null) {
            return Optional.empty();
        }
        Use model = models.load("prm", file, options.prm().adapter(), choice.head() != null);
        String named = options.prm().reference();
        Use reference = named == null
                ? null
                : models.load("prmReference", ModelStore.open().resolve(named, fetches), null, false);
        return Optional.of(new JudgeModels(choice.profile(), likelihoodOf(file), choice.head(), model, reference));
    }

    /** The one that was measured to serve for a known model, else the one that any text can be judged by. */
    private static LikelihoodJudge.Form likelihoodOf(ModelFile file) {
        return ModelStore.open()
                .catalog()
                .find(file.name())
                .flatMap(CatalogEntry::likelihood)
                .filter(CatalogEntry.Likelihood.PRODUCT::equals)
                .map(product -> LikelihoodJudge.Form.PRODUCT)
                .orElse(LikelihoodJudge.Form.MEAN);
    }

    /** What they take beside the policy. */
    ModelShape shape() {
        int ownTokens = profile instanceof GenerativeProfile writing ? writing.contextTokens() : 0;
        ModelShape own = model.shape(ownTokens);
        return reference == null ? own : own.and(reference.shape(0));
    }

    /**
     * Makes what judges.
     *
     * @param options say what a judge by likelihood is told
     * @param instruction the policy's, which search-and-learn tells some PRMs; null for none
     */
    Built build(Lanes lanes, RuntimeOptions options, @Nullable String instruction) {
        ModelRunner runner = lanes.runner(model, head);
        Tokenizer tokenizer = new NativeTokenizer(model.model());
        String template = model.model().chatTemplateText();
        if (profile instanceof GenerativeProfile writing) {
            Lane lane = lanes.lane("PRM", GenerativePrm.vocabulary(tokenizer, writing), runner);
            GenerativeFormat format = new GenerativeFormat(writing, model.template(), Thinking.replyOpening(template));
            return new Built(new GenerativePrm(lane, runner, format), List.of(lane));
        }
        Lane lane = lanes.lane("PRM", tokenizer, runner);
        if (profile instanceof ImplicitProfile implicit && reference != null) {
            Lane other = lanes.lane(
                    "PRM's reference", new NativeTokenizer(reference.model()), lanes.runner(reference, null));
            ImplicitFormat format = new ImplicitFormat(implicit, model.template());
            return new Built(new ImplicitPrm(lane, other, format), List.of(lane, other));
        }
        if (profile instanceof PrmProfile read) {
            PrmFormat format = new PrmFormat(read, model.template(), instruction);
            return new Built(OutcomeModel.orPrm(lane, runner, format), List.of(lane));
        }
        ChatTemplate answering =
                Thinking.of(template).map(marks -> marks.off(model.template())).orElse(model.template());
        String system = options.systemOfJudge(model.model().systemPrompt());
        SolvePrompt asking = new SolvePrompt(answering, system);
        return new Built(
                options.prm().isMarks()
                        ? new MarkJudge(lane, runner, asking, false)
                        : new LikelihoodJudge(lane, asking, likelihood),
                List.of(lane));
    }
}
