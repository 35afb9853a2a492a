package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.junit.jupiter.api.Test;

class FlagSpellingTest {
    private final FlagSpelling flags = new FlagSpelling();

    @Test
    void aParameterIsItsOption() {
        assertThat(flags.of(Parameter.of("n"))).isEqualTo("-n");
        assertThat(flags.of(Parameter.of("beamWidth"))).isEqualTo("--beam-width");
        assertThat(flags.of(Parameter.of("sha256"))).isEqualTo("--sha256");
        assertThat(flags.of(Parameter.of("stopAt").with(1))).isEqualTo("--stop-at 1");
    }

    @Test
    void allThatIsWrongIsSaidInOneLineOfFlags() {
        SearchConfig config = SearchConfig.builder().n(10).beamWidth(4).build();
        UsageException refused =
                catchThrowableOfType(UsageException.class, () -> config.validateFor(SearchMethod.DVTS));
        assertThat(refused.spelled(flags))
                .isEqualTo("dvts needs -n to be a multiple of --beam-width, and 10 is not one of 4: try -n 8 or -n 12");
        refused = catchThrowableOfType(
                UsageException.class,
                () -> SearchConfig.builder().n(0).lookahead(-1).build());
        assertThat(refused.spelled(flags))
                .isEqualTo("-n must be 1 to 10000, not 0; --lookahead must be 0 (none) or more, not -1");
        assertThat(refused.violations()).extracting("parameter").containsExactly("n", "lookahead");
    }

    @Test
    void whatAMessageQuotesIsLeftAsItIs() {
        UsageException refused = catchThrowableOfType(UsageException.class, () -> SearchMethod.parse("%s {n} --n"));
        assertThat(refused.spelled(flags)).startsWith("--method %s {n} --n is unknown: choose greedy, ");
    }
}
