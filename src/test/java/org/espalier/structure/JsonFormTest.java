package org.espalier.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.model.Answer;
import org.espalier.model.ReplyForm.Field;
import org.espalier.model.ReplyForm.Merged;
import org.espalier.model.ReplyForm.Voter;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFormTest {
    private static final JsonForm PERSON =
            JsonForm.of("{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},"
                    + "\"age\":{\"type\":\"integer\",\"minimum\":0},\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},"
                    + "\"uniqueItems\":true}},\"required\":[\"name\",\"age\"],\"additionalProperties\":false}");

    private static Merged merge(JsonForm form, String... replies) {
        return form.merge(Stream.of(replies).map(reply -> new Voter(reply, 1)).toList())
                .orElseThrow();
    }

    @Test
    void onlyWhatIsOfTheSchemaIsAnAnswer() {
        assertThat(PERSON.read("{\"name\": \"Ada\", \"age\": 36}")).isPresent();
        assertThat(PERSON.read("{\"name\": \"Ada\"}")).isEmpty();
        assertThat(PERSON.read("{\"name\": \"Ada\", \"age\": -1}")).isEmpty();
        assertThat(PERSON.read("{\"name\": \"Ada\", \"age\": 36")).isEmpty();
        assertThat(PERSON.read("{\"name\": \"Ada\", \"name\": \"Eva\", \"age\": 36}"))
                .isEmpty();
        assertThat(PERSON.read("{\"name\": \"Ada\", \"age\": 36} and more")).isEmpty();
        assertThat(PERSON.read("{\"name\": \"Ada\", \"age\": 36, \"tags\": [\"x\", \"x\"]}"))
                .isEmpty();
        assertThat(PERSON.read("")).isEmpty();
        assertThat(PERSON.read("[".repeat(100_000))).isEmpty();
    }

    @Test
    void documentsThatMeanTheSameVoteTogether() {
        Answer one = PERSON.read("{\"name\":\"Ada\",\"age\":36}").orElseThrow();
        Answer other =
                PERSON.read("{ \"age\" : 36.0, \"name\" : \"\\u0041da\" }").orElseThrow();
        assertThat(one.key()).isEqualTo(other.key());
    }

    @Test
    void fieldsAreVotedOnOneByOne() {
        Merged merged = merge(
                PERSON,
                "{\"name\":\"Ada\",\"age\":36,\"tags\":[\"a\",\"b\"]}",
                "{\"name\":\"Ada\",\"age\":37,\"tags\":[\"a\",\"c\"]}",
                "{\"name\":\"Eva\",\"age\":36}",
                "{\"name\":\"Eve\",\"age\":36,\"tags\":[\"d\",\"c\"]}");
        // Nobody wrote it.
        assertThat(merged.reply()).isEqualTo("{\"name\":\"Ada\",\"age\":36,\"tags\":[\"a\",\"c\"]}");
        assertThat(merged.answer().stated()).isTrue();
        assertThat(merged.fields())
                .containsExactly(
                        new Field("$.name", "\"Ada\"", 0.5),
                        new Field("$.age", "36", 0.75),
                        new Field("$.tags.length", "2", 1),
                        new Field("$.tags[0]", "\"a\"", 2 / 3.0),
                        new Field("$.tags[1]", "\"c\"", 2 / 3.0));
    }

    @Test
    void aKeyThatHalfOfThemHaveIsLeftOut() {
        Merged merged = merge(
                PERSON,
                "{\"name\":\"Ada\",\"age\":1,\"tags\":[\"x\"]}",
                "{\"name\":\"Ada\",\"age\":1}",
                "{\"name\":\"Ada\",\"age\":2}");
        assertThat(merged.reply()).isEqualTo("{\"name\":\"Ada\",\"age\":1}");
        assertThat(merged.fields()).contains(new Field("$.tags", null, 1 - 1 / 3.0));
    }

    @Test
    void weightsCountAndWhereAllAreZeroEachCountsTheSame() {
        JsonForm form = JsonForm.of("{\"type\":\"integer\"}");
        assertThat(form.merge(List.of(new Voter("1", 0.2), new Voter("1", 0.2), new Voter("2", 0.9)))
                        .orElseThrow()
                        .reply())
                .isEqualTo("2");
        assertThat(form.merge(List.of(new Voter("1", 0), new Voter("2", 0), new Voter("2", 0)))
                        .orElseThrow()
                        .reply())
                .isEqualTo("2");
    }

    @Test
    void whatWasVotedForIsNotGivenIfTheSchemaRefusesIt() {
        JsonForm pairs = JsonForm.of("{\"oneOf\":[{\"const\":[1,2]},{\"const\":[1,3]},{\"const\":[4,2]}]}");
        assertThat(pairs.merge(List.of(new Voter("[4,2]", 2), new Voter("[1,3]", 3), new Voter("[1,2]", 0.5)))
                        .orElseThrow()
                        .reply())
                .isEqualTo("[1,3]");
        JsonForm other = JsonForm.of("{\"enum\":[[1,2],[3,3],[1,4]]}");
        // 1 wins the first place and 3 the second.
        assertThat(other.merge(List.of(new Voter("[1,2]", 1), new Voter("[3,3]", 1.5), new Voter("[1,4]", 1))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "3",
                "{\"type\": \"strnig\"}",
                "{\"type\": []}",
                "{\"$ref\": \"#\"}",
                "{\"$ref\": \"#/$defs/none\"}",
                "{\"$ref\": \"https://example.com/schema.json\"}",
                "{\"$ref\": \"other.json\"}",
                "{\"enum\": []}",
                "{\"anyOf\": []}",
                "{\"properties\": {\"a\": false}}",
                "{\"type\": \"integer\", \"minimum\": 3, \"maximum\": 2}",
                "{\"type\": \"string\", \"minLength\": 5, \"maxLength\": 2}",
                "{\"type\": \"array\", \"minItems\": -1}"
            })
    void whatIsNoSchemaIsRefusedInALine(String schema) {
        assertThatThrownBy(() -> JsonForm.of(schema))
                .isInstanceOf(UsageException.class)
                .hasMessageMatching("the JSON schema .*[^.\\n]");
    }

    @Test
    void deepAndLargeSchemasAreRefused() {
        String deep = "{\"type\":\"array\",\"items\":".repeat(90) + "true" + "}".repeat(90);
        assertThatThrownBy(() -> JsonForm.of(deep))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("nested");
        assertThatThrownBy(() -> JsonForm.of("{\"type\":\"array\",\"items\":".repeat(5000)))
                .isInstanceOf(UsageException.class);
        StringBuilder wide = new StringBuilder("{\"properties\":{");
        for (int i = 0; i < 12_000; i++) {
            wide.append(i == 0 ? "" : ",").append("\"k").append(i).append("\":{\"type\":\"boolean\"}");
        }
        assertThatThrownBy(() -> JsonForm.of(wide + "}}"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("too large");
    }

    @Test
    void aCatastrophicPatternEndsWithoutAnAnswer() {
        JsonForm form = JsonForm.of("{\"type\":\"string\",\"pattern\":\"^(a+)+(?!b)$\"}");
        String text = "\"" + "a".repeat(40) + "!\"";
        assertTimeoutPreemptively(
                Duration.ofSeconds(60), () -> assertThat(form.read(text)).isEmpty());
    }

    @Test
    void aSchemaThatRefersToItselfIsRead() {
        JsonForm tree = JsonForm.of("{\"$defs\":{\"n\":{\"type\":\"object\",\"properties\":{\"c\":{\"type\":\"array\","
                + "\"items\":{\"$ref\":\"#/$defs/n\"}}},\"required\":[\"c\"]}},\"$ref\":\"#/$defs/n\"}");
        assertThat(tree.read("{\"c\":[{\"c\":[]},{\"c\":[{\"c\":[]}]}]}")).isPresent();
        assertThat(tree.read("{\"c\":[{}]}")).isEmpty();
    }
}
