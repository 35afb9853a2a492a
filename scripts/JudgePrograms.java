import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.espalier.code.ProgramRuns;
import org.espalier.code.TestRun;
import org.espalier.eval.ProgramDataset;
import org.espalier.eval.ProgramItem;
import org.espalier.sandbox.Limits;
import org.espalier.sandbox.Sandboxes;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs programs with the hidden tests of their problems, for scripts/check-human-eval: DATASET FILE AT_ONCE. The file has
 * {@code {"id": …, "program": …}} a line; printed are the seconds, then of each line whether it passed, and why not.
 */
public class JudgePrograms {
    public static void main(String[] arguments) throws Exception {
        Map<String, ProgramItem> items = new LinkedHashMap<>();
        ProgramDataset.load(arguments[0], null).orElseThrow().items().forEach(item -> items.put(item.id(), item));
        List<JsonNode> samples = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(arguments[1]))) {
            samples.add(JsonMapper.shared().readTree(line));
        }
        int atOnce = Integer.parseInt(arguments[2]);
        long began = System.nanoTime();
        try (ProgramRuns runs = ProgramRuns.open(
                ProgramDataset.LANGUAGE, Sandboxes.required(false), Limits.USUAL, atOnce)) {
            List<CompletableFuture<TestRun>> all = samples.stream()
                    .map(sample -> runs.run(
                            sample.get("program").asString(),
                            items.get(sample.get("id").asString()).hidden()))
                    .toList();
            List<TestRun> found = all.stream().map(CompletableFuture::join).toList();
            System.out.println("{\"seconds\": %s, \"runs\": %d, \"sandbox\": \"%s\"}"
                    .formatted((System.nanoTime() - began) / 1e9, runs.runs(), runs.sandbox().name()));
            for (TestRun run : found) {
                String why = run.firstFailure().map(TestRun.Check::why).orElse(String.valueOf(run.failure()));
                System.out.println(JsonMapper.shared().writeValueAsString(
                        Map.of("passed", run.passedAll(), "why", run.status() + ": " + why)));
            }
        }
    }
}
