package org.espalier.code;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.model.Nearest;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;
import org.espalier.sandbox.Programs;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A programming language, as {@code languages.yaml} describes it.
 *
 * @param name as users write it
 * @param aliases other names, which also mark blocks of code in replies
 * @param needs programs that must be installed; {@code jdk} stands for a whole one
 * @param comment what begins a comment that goes to the end of the line
 * @param definition finds the names of the functions that a program defines, in its first group
 * @param missing found in what is said of a test that fails because something it needs is not written yet
 * @param hint what a policy is told of the language that a program is wanted in; empty where it need not be told
 * @param worker resources that together are the source of a worker, which runs programs and tests
 * @param run the command that runs the worker
 * @param compile the command that runs it as a compiler; empty where sources are run as they are
 */
public record Language(
        String name,
        List<String> aliases,
        List<String> needs,
        String comment,
        String definition,
        String missing,
        String hint,
        List<String> worker,
        List<String> run,
        List<String> compile) {
    private static final String JDK = "jdk";
    private static final List<Language> ALL = load();

    private static List<Language> load() {
        try (InputStream yaml = Objects.requireNonNull(
                Language.class.getResourceAsStream("languages.yaml"), "languages.yaml is missing from the jar")) {
            return List.copyOf(new YAMLMapper().readValue(yaml, new TypeReference<List<Language>>() {}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All languages, the usual one first. */
    public static List<Language> all() {
        return ALL;
    }

    /** @throws UsageException if there is no language of this name */
    public static Language parse(String name) {
        List<String> names = ALL.stream().map(Language::name).toList();
        return ALL.stream()
                .filter(language -> language.isCalled(name))
                .findFirst()
                .orElseThrow(() -> new UsageException(List.of(Violation.of(
                        "language",
                        "%s %s is unknown: choose %s%s",
                        name,
                        String.join(", ", names),
                        Nearest.question(name, names)))));
    }

    /** Whether a name, or what a block of code is marked with, means this language. */
    public boolean isCalled(String word) {
        return Stream.concat(Stream.of(name), aliases.stream()).anyMatch(word::equalsIgnoreCase);
    }

    /**
     * Where the programs are that it needs.
     *
     * @throws UsageException if one is not installed
     */
    Map<String, Path> programs() {
        Map<String, Path> found = new LinkedHashMap<>();
        for (String program : needs) {
            Optional<Path> place = program.equals(JDK) ? Jdk.home() : Programs.find(program);
            if (place.isEmpty() && program.equals(JDK)) {
                throw new UsageException(
                        "programs in %s need a JDK, and there is only a JRE here: install one (apt-get install openjdk-17-jdk-headless)"
                                .formatted(name));
            }
            if (place.isEmpty()) {
                throw new UsageException(
                        "programs in %s need %s, which is not installed here".formatted(name, program));
            }
            found.put(program, place.get());
        }
        return found;
    }

    /** The names of the functions that a program defines, in their order. */
    public List<String> definedIn(String program) {
        return Pattern.compile(definition)
                .matcher(program)
                .results()
                .map(match -> match.group(1))
                .distinct()
                .toList();
    }

    /** Whether a test failed because the program lacks something that it may yet get. */
    boolean isMissingIn(String why) {
        return Pattern.compile(missing).matcher(why).find();
    }

    static String resource(String name) {
        try (InputStream in =
                Objects.requireNonNull(Language.class.getResourceAsStream(name), name + " is missing from the jar")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether programs are compiled before they are run. */
    boolean compiles() {
        return !compile.isEmpty();
    }

    /** Folders that its programs must be able to read, beside the system's. */
    List<Path> readable() {
        return programs().entrySet().stream()
                .flatMap(program -> program.getKey().equals(JDK)
                        ? Jdk.readable(program.getValue()).stream()
                        : prefix(program.getValue()).stream())
                .distinct()
                .toList();
    }

    /** An interpreter outside the system's folders lies in PREFIX/bin. */
    private static Optional<Path> prefix(Path interpreter) {
        if (Programs.isOfSystem(interpreter)) {
            return Optional.empty();
        }
        Path folder = interpreter.getParent();
        Path above = folder == null ? null : folder.getParent();
        return Optional.of(above == null ? interpreter : above);
    }

    /** What a command is given as the worker: its source, or an archive of its classes. */
    String workerText() {
        Path jdk = programs().get(JDK);
        return jdk != null ? WorkerArchive.of(worker, jdk) : workerSource();
    }

    private String workerSource() {
        return worker.stream().map(Language::resource).collect(Collectors.joining("\n"));
    }
}
