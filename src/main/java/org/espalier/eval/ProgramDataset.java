package org.espalier.eval;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.code.CodeTask;
import org.espalier.code.Language;
import org.espalier.code.PublicExamples;
import org.espalier.code.TestSuite;
import org.espalier.model.Problem;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Problems whose answers are programs in Python, with the columns of HumanEval (Chen et al. 2021, arXiv 2107.03374: prompt,
 * entry_point, test, canonical_solution) or of MBPP (Austin et al. 2021, arXiv 2108.07732: text, test_list, code).
 *
 * @param name of a built-in one; otherwise the file's, without its extension
 * @param sha256 of the lines that are used
 */
public record ProgramDataset(String name, List<ProgramItem> items, String sha256) {
    /** What all their programs are written in. */
    public static final Language LANGUAGE = Language.parse("python");

    /** MBPP's test set is its tasks 11 to 510. */
    private static final Map<String, String> BUILT_IN = Map.of("humaneval", "humaneval.jsonl", "mbpp", "mbpp.jsonl");

    private static final Pattern CALLED = Pattern.compile("(\\w+)\\(");

    public ProgramDataset {
        items = List.copyOf(items);
    }

    /**
     * Reads a data set of programs.
     *
     * @param source its name or file
     * @return empty if it is no built-in one, nor a file whose first line has the columns of one
     * @throws UsageException if a later line has not
     */
    public static Optional<ProgramDataset> load(DatasetSource source, @Nullable Integer limit) {
        String nameOrFile = source.nameOrFile();
        String resource = BUILT_IN.get(nameOrFile);
        List<String> lines;
        try {
            if (resource != null) {
                lines = resource("/org/espalier/data/" + resource);
            } else if (nameOrFile.endsWith(".jsonl") && source.isRegularFile()) {
                lines = source.lines().stream().filter(line -> !line.isBlank()).toList();
            } else {
                return Optional.empty();
            }
        } catch (IOException e) {
            throw new UsageException("cannot read the problems from " + nameOrFile + ": " + Reason.of(e));
        }
        if (lines.isEmpty() || item(lines.get(0)).isEmpty()) {
            return Optional.empty();
        }
        List<String> some = limit == null ? lines : lines.subList(0, Math.min(limit, lines.size()));
        List<ProgramItem> items = new ArrayList<>();
        for (String line : some) {
            items.add(item(line)
                    .orElseThrow(() -> new UsageException("line %d of %s lacks the columns of the first one"
                            .formatted(items.size() + 1, nameOrFile))));
        }
        String name = String.valueOf(Path.of(nameOrFile).getFileName()).replaceFirst("\\.jsonl$", "");
        return Optional.of(new ProgramDataset(name, items, Digests.sha256(String.join("\n", some))));
    }

    /** The problems of a shard; the digest is that of all. */
    public ProgramDataset of(Shard shard) {
        return new ProgramDataset(name, shard.of(items), sha256);
    }

    private static List<String> resource(String path) throws IOException {
        try (InputStream in = Objects.requireNonNull(ProgramDataset.class.getResourceAsStream(path))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static Optional<ProgramItem> item(String line) {
        JsonNode row;
        try {
            row = Json.LINES.readTree(line);
        } catch (JacksonException notJson) {
            return Optional.empty();
        }
        if (row.has("prompt") && row.has("entry_point") && row.has("test")) {
            return Optional.of(ofHumanEval(row));
        }
        return row.has("text") && row.path("test_list").isArray() ? Optional.of(ofMbpp(row)) : Optional.empty();
    }

    private static ProgramItem ofHumanEval(JsonNode row) {
        String prompt = row.path("prompt").asString("");
        String entry = row.path("entry_point").asString("");
        String id = row.path("task_id").asString(entry);
        String text = "Complete this function:\n\n```python\n" + prompt.strip() + "\n```";
        TestSuite given = PublicExamples.in(prompt, entry);
        CodeTask task = new CodeTask(new Problem(id, text), LANGUAGE, entry, prompt, given.after(prompt));
        TestSuite hidden = TestSuite.of(row.path("test").asString(""), entry).after(prompt);
        return new ProgramItem(
                id, task, hidden, prompt + row.path("canonical_solution").asString(""));
    }

    /** The first test shows the policy what the function is called and given; all of them judge. */
    private static ProgramItem ofMbpp(JsonNode row) {
        List<String> tests = new ArrayList<>();
        row.path("test_list").forEach(test -> tests.add(test.asString("")));
        String code = row.path("code").asString("").replace("\r", "");
        String entry = entry(tests, code);
        String id = "mbpp-" + row.path("task_id").asString("");
        String setup = row.path("test_setup_code").asString("").replace("\r", "");
        String first = tests.isEmpty() ? "" : tests.get(0);
        String text =
                row.path("text").asString("").strip() + "\n\nIt is tested so:\n\n```python\n" + first.strip() + "\n```";
        CodeTask task = new CodeTask(new Problem(id, text), LANGUAGE, entry, "", suite(setup, List.of(first), entry));
        return new ProgramItem(id, task, suite(setup, tests, entry), code);
    }

    private static TestSuite suite(String setup, List<String> tests, @Nullable String entry) {
        return TestSuite.of(
                Stream.concat(Stream.of(setup), tests.stream()).collect(Collectors.joining("\n")) + "\n", entry);
    }

    /** Of the functions that the reference defines the one that the tests call. */
    private static @Nullable String entry(List<String> tests, String code) {
        List<String> defined = LANGUAGE.definedIn(code);
        return tests.stream()
                .flatMap(test -> CALLED.matcher(test).results().map(match -> match.group(1)))
                .filter(defined::contains)
                .findFirst()
                .orElse(null);
    }
}
