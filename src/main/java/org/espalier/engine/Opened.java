package org.espalier.engine;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.ToIntFunction;

/**
 * What a runner has opened and knows by numbers, each of which is there once. One that nobody uses stays for a while, with all
 * that was found out about it: the same is often asked for again. Engine thread only.
 */
final class Opened<K> {
    private static final int MOST_UNUSED = 16;

    private final ToIntFunction<K> opener;
    private final IntConsumer closer;
    /** Those that were asked for last at the end. */
    private final Map<K, Use> open = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * @param opener returns the number of what it opens
     * @param closer gets the number of what is not used
     */
    Opened(ToIntFunction<K> opener, IntConsumer closer) {
        this.opener = opener;
        this.closer = closer;
    }

    /** One of them, and how many users it has. */
    static final class Use {
        private final int number;
        private int users;

        private Use(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        void enter() {
            users++;
        }

        void leave() {
            users--;
        }
    }

    /** Returns what is to be entered before the next one is asked for. Fails as the opener does. */
    Use of(K key) {
        Use use = open.get(key);
        if (use == null) {
            closeUnused();
            use = new Use(opener.applyAsInt(key));
            open.put(key, use);
        }
        return use;
    }

    private void closeUnused() {
        long unused = open.values().stream().filter(use -> use.users == 0).count();
        for (Iterator<Use> uses = open.values().iterator(); unused >= MOST_UNUSED && uses.hasNext(); ) {
            Use use = uses.next();
            if (use.users == 0) {
                closer.accept(use.number);
                uses.remove();
                unused--;
            }
        }
    }
}
