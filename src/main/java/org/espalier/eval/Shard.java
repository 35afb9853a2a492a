package org.espalier.eval;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import org.jspecify.annotations.Nullable;

/**
 * A part of a run's problems that one machine works on: every count-th problem, so that what a data set puts in order, such
 * as levels, is shared out evenly.
 *
 * @param index from 1
 * @param count of all shards together
 */
public record Shard(int index, int count) {
    /** Taken from the job's own number. */
    private static final String AUTO = "auto";

    private static final Parameter OPTION = Parameter.of("shard");
    private static final Parameter WITH_COUNT = Parameter.of("shard").with(AUTO + "/16");
    private static final Pattern FORM = Pattern.compile("(auto|\\d{1,6})(?:/(\\d{1,6}))?");
    private static final String SLURM = "SLURM_ARRAY_TASK_";
    private static final String KUBERNETES = "JOB_COMPLETION_INDEX";

    /** @throws UsageException if there is no such shard */
    public Shard {
        if (count < 1 || index < 1 || index > count) {
            throw new UsageException(Wording.of(
                    "%s must be one of 1/%d to %d/%d, not %d/%d",
                    OPTION, Math.max(1, count), Math.max(1, count), Math.max(1, count), index, count));
        }
    }

    /**
     * Reads {@code 3/16}, {@code auto/16} or {@code auto}. An {@code auto} is the number of the task of a Slurm array, which
     * also says how many there are, or of a pod of an indexed Kubernetes job, which does not.
     *
     * @param environment of this process
     * @throws UsageException if it is none of these, or the environment does not say
     */
    public static Shard parse(String text, Map<String, String> environment) {
        Matcher matcher = form(text);
        String count = matcher.group(2);
        return matcher.group(1).equals(AUTO)
                ? ofJob(text, count == null ? null : Integer.valueOf(count), environment)
                : new Shard(Integer.parseInt(matcher.group(1)), Integer.parseInt(Objects.requireNonNull(count)));
    }

    /**
     * How many shards a text is about.
     *
     * @throws UsageException if it does not say
     */
    public static int countOf(String text) {
        String count = form(text).group(2);
        if (count == null) {
            throw new UsageException(Wording.of(
                    "%s does not say how many there are: write auto/16",
                    Parameter.of("shard").with(AUTO)));
        }
        return new Shard(1, Integer.parseInt(count)).count();
    }

    private static Matcher form(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || (matcher.group(2) == null && !text.equals(AUTO))) {
            throw new UsageException(Wording.of("%s must be such as 3/16, auto/16 or auto, not %s", OPTION, text));
        }
        return matcher;
    }

    private static Shard ofJob(String text, @Nullable Integer count, Map<String, String> environment) {
        Integer task = number(environment, SLURM + "ID");
        if (task != null) {
            return count == null ? ofArray(environment, task) : ofCounted(count, environment, task);
        }
        Integer pod = number(environment, KUBERNETES);
        if (pod == null) {
            throw new UsageException(Wording.of(
                    "%s is for a task of a Slurm array or a pod of an indexed job, and neither %sID nor %s is set: write such"
                            + " as 3/16",
                    Parameter.of("shard").with(text), SLURM, KUBERNETES));
        }
        if (count == null) {
            throw new UsageException(
                    Wording.of("%s does not say how many shards there are: write %s", KUBERNETES, WITH_COUNT));
        }
        if (pod < 0 || pod >= count) {
            throw new UsageException(Wording.of(
                    "%s is %d, and %s has room for 0 to %d: the job's completions must be %d",
                    KUBERNETES, pod, Parameter.of("shard").with(text), count - 1, count));
        }
        return new Shard(pod + 1, count);
    }

    /** Some tasks of an array may be run again alone, so their number is the shard's. */
    private static Shard ofCounted(int count, Map<String, String> environment, int task) {
        Integer least = number(environment, SLURM + "MIN");
        if (task < 1 || task > count || (least != null && least < 1)) {
            throw new UsageException("task %d of this array is none of %d shards: make it an array of 1-%d"
                    .formatted(task, count, count));
        }
        return new Shard(task, count);
    }

    private static Shard ofArray(Map<String, String> environment, int task) {
        Integer count = number(environment, SLURM + "COUNT");
        Integer least = number(environment, SLURM + "MIN");
        Integer most = number(environment, SLURM + "MAX");
        if (count == null || least == null || most == null || most - least + 1 != count) {
            throw new UsageException(Wording.of(
                    "the tasks of this array are not numbered without gaps, so that they do not say how many shards there"
                            + " are: write %s",
                    WITH_COUNT));
        }
        return new Shard(task - least + 1, count);
    }

    private static @Nullable Integer number(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null || value.isEmpty()) {
            return null;
        }
        if (!value.matches("\\d{1,9}")) {
            throw new UsageException("%s is %s, which is no number".formatted(name, value));
        }
        return Integer.valueOf(value);
    }

    /**
     * This shard's part, in its order.
     *
     * @throws UsageException if there is nothing for some shard
     */
    public <T> List<T> of(List<T> all) {
        if (all.size() < count) {
            throw new UsageException(
                    "%d shards are too many for %d problems: some would have none".formatted(count, all.size()));
        }
        return IntStream.range(0, all.size())
                .filter(i -> i % count == index - 1)
                .mapToObj(all::get)
                .toList();
    }

    /** The folder of this shard's records within that of all. */
    public Path folderIn(Path out) {
        return out.resolve("shard-" + inName());
    }

    /** The file of this shard's records beside that of all: {@code rollouts-03-of-16.jsonl}. */
    public Path fileBeside(Path out) {
        String name = String.valueOf(out.getFileName());
        int dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length();
        return out.resolveSibling(name.substring(0, dot) + "-" + inName() + name.substring(dot));
    }

    private String inName() {
        String all = Integer.toString(count);
        String own = Integer.toString(index);
        return "0".repeat(all.length() - own.length()) + own + "-of-" + all;
    }

    /** Such as {@code 3/16}. */
    @Override
    public String toString() {
        return index + "/" + count;
    }
}
