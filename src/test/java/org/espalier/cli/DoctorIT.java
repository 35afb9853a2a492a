package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DoctorIT {
    @Test
    void saysWhatIsHere() {
        Cli cli = Cli.run("doctor");
        assertThat(cli.code()).isZero();
        assertThat(cli.err()).isEmpty();
        assertThat(cli.out().lines())
                .anyMatch(line -> line.matches("Java +" + Runtime.version().feature() + ".*"))
                .anyMatch(line -> line.matches("Engine +llama\\.cpp 0\\.5\\.0.*"))
                .anyMatch(line -> line.matches("Device +CPU: .*"))
                .anyMatch(line -> line.matches("Threads +1.*"))
                .anyMatch(line -> line.matches("Memory +[0-9.]+ .iB, .* free"))
                .anyMatch(line ->
                        line.matches("Attention +(tree attention runs here \\([1-9][0-9]* operations|stock: ).*"))
                .anyMatch(line -> line.matches("Models +.*arith-small.*"));
    }
}
