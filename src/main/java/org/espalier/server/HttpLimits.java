package org.espalier.server;

import java.util.Map;

/**
 * What the JDK's HTTP server allows a client, which it reads from system properties when it is first used. Whoever starts
 * Java may set others.
 */
final class HttpLimits {
    private static final Map<String, String> PROPERTIES = Map.of(
            // Without this a second request on a connection waits some 40 ms for an acknowledgement.
            "sun.net.httpserver.nodelay", "true",
            // Seconds until a request has come, its body included.
            "sun.net.httpserver.maxReqTime", "30",
            // Seconds until an answer has been read, its search included.
            "sun.net.httpserver.maxRspTime", "21600",
            "sun.net.httpserver.idleInterval", "60",
            "sun.net.httpserver.maxReqHeaders", "100",
            "sun.net.httpserver.maxReqHeaderSize", "65536",
            "jdk.httpserver.maxConnections", "1024");

    private HttpLimits() {}

    static void set() {
        PROPERTIES.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }
}
