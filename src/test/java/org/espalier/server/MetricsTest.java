package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private final Metrics metrics = new Metrics();

    @Test
    void everyLineIsACommentOrANameWithANumber() {
        metrics.answered("/health", 200, 1_500_000_000);
        Meter meter = new Meter(Budget.UNLIMITED);
        meter.add(Count.POLICY_TOKENS, 12);
        metrics.searched(meter);
        metrics.cancelled();
        String text = metrics.write(3, 4, Map.of("espalier_policy_cells", 5L));
        assertThat(text)
                .endsWith("\n")
                .contains(
                        "espalier_requests_total{path=\"/health\",status=\"200\"} 1\n",
                        "espalier_request_seconds_total 1.5\n",
                        "espalier_requests_in_flight 3\n",
                        "espalier_requests_queued 4\n",
                        "espalier_searches_cancelled_total 1\n",
                        "espalier_tokens_total{kind=\"policy\"} 12\n",
                        "espalier_policy_cells 5\n");
        assertThat(text.lines())
                .allMatch(line -> line.matches(
                        "# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*})? [0-9.E-]+"));
    }

    @Test
    void theMeanTimeOfASearchIsASecondBeforeThereIsOne() {
        assertThat(metrics.meanSearchSeconds()).isEqualTo(1);
        metrics.searched(new Meter(Budget.UNLIMITED));
        assertThat(metrics.meanSearchSeconds()).isLessThan(1);
    }
}
