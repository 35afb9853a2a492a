package org.espalier.structure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.model.Answer;
import org.espalier.model.ReplyForm;
import org.espalier.model.UsageException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Replies that are JSON documents of a schema. They are drawn by its grammar, checked by the schema itself, and vote
 * {@linkplain FieldVote field by field}; where what was voted for is not of the schema, the document that most replies are
 * stands instead.
 */
public final class JsonForm implements ReplyForm {
    private static final String ANY_OBJECT = "{\"type\": \"object\"}";

    private final String grammar;
    private final SchemaCheck check;

    private JsonForm(JsonNode schema) {
        grammar = SchemaGrammar.of(schema);
        check = new SchemaCheck(schema);
    }

    /**
     * The form of documents of a schema.
     *
     * @param schema as JSON's text
     * @throws UsageException if it is no JSON, no schema, or one that cannot be used; the message says what and where
     */
    public static JsonForm of(String schema) {
        return new JsonForm(StrictJson.require(schema, "the JSON schema"));
    }

    /** The form of any JSON object. */
    public static JsonForm anyObject() {
        return of(ANY_OBJECT);
    }

    @Override
    public String grammar() {
        return grammar;
    }

    @Override
    public Optional<Answer> read(String reply) {
        return StrictJson.read(reply)
                .filter(document -> check.fault(document).isEmpty())
                .map(JsonForm::answer);
    }

    private static Answer answer(JsonNode document) {
        return new Answer(StrictJson.write(document), StrictJson.canonical(document), true);
    }

    @Override
    public boolean isWhole() {
        return true;
    }

    @Override
    public boolean allowsOthers() {
        return false;
    }

    @Override
    public Optional<Merged> merge(List<Voter> voters) {
        List<JsonNode> documents = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        for (Voter voter : voters) {
            documents.add(StrictJson.read(voter.text()).orElse(JsonNodeFactory.instance.nullNode()));
            weights.add(voter.weight());
        }
        if (documents.isEmpty()) {
            return Optional.empty();
        }
        FieldVote.Result result = FieldVote.of(documents, weights);
        JsonNode document = result.document();
        return check.fault(document).isPresent()
                ? Optional.empty()
                : Optional.of(new Merged(StrictJson.write(document), answer(document), result.fields()));
    }
}
