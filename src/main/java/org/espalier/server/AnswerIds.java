package org.espalier.server;

import java.util.UUID;

/** Names answers and their parts, each as nothing else is named. */
final class AnswerIds {
    private AnswerIds() {}

    /** @param prefix by which clients tell what is named */
    static String next(String prefix) {
        return prefix + UUID.randomUUID().toString().replace("-", "");
    }
}
