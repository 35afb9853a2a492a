package org.espalier.eval;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.espalier.catalog.WholeFile;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.search.AutoPlan;
import org.espalier.search.AutoPlan.Bin;
import org.espalier.search.SearchMethod;
import org.espalier.search.Windows;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A plan for {@code auto} as a small file to read and to edit.
 *
 * @param source what it was learnt from
 */
public record PlanFile(AutoPlan plan, Source source) {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String BUNDLED = "plans/arith.yaml";

    /**
     * What a plan was learnt from, and so is good for.
     *
     * @param policySha256 of the policy's file
     * @param prmSha256 of the PRM's; empty if the policy judges itself
     * @param datasets by name
     * @param problems how many, a seed each
     */
    public record Source(
            String policy, String policySha256, String prm, String prmSha256, List<String> datasets, int problems) {
        static Source of(JsonNode configuration) {
            return new Source(
                    configuration.path("policy").asString(""),
                    configuration.path("policySha256").asString(""),
                    configuration.path("prm").asString(""),
                    configuration.path("prmSha256").asString(""),
                    List.of(configuration.path("dataset").asString("")),
                    0);
        }

        boolean isOfSamePair(Source other) {
            return policySha256.equals(other.policySha256) && prmSha256.equals(other.prmSha256);
        }

        Source and(@Nullable Source before) {
            List<String> all = new ArrayList<>(before == null ? List.of() : before.datasets);
            datasets.stream().filter(name -> !all.contains(name)).forEach(all::add);
            return new Source(policy, policySha256, prm, prmSha256, List.copyOf(all), problems);
        }

        Source ofProblems(int count) {
            return new Source(policy, policySha256, prm, prmSha256, datasets, count);
        }
    }

    /**
     * Reads a plan.
     *
     * @throws UsageException if there is none, or it makes no sense
     */
    public static PlanFile read(Path file) {
        try {
            return parse(file.toString(), Utf8Text.read(file));
        } catch (NoSuchFileException e) {
            throw new UsageException("there is no plan " + file + ": 'espalier tune' writes one");
        } catch (IOException e) {
            throw new UsageException("cannot read the plan " + file + ": " + Reason.of(e));
        }
    }

    /** The plan that comes with Espalier, for the bundled pair. */
    public static PlanFile bundled() {
        try (InputStream yaml = Objects.requireNonNull(
                PlanFile.class.getResourceAsStream(BUNDLED), "the bundled plan is missing from the jar")) {
            return parse(BUNDLED, new String(yaml.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A plan as a text of the same form, such as {@code {stopAt: 0.8, bins: [{upTo: 1, method: dvts}]}}. What it was learnt
     * from may be missing.
     *
     * @throws UsageException if it makes no sense
     */
    public static PlanFile inWords(String text) {
        return parse(text, text);
    }

    private static PlanFile parse(String name, String text) {
        try {
            JsonNode node = YAML.readTree(text);
            List<Bin> bins = new ArrayList<>();
            for (JsonNode bin : node.path("bins")) {
                bins.add(new Bin(
                        bin.path("upTo").asDouble(-1),
                        SearchMethod.parse(bin.path("method").asString(""))));
            }
            List<String> datasets = new ArrayList<>();
            node.path("datasets").forEach(dataset -> datasets.add(dataset.asString("")));
            return new PlanFile(
                    new AutoPlan(bins, node.path("stopAt").asDouble(0), windows(node.path("windows"))),
                    new Source(
                            node.path("policy").asString(""),
                            node.path("policySha256").asString(""),
                            node.path("prm").asString(""),
                            node.path("prmSha256").asString(""),
                            datasets,
                            node.path("problems").asInt(0)));
        } catch (JacksonException | UsageException e) {
            String why = e instanceof JacksonException broken ? broken.getOriginalMessage() : e.getMessage();
            throw new UsageException("the plan " + name + " cannot be used: " + why);
        }
    }

    private static @Nullable Windows windows(JsonNode node) {
        return node.isMissingNode() || node.isNull()
                ? null
                : new Windows(
                        node.path("least").asInt(Windows.USUAL.least()),
                        node.path("growth").asDouble(Windows.USUAL.growth()));
    }

    /** Whether it was learnt with these models. */
    public boolean isFor(String policySha256, String prmSha256) {
        return source.policySha256.equals(policySha256) && source.prmSha256.equals(prmSha256);
    }

    /**
     * Writes it, with what it was learnt from and what it gives.
     *
     * @param remarks lines that say so
     * @throws EspalierException if it cannot be written
     */
    public void write(Path file, List<String> remarks) {
        StringBuilder text = new StringBuilder();
        remarks.forEach(line -> text.append("# ").append(line).append('\n'));
        text.append("policy: ").append(quoted(source.policy)).append('\n');
        text.append("policySha256: ").append(quoted(source.policySha256)).append('\n');
        text.append("prm: ").append(quoted(source.prm)).append('\n');
        text.append("prmSha256: ").append(quoted(source.prmSha256)).append('\n');
        text.append("datasets: [")
                .append(String.join(
                        ", ", source.datasets.stream().map(PlanFile::quoted).toList()))
                .append("]\n");
        text.append("problems: ").append(source.problems).append('\n');
        text.append("# How sure of the answer it must be to stop.\n");
        text.append(String.format(Locale.ROOT, "stopAt: %s%n", plan.stopAt()));
        Windows windows = plan.windows();
        if (windows != null) {
            text.append(
                    "# Completions that it asks for at a time, at least, and as a share of those that there are.\n");
            text.append("windows: {least: %s, growth: %s}%n".formatted(windows.least(), windows.growth()));
        }
        text.append("# The method to continue with, by the score of the greedy completion.\n");
        text.append("bins:\n");
        plan.bins()
                .forEach(bin -> text.append("  - {upTo: %s, method: %s}%n"
                        .formatted(bin.upTo(), bin.method().cliName())));
        try {
            WholeFile.write(file, text.toString());
        } catch (IOException e) {
            throw new EspalierException("cannot write the plan " + file + ": " + Reason.of(e), e);
        }
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
