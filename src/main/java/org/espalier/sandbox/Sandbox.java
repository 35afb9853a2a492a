package org.espalier.sandbox;

import java.nio.file.Path;
import java.util.List;

/** A way to keep a program from everything but its own temporary folder. */
public interface Sandbox {
    /** Its name, as {@code doctor} shows it. */
    String name();

    /** What it keeps out, in a few words. */
    String description();

    /**
     * The command that runs a program inside. The program works in {@code /tmp}, which is its own and empty; it reads the
     * system's programs and libraries, and its standard streams are the caller's.
     *
     * @param command a program by its absolute path, with its arguments
     * @param readable folders outside the system's that the program is installed in
     */
    List<String> command(List<String> command, List<Path> readable, Limits limits);
}
