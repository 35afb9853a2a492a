package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.espalier.eval.Shard;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options that share a run out among machines. */
@Advanced
final class ShardOptions {
    private static final String SHARD = "--shard";
    private static final String SLURM = "--print-slurm";
    private static final String KUBERNETES = "--print-k8s";

    @Option(
            names = SHARD,
            paramLabel = "K/N",
            description = {
                "Only every N-th problem, from the K-th on, with records of its own, for 'espalier merge'. auto/N takes K from"
                        + " a Slurm array or an indexed Kubernetes job."
            })
    private @Nullable String shard;

    @Option(names = SLURM, description = "Prints a job file for Slurm that runs all shards, and does nothing else.")
    private boolean slurm;

    @Option(names = KUBERNETES, description = "The same for Kubernetes.")
    private boolean kubernetes;

    /** The part to work on; null for all. */
    @Nullable
    Shard shard() {
        return shard == null ? null : Shard.parse(shard, System.getenv());
    }

    /**
     * Prints a job file, if one is asked for.
     *
     * @param spec of the command
     * @param out where it writes
     * @return whether one was
     * @throws UsageException if nothing says how many shards there are
     */
    boolean printJob(@Nullable CommandSpec spec, Path out) {
        if (!slurm && !kubernetes) {
            return false;
        }
        if (shard == null) {
            throw new UsageException("%s needs to know how many shards there are: add %s auto/16, for instance"
                    .formatted(slurm ? SLURM : KUBERNETES, SHARD));
        }
        int count = Shard.countOf(shard);
        List<String> typed =
                Objects.requireNonNull(spec).commandLine().getParseResult().originalArgs();
        JobFile job = new JobFile(ofAnyShard(typed, count), count, out);
        System.out.print(slurm ? job.slurm() : job.kubernetes());
        return true;
    }

    /** The same command for a task that knows its number. */
    private static List<String> ofAnyShard(List<String> typed, int count) {
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < typed.size(); i++) {
            String word = typed.get(i);
            if (word.equals(SHARD)) {
                i++;
            } else if (!word.startsWith(SHARD + "=") && !word.equals(SLURM) && !word.equals(KUBERNETES)) {
                arguments.add(word);
            }
        }
        arguments.add(SHARD);
        arguments.add("auto/" + count);
        return arguments;
    }
}
