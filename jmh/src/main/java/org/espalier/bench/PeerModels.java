package org.espalier.bench;

import org.espalier.peer.TextJudge;
import org.espalier.peer.TextWriter;

/**
 * A peer with both models loaded.
 *
 * @param settings as they are written down
 * @param together siblings that the policy is asked for in one request, at most
 * @param saysDecoded whether the peer says what it computed
 * @param cells that the policy's cache was made with
 */
record PeerModels(
        Peer peer, String settings, TextWriter policy, TextJudge prm, int together, boolean saysDecoded, long cells)
        implements AutoCloseable {
    @Override
    public void close() {
        try (policy) {
            prm.close();
        }
    }
}
