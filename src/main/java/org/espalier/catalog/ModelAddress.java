package org.espalier.catalog;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.espalier.model.UsageException;

/**
 * A file on the network: {@code hub:owner/repository/file}, at a revision if {@code @revision} follows the repository,
 * or any URL.
 *
 * @param text as it was given
 * @param uri what is asked for
 */
record ModelAddress(String text, URI uri) {
    private static final Pattern HUB =
            Pattern.compile("hub:([\\w.-]+/[\\w.-]+)(?:@([\\w.-]+))?/([\\w.+-]+(?:/[\\w.+-]+)*+)");
    static final String OWN_MIRROR = "ESPALIER_HUB";
    private static final String HUB_MIRROR = "HF_ENDPOINT";

    /** Returns whether a text means a file on the network. */
    static boolean isAddress(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return Stream.of("hub:", "http://", "https://").anyMatch(lower::startsWith);
    }

    /** @throws UsageException if it is not of the form */
    static ModelAddress of(String text, URI hub) {
        if (!text.startsWith("hub:")) {
            return new ModelAddress(text, uri(text));
        }
        Matcher matcher = HUB.matcher(text);
        if (!matcher.matches()) {
            throw new UsageException("'" + text
                    + "' is not of the form hub:owner/repository/file.gguf or hub:owner/repository@revision/file");
        }
        String revision = matcher.group(2) == null ? "main" : matcher.group(2);
        String base = hub.toString().replaceFirst("/+$", "");
        return new ModelAddress(
                text, uri("%s/%s/resolve/%s/%s".formatted(base, matcher.group(1), revision, matcher.group(3))));
    }

    /**
     * Where the hub is: {@code ESPALIER_HUB}, which may name a mirror for Espalier alone, else {@code HF_ENDPOINT},
     * else what the catalogue says.
     *
     * @throws UsageException if it is no address
     */
    static URI hub(Map<String, String> environment, Optional<String> catalogue) {
        return Stream.of(OWN_MIRROR, HUB_MIRROR)
                .map(name -> environment.getOrDefault(name, ""))
                .filter(value -> !value.isBlank())
                .findFirst()
                .or(() -> catalogue)
                .map(ModelAddress::uri)
                .orElseThrow(() -> new UsageException("no hub is known: set " + HUB_MIRROR + " to its address"));
    }

    private static URI uri(String text) {
        try {
            URI uri = new URI(text.strip());
            if (uri.getHost() != null && uri.getScheme().matches("(?i)https?")) {
                return uri;
            }
        } catch (URISyntaxException notAnAddress) {
            // Said below.
        }
        throw new UsageException("'" + text + "' is not an address such as https://host/file.gguf");
    }
}
