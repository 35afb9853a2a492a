package org.espalier.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.espalier.catalog.ProgramRun.Outcome;
import org.espalier.model.EspalierException;

/**
 * Downloads jars with the user's own Maven, so that the repository, the mirror, the proxy and the certificates that
 * Maven is set up with are the ones that are used, and the arguments in {@code ESPALIER_MAVEN_ARGS} as in the build.
 */
final class MavenSource {
    /** The version that the build has, so that it is on this machine already. */
    static final String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy";

    private static final String LOG = "maven.log";
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");
    private static final String ERROR = "[ERROR] ";

    private final String command;
    private final List<String> arguments;

    /** Uses the Maven on PATH. */
    MavenSource() {
        this("mvn", System.getenv());
    }

    /** @param command calls Maven */
    MavenSource(String command, Map<String, String> environment) {
        this.command = command;
        arguments = Stream.of(
                        environment.getOrDefault("ESPALIER_MAVEN_ARGS", "").split("\\s+"))
                .filter(argument -> !argument.isEmpty())
                .toList();
    }

    /**
     * Downloads a jar, without what it depends on.
     *
     * @param artifact group, name and version with colons between
     * @param folder exists and has no project in it; besides the jar it will hold Maven's log
     * @param poll is called about ten times a second
     * @throws EspalierException if there is no Maven or it fails; the message is the reason alone
     */
    void download(String artifact, Path folder, Runnable poll) throws IOException {
        Stream<String> options = Stream.of("-q", "-B", "-C", "-Dstyle.color=never");
        Stream<String> copy = Stream.of(COPY, "-Dartifact=" + artifact, "-DoutputDirectory=" + folder);
        // A project in the user's own folder would be read, with its repositories.
        ProcessBuilder maven = ProgramRun.apart(
                folder,
                Stream.of(Stream.of(command), options, arguments.stream(), copy)
                        .flatMap(part -> part)
                        .toList());
        maven.environment().putIfAbsent("JAVA_HOME", System.getProperty("java.home"));
        Outcome outcome = ProgramRun.run(maven, folder.resolve(LOG), poll);
        if (outcome == null || outcome.isMissing()) {
            throw new EspalierException("it is fetched with Maven, which is missing (Debian: apt-get install maven)");
        }
        if (outcome.exitCode() != 0) {
            throw new EspalierException("Maven could not download %s (%s)".formatted(artifact, reason(outcome)));
        }
        Files.delete(folder.resolve(LOG));
    }

    /** Returns why Maven failed: its first error, for the last ones tell how to have more of them. */
    private static String reason(Outcome outcome) {
        List<String> lines = COLOUR.matcher(outcome.output())
                .replaceAll("")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        String first = lines.stream()
                .filter(line -> line.startsWith(ERROR))
                .map(line -> line.substring(ERROR.length()))
                .findFirst()
                .orElseGet(() -> lines.isEmpty() ? "exit code " + outcome.exitCode() : lines.get(0));
        return ErrorText.shortened(first.replaceFirst("^Failed to execute goal .*? on project \\S+: ", "")
                .replaceFirst(" -> \\[Help \\d+\\]$", ""));
    }
}
