package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckDbDriverTest {
    private static final byte[] BYTES = {1, 2, 3};

    @TempDir
    Path temporary;

    private FakeMaven maven;
    private String sha256;
    private Path jar;
    private Path partial;

    @BeforeEach
    void publishADriver() throws IOException {
        maven = new FakeMaven(temporary.resolve("maven"));
        maven.publish(DuckDbDriver.FILE, BYTES);
        sha256 = Sha256.of(Files.write(temporary.resolve("bytes"), BYTES));
        jar = temporary.resolve("cache/lib").resolve(DuckDbDriver.FILE);
        partial = jar.resolveSibling(DuckDbDriver.FILE + ".partial");
    }

    private Path fetch(MavenSource source, FetchListener listener) {
        return new DuckDbDriver(jar.getParent(), source, sha256).fetch(listener);
    }

    private Path fetch() {
        return fetch(maven.source(Map.of()), FetchListener.NONE);
    }

    @Test
    void isFetchedOnce() throws IOException {
        List<String> heard = new ArrayList<>();
        FetchListener listener = new FetchListener() {
            @Override
            public void progress(String name, long done, long total) {
                heard.add(done == 0 ? "begun" : "done");
            }

            @Override
            public void finished(String name) {
                heard.add("finished");
            }
        };

        assertThat(fetch(maven.source(Map.of()), listener)).isEqualTo(jar).hasBinaryContent(BYTES);
        assertThat(maven.arguments()).contains("-Dartifact=" + DuckDbDriver.ARTIFACT);
        assertThat(heard).startsWith("begun").endsWith("done", "finished");
        assertThat(partial).doesNotExist();

        maven.fail("[ERROR] not again");
        assertThat(fetch()).isEqualTo(jar);
    }

    @Test
    void isFetchedAfterAKillInTheMiddle() throws IOException {
        Files.createDirectories(partial);
        Files.write(partial.resolve(DuckDbDriver.FILE), new byte[1]);

        assertThat(fetch()).hasBinaryContent(BYTES);
        assertThat(partial).doesNotExist();
    }

    @Test
    void otherBytesAreNotKept() throws IOException {
        maven.publish(DuckDbDriver.FILE, new byte[3]);
        assertThatThrownBy(this::fetch)
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("what Maven has as " + DuckDbDriver.ARTIFACT + " has SHA-256 ");
        assertThat(jar).doesNotExist();
        assertThat(partial).doesNotExist();

        maven.publish("another.jar", BYTES);
        assertThatThrownBy(this::fetch).hasMessageContaining("Maven left no " + DuckDbDriver.FILE);
    }

    @Test
    void saysWhereToPutTheJarWhenItCannotFetch() throws IOException {
        maven.fail("[ERROR] no connection");
        assertThatThrownBy(this::fetch)
                .hasMessage(
                        "cannot fetch DuckDB's driver, which reads Parquet files: Maven could not download %1$s (no connection);"
                                + " to do without, put the jar of %1$s (80.3 MB, SHA-256 %2$s) at %3$s",
                        DuckDbDriver.ARTIFACT, sha256, jar);
        assertThat(partial).doesNotExist();

        assertThatThrownBy(() -> fetch(new MavenSource("/nowhere/mvn", Map.of()), FetchListener.NONE))
                .hasMessageContaining("Maven, which is missing")
                .hasMessageContaining(jar.toString());
    }

    @Test
    void aJarThatSomebodyPutIntoItsPlaceIsTaken() throws IOException {
        Files.createDirectories(jar.getParent());
        Files.write(jar, BYTES);

        assertThat(fetch()).isEqualTo(jar);
        assertThat(maven.wasCalled()).isFalse();
    }

    @Test
    void anotherJarInItsPlaceIsRefused() throws IOException {
        fetch();
        Files.write(jar, new byte[3]);

        assertThatThrownBy(this::fetch)
                .isInstanceOf(EspalierException.class)
                .hasMessageStartingWith(jar + " has SHA-256 ")
                .hasMessageEndingWith("has " + sha256 + ": delete it to have it fetched");
    }

    @Test
    void saysThatItsFolderCannotBeMade() throws IOException {
        Files.writeString(temporary.resolve("cache"), "");

        assertThatThrownBy(this::fetch)
                .isInstanceOf(EspalierException.class)
                .hasMessageStartingWith("cannot fetch DuckDB's driver")
                .hasMessageContaining("(in " + jar.getParent() + ")");
    }
}
