package org.espalier.sandbox;

import java.nio.file.Path;
import java.util.List;

/** No sandbox: programs run with the user's rights, bounded in time and memory alone. For who has said so. */
final class Unconfined implements Sandbox {
    @Override
    public String name() {
        return "none";
    }

    @Override
    public String description() {
        return "programs run with your rights";
    }

    @Override
    public List<String> command(List<String> command, List<Path> readable, Limits limits) {
        return command;
    }
}
