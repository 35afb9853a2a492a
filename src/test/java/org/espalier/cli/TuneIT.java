package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A plan from its recording to a live run, with the bundled models. */
class TuneIT {
    @TempDir
    private Path folder;

    /** One command records and learns; what it says of the plan, replaying it and searching with it say as well. */
    @Test
    void aPlanThatWasLearntWithoutAModelHoldsWithOne() {
        Path run = folder.resolve("run");
        Path plan = folder.resolve("plan.yaml");
        String[] tune = {
            "tune",
            run.toString(),
            "--record",
            "arith",
            "--limit",
            "14",
            "-n",
            "8",
            "--threads",
            "1",
            "--json",
            "--out",
            plan.toString(),
            "--frontier",
            folder.resolve("plot").toString()
        };
        Cli tuned = Cli.run(tune);
        assertThat(tuned.code()).as(tuned.err()).isZero();
        assertThat(plan).content().contains("problems: 14", "stopAt: ");
        assertThat(folder.resolve("plot/frontier.svg")).isNotEmptyFile();
        JsonNode chosen = tuned.json().get("chosen");

        Cli replayed = Cli.run("replay", run.toString(), "--policy-rule", plan.toString(), "--json");
        assertThat(replayed.code()).as(replayed.err()).isZero();
        JsonNode rule = replayed.json().at("/rules/0");
        assertThat(rule.at("/result/accuracy")).isEqualTo(chosen.get("accuracy"));
        assertThat(rule.at("/result/tokens")).isEqualTo(chosen.get("tokens"));
        assertThat(rule.get("low")).isEqualTo(tuned.json().get("low"));

        Cli live = Cli.run(
                "eval",
                "arith",
                "--limit",
                "14",
                "--method",
                "auto",
                "-n",
                "8",
                "--plan",
                plan.toString(),
                "--threads",
                "1",
                "--quiet",
                "--json",
                "--out",
                folder.resolve("live").toString());
        assertThat(live.code()).as(live.err()).isZero();
        JsonNode weighted = null;
        for (JsonNode row : live.json().get("rows")) {
            weighted = row.get("selection").asString().equals("weighted") ? row : weighted;
        }
        assertThat(weighted).isNotNull();
        assertThat(weighted.get("accuracy").asDouble())
                .isBetween(rule.get("low").asDouble(), rule.get("high").asDouble());
        double tokens = rule.at("/result/tokens").asDouble();
        assertThat(weighted.get("policyTokensPerProblem").asDouble()).isCloseTo(tokens, within(tokens / 2));

        // Nothing is recorded twice.
        Cli again = Cli.run(tune);
        assertThat(again.json().get("chosen")).isEqualTo(chosen);
    }

    @Test
    void badInputIsOneLine() {
        Cli both = Cli.run("replay", folder.toString(), "p1", "--policy-rule", "{}");
        assertThat(both.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(both.err().lines()).hasSize(1).first().asString().contains("leave out p1");
        Cli neither = Cli.run("replay", folder.toString());
        assertThat(neither.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(neither.err().lines()).hasSize(1).first().asString().contains("name a problem", "--policy-rule");
        Cli broken =
                Cli.run("replay", folder.toString(), "--policy-rule", "{stopAt: 2, bins: [{upTo: 1, method: dvts}]}");
        assertThat(broken.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(broken.err()).contains("cannot be used: a plan must stop at a probability above 0 and up to 1");
        Cli two = Cli.run("tune", "a", "b", "--record", "arith");
        assertThat(two.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(two.err().lines()).hasSize(1).first().asString().contains("--record is for one RUN, not for 2");
    }
}
