package org.espalier.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.espalier.catalog.ModelStore;
import org.espalier.engine.Engine;
import org.espalier.engine.Lane;
import org.espalier.engine.Sequence;
import org.espalier.engine.Sequence.Role;
import org.espalier.llama.ContextOptions;
import org.espalier.llama.LlamaModelRunner;
import org.espalier.llama.ModelOptions;
import org.espalier.llama.NativeModel;
import org.espalier.llama.NativeTokenizer;
import org.espalier.llama.TinyGguf;
import org.espalier.model.Budget;
import org.espalier.model.FetchListener;
import org.espalier.model.Meter;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of random weights writes nothing but noise, so what it writes of a schema's form is the grammar's doing alone. */
class SchemaGrammarIT {
    private static final List<String> SCHEMAS = List.of(
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"minimum\":-7,\"maximum\":123},"
                    + "\"b\":{\"enum\":[\"x\",\"\\\"\\\\é\",null,3.5,{\"k\":[1]}]}},\"required\":[\"b\"],"
                    + "\"additionalProperties\":false}",
            "{\"type\":\"array\",\"items\":{\"type\":\"boolean\"},\"minItems\":2,\"maxItems\":4}",
            "{\"type\":\"object\",\"properties\":{\"p\":{\"type\":\"string\",\"maxLength\":3},\"q\":{\"type\":\"string\","
                    + "\"minLength\":2,\"maxLength\":2},\"r\":{\"type\":\"null\"},\"s\":{\"const\":\"end\"}},"
                    + "\"required\":[\"q\",\"s\"]}",
            "{\"type\":[\"integer\",\"null\"],\"exclusiveMinimum\":9,\"exclusiveMaximum\":2001}",
            "{\"type\":\"string\",\"pattern\":\"^[A-C]{2}-\\\\d{3}(x|yz)?$\"}",
            "{\"type\":\"string\",\"format\":\"date-time\"}",
            "{\"type\":\"string\",\"format\":\"uuid\"}",
            "{\"$defs\":{\"leaf\":{\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"boolean\"},\"next\":{\"anyOf\":["
                    + "{\"$ref\":\"#/$defs/leaf\"},{\"type\":\"null\"}]}},\"required\":[\"v\",\"next\"],"
                    + "\"additionalProperties\":false}},\"$ref\":\"#/$defs/leaf\"}",
            "{\"allOf\":[{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"boolean\"}},\"required\":[\"a\"]},"
                    + "{\"properties\":{\"b\":{\"enum\":[1,2]}},\"required\":[\"b\"]}]}",
            "{\"oneOf\":[{\"type\":\"object\",\"properties\":{\"kind\":{\"const\":\"a\"}},\"required\":[\"kind\"]},"
                    + "{\"type\":\"object\",\"properties\":{\"kind\":{\"const\":\"b\"},\"n\":{\"type\":\"integer\",\"minimum\":0,"
                    + "\"maximum\":9}},\"required\":[\"kind\",\"n\"]}]}",
            "{\"type\":\"array\",\"prefixItems\":[{\"enum\":[1]},{\"enum\":[2]}],\"items\":false,\"minItems\":1}");

    @TempDir
    Path folder;

    @Test
    void allThatIsFinishedIsOfTheSchema() throws Exception {
        try (NativeModel model = NativeModel.open(TinyGguf.write("llama", folder), ModelOptions.DEFAULT)) {
            int finished = 0;
            for (String schema : SCHEMAS) {
                JsonForm form = JsonForm.of(schema);
                int own = 0;
                for (Step step : write(model, form.grammar(), 24, 300)) {
                    if (step.stopReason() == StopReason.EOS) {
                        own++;
                        assertThat(form.read(step.text()))
                                .as("%s: %s", schema, step.text())
                                .isPresent();
                    } else {
                        assertThat(step.stopReason()).isEqualTo(StopReason.LENGTH);
                    }
                }
                assertThat(own).as(schema).isPositive();
                finished += own;
            }
            assertThat(finished).isGreaterThan(SCHEMAS.size() * 12);
        }
    }

    @Test
    void aCallThatIsRequiredIsWritten() throws Exception {
        ToolForm form = ToolForm.of(
                List.of(
                        new ToolForm.Tool(
                                "add",
                                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":99}},"
                                        + "\"required\":[\"a\"]}"),
                        new ToolForm.Tool(
                                "flip", "{\"type\":\"object\",\"properties\":{\"on\":{\"type\":\"boolean\"}}}")),
                ToolForm.Choice.REQUIRED,
                false);
        try (NativeModel model = NativeModel.open(TinyGguf.write("llama", folder), ModelOptions.DEFAULT)) {
            int finished = 0;
            for (Step step : write(model, form.grammar(), 16, 300)) {
                if (step.stopReason() == StopReason.EOS) {
                    finished++;
                    assertThat(form.calls(step.text())).as(step.text()).hasSize(1);
                }
            }
            assertThat(finished).isPositive();
        }
    }

    @Test
    void theBundledPolicyWritesWhatItsVocabularyAllows() throws Exception {
        try (NativeModel model = NativeModel.open(arithSmall(), ModelOptions.DEFAULT)) {
            GrammarForm form = GrammarForm.of("root ::= [1-9] [0-9]{2} \" = \" [0-9]+ \"\\n\"");
            for (Step step : write(model, form.grammar(), 16, 40)) {
                assertThat(step.text()).matches("[1-9][0-9]{2} = [0-9]+\\n?");
            }
        }
    }

    @Test
    void aGrammarThatCannotBeIsRefusedInALine() throws Exception {
        try (NativeModel model = NativeModel.open(TinyGguf.write("llama", folder), ModelOptions.DEFAULT)) {
            for (String grammar : List.of(
                    "root ::= root \"a\" | \"b\"",
                    "root ::= (",
                    "(".repeat(100_000),
                    "root ::= \"a\"{1,2000}".repeat(2))) {
                assertThatThrownBy(() -> write(model, grammar, 1, 5))
                        .hasStackTraceContaining("grammar cannot be used: ");
            }
        }
    }

    private static Path arithSmall() {
        ModelStore store = ModelStore.open();
        return store.fetch(store.catalog().get("arith-small"), FetchListener.NONE)
                .path();
    }

    private static List<Step> write(NativeModel model, String grammar, int n, int tokens) {
        Lane lane = new Lane(
                "policy",
                new NativeTokenizer(model),
                LlamaModelRunner.open(model, ContextOptions.of(8192, 32).withThreads(1)));
        try (Engine engine = new Engine(List.of(lane))) {
            return CompletableFuture.supplyAsync(
                            () -> {
                                Sequence root = lane.open(
                                        lane.tokenizer().encode("12 + 3", false),
                                        new Meter(Budget.UNLIMITED),
                                        Role.POLICY,
                                        grammar);
                                List<CompletableFuture<Step>> steps = new ArrayList<>();
                                for (int seed = 0; seed < n; seed++) {
                                    steps.add(lane.generate(
                                            root, StepRequest.toEnd(new SamplingParams(1, 0, 1, 0), seed, tokens)));
                                }
                                return steps;
                            },
                            engine)
                    .thenCompose(steps -> CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new))
                            .thenApply(done ->
                                    steps.stream().map(CompletableFuture::join).toList()))
                    .join();
        }
    }
}
