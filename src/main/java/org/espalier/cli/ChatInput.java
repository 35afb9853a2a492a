package org.espalier.cli;

import org.jspecify.annotations.Nullable;

/** Where a conversation's messages come from. */
interface ChatInput extends AutoCloseable {
    /** The next message, of one line or more; null at the end. */
    @Nullable
    String next();

    @Override
    default void close() {}
}
