package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line in a process of its own, with as little of Java's memory as the launcher gives it. */
final class SmallProcess {
    private SmallProcess() {}

    static ProcessBuilder of(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xms32m",
                "-Xmn16m",
                "-XX:TieredStopAtLevel=1",
                "-Despalier.native.dir=" + System.getProperty("espalier.native.dir", "target/native"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }
}
