package org.espalier.engine;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.espalier.model.LogitChanges;

/**
 * The changes of logits that a runner knows, each of which is there once. One that nobody uses stays for a while: the next step
 * of a path has it again. Engine thread only.
 */
final class OpenLogitChanges {
    private static final int MOST_UNUSED = 16;

    private final ModelRunner runner;
    /** Those that were used last at the end. */
    private final Map<LogitChanges, Use> open = new LinkedHashMap<>(16, 0.75f, true);

    OpenLogitChanges(ModelRunner runner) {
        this.runner = runner;
    }

    /** Changes that are known, and how many steps have them. */
    static final class Use {
        private final int number;
        private int steps;

        private Use(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        /** A step that had them has ended. */
        void leave() {
            steps--;
        }
    }

    /**
     * Has a step use changes.
     *
     * @throws org.espalier.model.UsageException if they are about a token that there is not
     */
    Use enter(LogitChanges changes) {
        Use use = open.get(changes);
        if (use == null) {
            closeUnused();
            use = new Use(runner.openChanges(changes));
            open.put(changes, use);
        }
        use.steps++;
        return use;
    }

    private void closeUnused() {
        long unused = open.values().stream().filter(use -> use.steps == 0).count();
        for (Iterator<Use> uses = open.values().iterator(); unused >= MOST_UNUSED && uses.hasNext(); ) {
            Use use = uses.next();
            if (use.steps == 0) {
                runner.closeChanges(use.number);
                uses.remove();
                unused--;
            }
        }
    }
}
