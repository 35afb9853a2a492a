package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Choices, judged texts and confidence on the command line, with SmolLM2-135M. */
class ChoiceIT {
    private static final String CAPITAL = "What is the capital of France?";

    @TempDir
    private Path folder;

    private static Cli choose(String... args) {
        return Cli.run(Stream.concat(Stream.of("solve", "--domain", "choice", "-q"), Stream.of(args))
                .toArray(String[]::new));
    }

    private static double sum(JsonNode shares) {
        return StreamSupport.stream(shares.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .sum();
    }

    @Test
    void anOptionIsChosenByTheLikelihoodOfItsWords() {
        Cli cli = choose(
                "--choose", "text", "--option", "Lima", "--option", "Paris", "--option", "Cairo", CAPITAL, "--json");

        assertThat(cli.complaints()).isEmpty();
        JsonNode choice = cli.json();
        assertThat(choice.get("answer").asString()).isEqualTo("Paris");
        assertThat(choice.get("letter").asString()).isEqualTo("B");
        assertThat(choice.get("policyTokens").asInt()).isZero();
        assertThat(choice.get("readTokens").asInt()).isPositive();
    }

    @Test
    void lettersAreComparedInAllOrders() {
        Cli cli = choose("--choose", "letters", CAPITAL + "\nA) Lima\nB) Paris\nC) Cairo", "--json");

        assertThat(cli.complaints()).isEmpty();
        JsonNode choice = cli.json();
        assertThat(choice.get("by").asString()).isEqualTo("letters");
        assertThat(choice.get("options")).hasSize(3);
        assertThat(sum(choice.get("places"))).isCloseTo(1, within(1e-6));
        double shares = 0;
        for (JsonNode option : choice.get("options")) {
            shares += option.get("share").asDouble();
        }
        assertThat(shares).isCloseTo(1, within(1e-6));
        // The question is read once: three orders of it take less than three prompts.
        assertThat(choose("--choose", "letters", CAPITAL + "\nA) Lima\nB) Paris\nC) Cairo")
                        .out())
                .contains("Answer: ", "in 3 orders", "gets");
    }

    @Test
    void repliesVote() {
        Cli cli = choose("--option", "Lima", "--option", "Paris", CAPITAL, "-n", "4", "--max-tokens", "60", "--json");

        assertThat(cli.code()).isIn(ExitCode.ANSWERED, ExitCode.NO_ANSWER);
        JsonNode choice = cli.json();
        assertThat(choice.get("by").asString()).isEqualTo("vote");
        assertThat(choice.get("replies").asInt()).isEqualTo(4);
        int votes = choice.get("options").get(0).get("votes").asInt()
                + choice.get("options").get(1).get("votes").asInt();
        assertThat(votes + choice.get("unread").asInt()).isEqualTo(4);
    }

    @Test
    void whatIsNoChoiceIsRefusedInALine() {
        assertThat(choose("--option", "yes", "--option", "Yes", "Is it?").err())
                .contains("options A and B are equal (Yes): no vote can tell them apart; leave one out");
        assertThat(choose("Is it?").err()).contains("the question has no options");
        assertThat(choose("Is it?\nA) yes\nB) no", "--choose", "guess").err())
                .contains("there is no way \"guess\" to choose among options: take one of letters, text, vote");
        assertThat(choose("Is it?\nA) yes\nB) no", "--choose", "guess").code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(Cli.run("solve", "--option", "yes", "2 + 2?").err())
                .contains("--option is for questions with options: add --domain choice");
    }

    @Test
    void aDataSetOfChoicesIsMeasured() throws Exception {
        Path file = folder.resolve("q.jsonl");
        Files.write(
                file,
                List.of(
                        "{\"question\": \"" + CAPITAL + "\", \"options\": [\"Lima\", \"Paris\"], \"answer\": 1}",
                        "{\"question\": \"How many legs has a dog?\", \"options\": [\"four\", \"nine\"], \"answer\": 0}"));
        String[] args = {
            "eval",
            file.toString(),
            "--out",
            folder.resolve("run").toString(),
            "-n",
            "2",
            "--max-tokens",
            "40",
            "-q",
            "--json"
        };
        Cli cli = Cli.run(args);

        assertThat(cli.complaints()).isEmpty();
        JsonNode results = cli.json();
        assertThat(results.get("questions").asInt()).isEqualTo(2);
        assertThat(results.get("chance").asDouble()).isEqualTo(.5);
        assertThat(StreamSupport.stream(results.get("rows").spliterator(), false)
                        .map(row -> row.get("way").asString()))
                .containsExactly("letters as given", "letters", "text", "vote");
        assertThat(Cli.run(args).json()).as("nothing is done again").isEqualTo(results);
    }

    @Test
    void aTextIsChosenByMarksOrByComparisons() {
        Cli marks = Cli.run(
                "solve", "--domain", "text", "-n", "3", "--max-tokens", "40", "Write a haiku about rain.", "--json");
        assertThat(marks.code()).isEqualTo(ExitCode.ANSWERED);
        JsonNode solution = marks.json();
        assertThat(solution.get("solution").asString()).isNotBlank();
        assertThat(solution.get("answer").isNull()).isTrue();
        assertThat(solution.get("usage").get("prmTokens").asInt()).isPositive();
        Cli compared = Cli.run(
                "solve",
                "--domain",
                "text",
                "--choose",
                "knockout",
                "-n",
                "3",
                "--max-tokens",
                "150",
                "Name a colour.");
        assertThat(compared.code()).isEqualTo(ExitCode.ANSWERED);
        assertThat(compared.out()).contains("the reply that won the comparisons of 3");
        assertThat(compared.err()).contains("2 comparisons in both orders; the first place got");
    }

    /** Whatever a small model makes of it, there is a reply, and what decided about it is said. */
    @Test
    void aTextIsChosenOrMadeByThePolicyThatReadsAll() {
        for (String way : List.of("genselect", "gensynthesis")) {
            String[] args = {
                "solve",
                "--domain",
                "text",
                "--choose",
                way,
                "-n",
                "3",
                "--max-tokens",
                "150",
                "--threads",
                "1",
                "Name a colour.",
                "--json"
            };
            Cli cli = Cli.run(args);
            assertThat(cli.code()).isEqualTo(ExitCode.ANSWERED);
            assertThat(cli.err()).contains(way + " read 1 prompts (");
            JsonNode solution = cli.json();
            assertThat(solution.get("solution").asString()).isNotBlank();
            boolean chosen =
                    solution.get("chosenBy").asString().equals(way.equals("genselect") ? "selection" : "synthesis");
            boolean noted = StreamSupport.stream(solution.get("warnings").spliterator(), false)
                    .anyMatch(warning -> warning.get("code").asString().equals("not-chosen"));
            assertThat(chosen).as(cli.out()).isNotEqualTo(noted);
        }
    }

    @Test
    void anotherWayToChooseIsRefusedInALine() {
        Cli unknown = Cli.run("solve", "--choose", "guess", "2 + 2?");
        assertThat(unknown.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(unknown.err())
                .contains("there is no way \"guess\" to choose among solutions: take one of knockout, genselect,"
                        + " gensynthesis");
        assertThat(Cli.run("solve", "--domain", "text", "--choose", "guess", "Hello")
                        .err())
                .contains("to choose among texts: take one of marks, knockout, genselect, gensynthesis");
        Cli exact = Cli.run(
                "solve",
                "--domain",
                "countdown",
                "--choose",
                "genselect",
                "Use each of the numbers 3, 5, 7 and 11" + " exactly once, with +, -, * and /, to make 24.");
        assertThat(exact.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(exact.err()).contains("--choose genselect is for texts and mathematics");
        assertThat(Cli.run("solve", "--each", "--choose", "knockout", "2 + 2?").err())
                .contains("--choose knockout is for one problem on this machine");
    }

    @Test
    void confidenceTakesThePlaceOfAPrm() {
        Cli cli = Cli.run(
                "solve",
                "--policy",
                "arith-small",
                "--prm",
                "confidence:lowest-logprob",
                "--method",
                "best-of-n",
                "-n",
                "8",
                "--warm-up",
                "3",
                "--vote-share",
                "0.5",
                "--json",
                "Start with 12, then add 7. What is the result?");
        assertThat(cli.complaints()).isEmpty();
        JsonNode solution = cli.json();
        assertThat(solution.get("answer").asString()).isEqualTo("19");
        assertThat(solution.get("usage").get("prmTokens").asInt()).isZero();
        assertThat(solution.get("confidence").get("belief").isNull()).isTrue();
        for (JsonNode completion : solution.get("completions")) {
            assertThat(completion.get("stepScores")).isNotEmpty();
            completion
                    .get("stepScores")
                    .forEach(score -> assertThat(score.asDouble()).isBetween(0.0, 1.0));
        }
        Cli bad = Cli.run("solve", "--policy", "arith-small", "--prm", "confidence:median", "2 + 2?");
        assertThat(bad.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(bad.err())
                .contains("--prm confidence:median is unknown: choose confidence: and one of mean-logprob");
    }

    @Test
    void fieldsSayHowManyAgree() throws Exception {
        Path schema = Files.writeString(
                folder.resolve("schema.json"),
                "{\"type\": \"object\", \"properties\": {\"name\": {\"enum\": [\"Ada\", \"Bob\"]}}, \"required\": [\"name\"]}");
        String[] args = {
            "solve",
            "--policy",
            "smollm2-135m-instruct",
            "--json-schema",
            schema.toString(),
            "--method",
            "majority",
            "-n",
            "4",
            "Ada Lovelace was 36. Who is it about?"
        };
        Cli cli = Cli.run(args);
        assertThat(cli.out()).contains("$.name", "% agree");
        assertThat(Cli.run(Stream.concat(Stream.of(args), Stream.of("--json")).toArray(String[]::new))
                        .json()
                        .get("fields")
                        .get(0)
                        .get("path")
                        .asString())
                .isEqualTo("$.name");
    }
}
