package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MavenSourceTest {
    private static final String ARTIFACT = "some.group:thing:1.0";

    @TempDir
    Path temporary;

    private FakeMaven maven;
    private Path folder;

    @BeforeEach
    void publishAJar() throws IOException {
        maven = new FakeMaven(temporary.resolve("maven"));
        maven.publish("thing-1.0.jar", new byte[1000]);
        folder = Files.createDirectory(temporary.resolve("folder"));
    }

    private void download(Map<String, String> environment) throws IOException {
        maven.source(environment).download(ARTIFACT, folder, () -> {});
    }

    private void assertFails(String output, String reason) throws IOException {
        maven.fail(output);
        assertThatThrownBy(() -> download(Map.of()))
                .isInstanceOf(EspalierException.class)
                .hasMessage("Maven could not download %s (%s)", ARTIFACT, reason);
    }

    @Test
    void theJarAloneIsLeft() throws IOException {
        download(Map.of());

        assertThat(folder.toFile().list()).containsExactly("thing-1.0.jar");
        assertThat(maven.arguments())
                .containsExactly(
                        "-q",
                        "-B",
                        "-C",
                        "-Dstyle.color=never",
                        MavenSource.COPY,
                        "-Dartifact=" + ARTIFACT,
                        "-DoutputDirectory=" + folder);
    }

    @Test
    void noProjectOfTheUsersIsRead() throws IOException {
        download(Map.of());

        assertThat(Path.of(maven.place().get(0)).toRealPath()).isEqualTo(folder.toRealPath());
        assertThat(maven.place().get(1)).isNotEmpty();
    }

    @Test
    void theArgumentsOfTheBuildAreGivenToo() throws IOException {
        download(Map.of("ESPALIER_MAVEN_ARGS", " -s  my/settings.xml -o "));

        assertThat(maven.arguments()).containsSubsequence(List.of("-s", "my/settings.xml", "-o", MavenSource.COPY));
    }

    @Test
    void thePluginIsTheBuildsOwn() throws IOException {
        Matcher plugin = Pattern.compile("<artifactId>maven-dependency-plugin</artifactId>\\s*<version>(.*)</version>")
                .matcher(Files.readString(Path.of("pom.xml")));

        assertThat(plugin.find()).isTrue();
        assertThat(MavenSource.COPY)
                .isEqualTo("org.apache.maven.plugins:maven-dependency-plugin:" + plugin.group(1) + ":copy");
    }

    @Test
    void saysThatThereIsNoMaven() {
        for (String command : List.of("/nowhere/mvn", temporary + "/none/mvn")) {
            assertThatThrownBy(() -> new MavenSource(command, Map.of()).download(ARTIFACT, folder, () -> {}))
                    .isInstanceOf(EspalierException.class)
                    .hasMessageContaining("Maven, which is missing (Debian: apt-get install maven)");
        }
    }

    @Test
    void quotesTheFirstErrorOfMaven() throws IOException {
        assertFails("""
                [WARNING] something else
                \u001b[0m\u001b[0m[ERROR] Failed to execute goal a:b:1:copy (default-cli) on project standalone-pom: No such thing. -> [Help 1]
                [ERROR]
                [ERROR] Re-run Maven using the -X switch to enable full debug logging.
                """, "No such thing.");
        assertFails("Unable to parse command line options\n\nusage: mvn\n", "Unable to parse command line options");
        assertFails("", "exit code 1");
    }
}
