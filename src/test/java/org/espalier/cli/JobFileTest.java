package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What {@code --print-slurm} and {@code --print-k8s} print is a job that runs the same command for every shard. */
class JobFileTest {
    private static final String[] COMMAND = {
        "eval", "my problems.jsonl", "--system", "Don't guess.", "-n", "4", "--out", "runs/a", "--shard", "auto/16"
    };
    private static final List<String> TASK = List.of(COMMAND);

    @TempDir
    private Path folder;

    private static String printed(String option, String... command) {
        List<String> words = new ArrayList<>(List.of(command));
        words.add(2, option);
        Cli cli = Cli.run(words.toArray(String[]::new));
        assertThat(cli.err()).isEmpty();
        assertThat(cli.code()).isZero();
        return cli.out();
    }

    /** The script is run by a shell, with a program in the place of espalier that says what it is given. */
    @Test
    void slurmRunsTheSameCommandInEveryTask() throws Exception {
        String script = printed("--print-slurm", COMMAND);
        assertThat(script.lines())
                .startsWith("#!/bin/bash", "# Afterwards: espalier merge runs/a/shard-* --out runs/a/all")
                .contains("#SBATCH --array=1-16", "#SBATCH --requeue");
        Path espalier = folder.resolve("espalier");
        Files.writeString(espalier, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        assertThat(espalier.toFile().setExecutable(true)).isTrue();
        Path job = Files.writeString(folder.resolve("job"), script);
        ProcessBuilder bash = new ProcessBuilder("bash", job.toString()).redirectErrorStream(true);
        bash.environment().merge("PATH", folder.toString(), (path, own) -> own + ":" + path);
        Process process = bash.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(said.lines()).containsExactlyElementsOf(TASK);
    }

    @Test
    void kubernetesRunsTheSameCommandInEveryPod() {
        JsonNode job = new YAMLMapper().readTree(printed("--print-k8s", COMMAND));
        assertThat(job.path("kind").asString()).isEqualTo("Job");
        assertThat(job.at("/spec/completionMode").asString()).isEqualTo("Indexed");
        assertThat(job.at("/spec/completions").asInt()).isEqualTo(16);
        List<String> arguments = new ArrayList<>();
        job.at("/spec/template/spec/containers/0/args").forEach(word -> arguments.add(word.asString()));
        assertThat(arguments).containsExactlyElementsOf(TASK);
    }

    @Test
    void aShardOfManyBecomesAnyOfThem() {
        assertThat(printed("--print-slurm", "rollouts", "arith", "--shard=3/4", "--out", "r.jsonl"))
                .contains("exec espalier rollouts arith --out r.jsonl --shard auto/4")
                .contains("# Afterwards: espalier merge r-*-of-4.jsonl --out r.jsonl");
    }

    @Test
    void nothingSaysHowManyShards() {
        for (String[] more : new String[][] {{}, {"--shard", "auto"}}) {
            List<String> words = new ArrayList<>(List.of("eval", "arith", "--out", "runs/a", "--print-k8s"));
            words.addAll(List.of(more));
            Cli cli = Cli.run(words.toArray(String[]::new));
            assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
            assertThat(cli.err().lines()).hasSize(1).first().asString().contains("auto/16");
        }
    }

    @Test
    void aBudgetOfTheWholeRunIsNotForShards() {
        Cli cli = Cli.run(
                Map.of(),
                folder,
                "eval",
                "arith",
                "--out",
                folder.resolve("out").toString(),
                "--shard",
                "1/2",
                "--run-budget-tokens",
                "9");
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(cli.err()).contains("a budget of the whole run cannot be shared out among machines");
    }
}
