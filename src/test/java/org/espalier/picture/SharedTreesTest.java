package org.espalier.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.espalier.search.SearchNode.Fate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The trees of {@code trees.json}, as the picture and the server's page draw them: labels, branches and places. The page's
 * own scripts run in Node.js, which the build needs anyway. What the page does besides, such as to split nodes of several
 * steps, has no part in this.
 */
class SharedTreesTest {
    private static final JsonMapper JSON = new JsonMapper();

    private static JsonNode trees;
    private static JsonNode page;

    @BeforeAll
    static void drawInNode(@TempDir Path folder) throws Exception {
        trees = JSON.readTree(Files.readString(resource("trees.json")));
        copyScripts(folder);
        Process node = new ProcessBuilder(
                        "node",
                        resource("draw-trees.mjs").toString(),
                        folder.toString(),
                        resource("trees.json").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed;
        try (InputStream out = node.getInputStream()) {
            printed = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(node.waitFor()).isZero();
        page = JSON.readTree(printed);
    }

    private static Path resource(String name) throws Exception {
        return Path.of(SharedTreesTest.class.getResource(name).toURI());
    }

    /** As modules, which the server says by their type and Node.js wants in a file. */
    private static void copyScripts(Path folder) throws Exception {
        Path scripts = resource("/org/espalier/server/page/outline.js").getParent();
        try (Stream<Path> files = Files.walk(scripts)) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".js")).toList()) {
                Path copy = folder.resolve(scripts.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        Files.writeString(folder.resolve("package.json"), "{\"type\": \"module\"}");
    }

    @Test
    void stepsHaveTheSameLabels() {
        for (int i = 0; i < trees.get("labels").size(); i++) {
            JsonNode label = trees.get("labels").get(i);
            assertThat(StepLabel.of(label.get(0).asString()))
                    .isEqualTo(label.get(1).asString());
            assertThat(page.get("labels").get(i)).as("the page").isEqualTo(label.get(1));
        }
    }

    @Test
    void treesHaveTheSameBranches() {
        for (int i = 0; i < trees.get("outlines").size(); i++) {
            JsonNode fixture = trees.get("outlines").get(i);
            String name = fixture.get("name").asString();
            List<String> drawn = texts(page.get("outlines").get(i));
            if (fixture.has("outline")) {
                List<String> expected = texts(fixture.get("outline"));
                assertThat(outline(fixture)).as(name).isEqualTo(expected);
                assertThat(drawn).as("the page: " + name).isEqualTo(expected);
            } else {
                assertThat(outline(fixture))
                        .as(name)
                        .hasSize(fixture.get("branches").asInt())
                        .isEqualTo(drawn);
            }
        }
    }

    /** Up to their scale: the page's rows are higher. */
    @Test
    void branchesHaveTheSamePlaces() {
        double siblings = trees.at("/gaps/siblings").asDouble();
        double cousins = trees.at("/gaps/cousins").asDouble();
        for (int i = 0; i < trees.get("layouts").size(); i++) {
            int[] parents = trees.get("layouts")
                    .get(i)
                    .get("parents")
                    .valueStream()
                    .mapToInt(JsonNode::asInt)
                    .toArray();
            double[] centres = TidyLayout.centres(parents, new double[parents.length], siblings, cousins);
            double[] drawn = page.get("layouts")
                    .get(i)
                    .valueStream()
                    .mapToDouble(JsonNode::asDouble)
                    .toArray();
            assertThat(scaled(drawn)).as("layout %d", i).containsExactly(scaled(centres), within(1e-6));
        }
    }

    private static double[] scaled(double[] places) {
        double least = DoubleStream.of(places).min().orElseThrow();
        double most = DoubleStream.of(places).max().orElseThrow();
        return Arrays.stream(places)
                .map(place -> (place - least) / (most - least))
                .toArray();
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }

    private static List<String> outline(JsonNode fixture) {
        Trees tree = new Trees();
        List<String> labels =
                new ArrayList<>(List.of(StepLabel.plain(fixture.get("problem").asString())));
        for (JsonNode node : fixture.get("nodes")) {
            int times = node.path("times").asInt(1);
            for (int i = 0; i < times; i++) {
                String text = node.get("text").asString() + (node.has("times") ? " " + i : "");
                Fate fate = Fate.valueOf(node.get("fate").asString().toUpperCase(Locale.ROOT));
                tree.add(node.get("parent").asInt(), text, Double.NaN, fate);
                labels.add(StepLabel.of(text));
            }
        }
        JsonNode selected = fixture.get("selected");
        RecordedTree recorded = selected.isNull() ? tree.withoutRun() : tree.select(selected.asInt());
        return Outline.of(recorded).stream()
                .map(branch -> "%d %s of %d%s%s"
                        .formatted(
                                branch.depth(),
                                kind(branch),
                                branch.members().size(),
                                branch.onPath() ? ", on the path" : "",
                                branch.isFolded() ? "" : ": " + labels.get(branch.shown())))
                .toList();
    }

    private static String kind(Branch branch) {
        return branch.isFolded() ? "folded" : branch.kind().name().toLowerCase(Locale.ROOT);
    }
}
