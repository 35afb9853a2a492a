package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardTest {
    private static Map<String, String> array(String id, String count, String least, String most) {
        return Map.of(
                "SLURM_ARRAY_TASK_ID", id,
                "SLURM_ARRAY_TASK_COUNT", count,
                "SLURM_ARRAY_TASK_MIN", least,
                "SLURM_ARRAY_TASK_MAX", most);
    }

    @Test
    void everyProblemIsInOneShardAndTheSizesDifferByOne() {
        List<Integer> all = IntStream.range(0, 47).boxed().toList();
        for (int count : new int[] {1, 2, 16, 47}) {
            List<Integer> together = new ArrayList<>();
            for (int index = 1; index <= count; index++) {
                List<Integer> part = new Shard(index, count).of(all);
                assertThat(part)
                        .hasSizeBetween(47 / count, (46 + count) / count)
                        .isSorted();
                together.addAll(part);
            }
            assertThat(together).containsExactlyInAnyOrderElementsOf(all);
        }
        assertThat(new Shard(2, 3).of(List.of("a", "b", "c", "d", "e"))).containsExactly("b", "e");
        assertThatThrownBy(() -> new Shard(1, 48).of(all))
                .isInstanceOf(UsageException.class)
                .hasMessage("48 shards are too many for 47 problems: some would have none");
    }

    @Test
    void aJobSaysWhichShardItHas() {
        assertThat(Shard.parse("3/16", Map.of())).isEqualTo(new Shard(3, 16));
        assertThat(Shard.parse("auto", array("3", "16", "1", "16"))).isEqualTo(new Shard(3, 16));
        assertThat(Shard.parse("auto", array("0", "16", "0", "15"))).isEqualTo(new Shard(1, 16));
        assertThat(Shard.parse("auto/16", array("3", "2", "3", "7")))
                .as("two tasks of the array are run again")
                .isEqualTo(new Shard(3, 16));
        assertThat(Shard.parse("auto/16", Map.of("JOB_COMPLETION_INDEX", "0"))).isEqualTo(new Shard(1, 16));
    }

    @ParameterizedTest
    @CsvSource({
        "3, must be such as 3/16",
        "3/0, must be one of",
        "17/16, must be one of 1/16 to 16/16",
        "0/16, must be one of",
        "-1/4, must be such as",
        "auto/, must be such as",
        "auto, neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set",
    })
    void whatIsNoShard(String text, String why) {
        assertThatThrownBy(() -> Shard.parse(text, Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aJobThatCannotTellIsRefused() {
        assertThatThrownBy(() -> Shard.parse("auto", Map.of("JOB_COMPLETION_INDEX", "2")))
                .hasMessageContaining("write shard auto/16");
        assertThatThrownBy(() -> Shard.parse("auto/2", Map.of("JOB_COMPLETION_INDEX", "2")))
                .hasMessageContaining("the job's completions must be 2");
        assertThatThrownBy(() -> Shard.parse("auto", array("3", "2", "3", "7")))
                .hasMessageContaining("not numbered without gaps");
        assertThatThrownBy(() -> Shard.parse("auto/16", array("0", "16", "0", "15")))
                .hasMessageContaining("make it an array of 1-16");
        assertThatThrownBy(() -> Shard.parse("auto", Map.of("SLURM_ARRAY_TASK_ID", "x")))
                .hasMessageContaining("SLURM_ARRAY_TASK_ID is x, which is no number");
    }

    @Test
    void eachHasAPlaceOfItsOwn() {
        assertThat(new Shard(3, 16).folderIn(Path.of("runs/a"))).isEqualTo(Path.of("runs/a/shard-03-of-16"));
        assertThat(new Shard(3, 4).fileBeside(Path.of("r/rollouts.jsonl")))
                .isEqualTo(Path.of("r/rollouts-3-of-4.jsonl"));
    }
}
