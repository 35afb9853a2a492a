package org.espalier.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.espalier.runtime.EspalierVersion;
import tools.jackson.databind.json.JsonMapper;

/**
 * A job that runs a command once for each shard. A task that is killed runs again and goes on where its records end.
 *
 * @param arguments of the command, with {@code --shard auto/N}
 * @param out where the command writes
 */
record JobFile(List<String> arguments, int shards, Path out) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** For {@code sbatch}. */
    String slurm() {
        return String.join(
                "\n",
                "#!/bin/bash",
                "# " + merge(),
                "#SBATCH --job-name=" + name(),
                "#SBATCH --array=1-" + shards,
                "#SBATCH --cpus-per-task=8",
                "#SBATCH --mem=8G",
                "#SBATCH --time=24:00:00",
                "#SBATCH --requeue",
                "#SBATCH --open-mode=append",
                "#SBATCH --output=" + name() + "-%A_%a.log",
                "set -euo pipefail",
                "exec espalier " + arguments.stream().map(JobFile::quoted).collect(Collectors.joining(" ")),
                "");
    }

    /** For {@code kubectl apply -f}. */
    String kubernetes() {
        return String.join(
                "\n",
                "# " + merge(),
                "# Put in an image that has Espalier, and a volume for the records and the models.",
                "apiVersion: batch/v1",
                "kind: Job",
                "metadata:",
                "  name: " + name(),
                "spec:",
                "  completionMode: Indexed",
                "  completions: " + shards,
                "  parallelism: " + shards,
                "  backoffLimit: " + 4 * shards,
                "  template:",
                "    spec:",
                "      restartPolicy: OnFailure",
                "      containers:",
                "        - name: espalier",
                "          image: espalier:" + EspalierVersion.own(),
                "          command: [\"espalier\"]",
                "          args: " + JSON.writeValueAsString(arguments),
                "          workingDir: /work",
                "          env:",
                "            - {name: ESPALIER_CACHE, value: /work/cache}",
                "          resources:",
                "            requests: {cpu: \"8\", memory: 8Gi}",
                "            limits: {memory: 8Gi}",
                "          volumeMounts:",
                "            - {name: work, mountPath: /work}",
                "      volumes:",
                "        - name: work",
                "          persistentVolumeClaim: {claimName: espalier}",
                "");
    }

    private String name() {
        return "espalier-" + arguments.get(0).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "");
    }

    /** What to do when all are done. */
    private String merge() {
        boolean file = arguments.contains("rollouts");
        String text = String.valueOf(out);
        int dot = text.lastIndexOf('.') > text.lastIndexOf('/') + 1 ? text.lastIndexOf('.') : text.length();
        String shardsOfIt = file
                ? quoted(text.substring(0, dot)) + "-*-of-" + shards + quoted(text.substring(dot))
                : quoted(text) + "/shard-*";
        String all = file ? quoted(text) : quoted(text + "/all");
        return "Afterwards: espalier merge " + shardsOfIt + " --out " + all;
    }

    private static String quoted(String word) {
        return word.isEmpty() || word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
