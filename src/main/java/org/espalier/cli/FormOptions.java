package org.espalier.cli;

import java.nio.file.Path;
import org.espalier.model.ReplyForm;
import org.espalier.model.UsageException;
import org.espalier.structure.GrammarForm;
import org.espalier.structure.JsonForm;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for the form that replies must have. */
@Advanced
final class FormOptions {
    @Option(
            names = "--json-schema",
            paramLabel = "FILE",
            description =
                    "Replies are JSON of this schema, whatever is drawn; they vote field by field, and only one that"
                            + " the schema takes is given.")
    private @Nullable Path schema;

    @Option(
            names = "--grammar",
            paramLabel = "FILE",
            description = "Replies are texts of this grammar (llama.cpp's GBNF), whatever is drawn.")
    private @Nullable Path grammar;

    /**
     * Reads the form.
     *
     * @param remote whether a server solves
     * @return null for free text
     * @throws UsageException if both are given, or one cannot be read or used
     */
    @Nullable
    ReplyForm form(boolean remote) {
        if (remote && (schema != null || grammar != null)) {
            throw new UsageException(
                    "--json-schema and --grammar are for models on this machine: ask the server itself,"
                            + " with response_format or grammar in the request");
        }
        if (schema != null && grammar != null) {
            throw new UsageException("--json-schema is a grammar already: give it or --grammar, not both");
        }
        if (schema != null) {
            return JsonForm.of(GivenText.read("--json-schema", schema));
        }
        return grammar == null ? null : GrammarForm.of(GivenText.read("--grammar", grammar));
    }
}
