package org.espalier.eval;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a shard has recorded; read only.
 *
 * @param path as the user names it: a folder, or a file of rollouts
 * @param records the file of them
 * @param configuration of all shards: without which one this is
 * @param ids of its problems, in their order
 */
record ShardRecords(
        Path path,
        Path records,
        RecordKind kind,
        Shard shard,
        ObjectNode configuration,
        JsonNode environment,
        List<String> ids) {
    /** In the configuration. */
    static final String SHARD = "shard";
    /** In what is known beside it. */
    static final String PROBLEMS = "shardProblems";

    /** @throws UsageException if there is no shard of a run */
    static ShardRecords read(Path path) {
        boolean folder = Files.isDirectory(path);
        Path run = folder ? path.resolve(RunFolder.RUN) : RunFile.beside(path);
        Path judged = path.resolve(JudgedRecord.FILE);
        boolean judges = folder && Files.isRegularFile(judged);
        Path records = !folder ? path : judges ? judged : path.resolve(RunFolder.RECORDS);
        if (!Files.isRegularFile(run) || !Files.isRegularFile(records)) {
            throw new UsageException(Wording.of(
                    "%s holds no shard of a run: name what a command with %s has written",
                    path, Parameter.of("shard")));
        }
        ObjectNode configuration = (ObjectNode) RunFile.configuration(run).deepCopy();
        JsonNode named = configuration.remove(SHARD);
        if (named == null) {
            throw new UsageException(
                    path + " is a whole run and no shard: it needs no merging, and report takes several runs");
        }
        JsonNode environment = RunFile.environment(run);
        List<String> ids = new ArrayList<>();
        environment.path(PROBLEMS).forEach(id -> ids.add(id.asString("")));
        return new ShardRecords(
                path,
                records,
                folder ? judges ? RecordKind.JUDGEMENTS : kindOf(records) : RecordKind.ROLLOUTS,
                Shard.parse(named.asString(""), Map.of()),
                configuration,
                environment,
                List.copyOf(ids));
    }

    private static RecordKind kindOf(Path records) {
        boolean[] programs = new boolean[1];
        RecordFile.readOnly(records, line -> programs[0] |= line.has("samples"));
        return programs[0] ? RecordKind.PROGRAMS : RecordKind.ANSWERS;
    }
}
