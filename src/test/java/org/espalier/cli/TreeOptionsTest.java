package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Semantics;
import org.espalier.wire.SearchSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

class TreeOptionsTest {
    @Command
    private static final class Options {
        @ArgGroup(validate = false)
        private SearchOptions search = new SearchOptions();

        @ArgGroup(validate = false)
        private TreeOptions tree = new TreeOptions();

        @ArgGroup(validate = false)
        private SamplingOptions sampling = new SamplingOptions();
    }

    private static SearchConfig config(String... arguments) {
        Options options = new Options();
        CommandLine line = new CommandLine(options);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.parseArgs(arguments);
        return options.tree.config(options.sampling).build();
    }

    /** A setting without an option, or with one of another name, could not be asked for. */
    @Test
    void everySettingHasItsOption() {
        FlagSpelling flags = new FlagSpelling();
        assertThat(new CommandLine(new Options()).getCommandSpec().optionsMap().keySet())
                .containsAll(SearchSettings.NAMES.stream()
                        .map(name -> flags.of(Parameter.of(name)))
                        .toList());
    }

    /** An option that is read and not passed on would be silent. */
    @ParameterizedTest
    @CsvSource({
        "beam-width, 3",
        "max-iterations, 5",
        "lookahead, 2",
        "aggregation, mean",
        "temperature, 0.25",
        "top-k, 2",
        "top-p, 0.5",
        "min-p, 0.125",
        "max-tokens, 7",
        "step-tokens, 8",
        "seed, -9",
        "delimiter, #",
        "parity, sal",
        "shortest, 10",
        "filter-duplicates, true",
        "sort-completed, true",
        "stop-at, 0.75",
        "score-temperature, 0.5",
        "rejection, 0.25",
        "exploration, 2.5",
        "revisions, 6",
        "stop-at-score, 0.5",
        "cut-loops, true",
        "speculate, true",
        "vote-share, 0.5",
        "warm-up, 3",
        "group-tokens, 9",
        "posterior, beta"
    })
    void everyOptionReachesItsSetting(String option, String value) {
        String setting = SearchSettings.NAMES.stream()
                .filter(name -> new FlagSpelling().of(Parameter.of(name)).equals("--" + option))
                .findFirst()
                .orElseThrow();
        assertThat(new SearchSettings(
                                SearchMethod.DVTS, config("--" + option + (value.equals("true") ? "" : "=" + value)))
                        .toJson()
                        .get(setting)
                        .asString())
                .isEqualTo(value);
    }

    @Test
    void optionsAreSettings() {
        SearchConfig config = config(
                "--beam-width",
                "3",
                "--aggregation",
                "min",
                "--delimiter",
                "#\\n",
                "--cut-loops",
                "--min-p",
                "0.25",
                "--seed",
                "-7");
        assertThat(config.beamWidth()).isEqualTo(3);
        assertThat(config.aggregation()).hasToString("MIN");
        assertThat(config.delimiter()).isEqualTo("#\n");
        assertThat(config.params().cutLoops()).isTrue();
        assertThat(config.sampling().minP()).isEqualTo(.25);
        assertThat(config.seed()).isEqualTo(-7);
    }

    @Test
    void defaultsAreThoseOfTheCommandLine() {
        assertThat(config())
                .isEqualTo(
                        SearchConfig.builder().maxTokens(1024).stepTokens(256).build());
        assertThat(config("--parity", "sal").maxTokens()).isEqualTo(2048);
        assertThat(config("--parity", "sal").semantics()).isEqualTo(Semantics.SAL);
        assertThat(config("--parity", "sal", "--max-tokens", "9").maxTokens()).isEqualTo(9);
        assertThat(new SearchOptions().method()).isEqualTo(SearchMethod.AUTO);
    }

    @Test
    void aValueThatIsNoneIsBadUsage() {
        assertThatThrownBy(() -> config("--temperature", "NaN"))
                .isInstanceOf(UsageException.class)
                .hasMessage("temperature must be in 0..100, not NaN");
        assertThatThrownBy(() -> config("--parity", "openr")).isInstanceOf(UsageException.class);
    }
}
