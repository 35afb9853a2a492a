package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.espalier.catalog.HttpProxies.Route;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpProxiesTest {
    private static Route route(Map<String, String> environment, String uri) {
        return new HttpProxies(environment).routeTo(URI.create(uri));
    }

    @Test
    void eachSchemeHasItsProxy() {
        Map<String, String> environment = Map.of("http_proxy", "http://plain:3128", "HTTPS_PROXY", "secure");
        assertThat(route(environment, "http://a/x").proxy())
                .isEqualTo(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("plain", 3128)));
        assertThat(route(environment, "https://a/x").proxy())
                .isEqualTo(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("secure", 8080)));
        assertThat(route(Map.of(), "https://a/x")).isEqualTo(Route.DIRECT);
        assertThat(route(Map.of("all_proxy", "socks5://s:1080"), "https://a/x")
                        .proxy()
                        .type())
                .isEqualTo(Proxy.Type.SOCKS);
        assertThat(route(Map.of("https_proxy", "low:1", "HTTPS_PROXY", "high:1"), "https://a/")
                        .proxy())
                .hasToString("HTTP @ low/<unresolved>:1");
    }

    @Test
    void aProxyCanHaveAPassword() {
        Route route = route(Map.of("https_proxy", "http://me:pass@p:1"), "https://a/x");
        assertThat(route.credentials()).isEqualTo("me:pass");
    }

    @ParameterizedTest
    @CsvSource({
        "example.org, true",
        ".example.org, true",
        "*.example.org, true",
        "other.org example.org, true",
        "'other.org, models.example.org:8443', true",
        "*, true",
        "models.example.org:80, false",
        "ample.org, false",
        "org.example, false"
    })
    void someHostsAreExempt(String noProxy, boolean direct) {
        Map<String, String> environment = Map.of("https_proxy", "p:1", "no_proxy", noProxy);
        assertThat(route(environment, "https://models.example.org:8443/x").equals(Route.DIRECT))
                .isEqualTo(direct);
    }

    @Test
    void refusesWhatIsNoAddress() {
        assertThatThrownBy(() -> route(Map.of("https_proxy", "http://"), "https://a/"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("https_proxy");
    }
}
