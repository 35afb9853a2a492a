package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.ConsoleAppender;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class ProgramLogTest {
    @Test
    void warningsGoToTheErrorOutput() {
        LoggerContext context = new LoggerContext();
        assertThat(new ProgramLog().configure(context))
                .isEqualTo(Configurator.ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        assertThat(root.getLevel()).isEqualTo(Level.toLevel(System.getenv("ESPALIER_LOG"), Level.WARN));
        assertThat(root.getAppender("STDERR"))
                .isInstanceOfSatisfying(
                        ConsoleAppender.class,
                        output -> assertThat(output.getTarget()).isEqualTo("System.err"));
    }

    @Test
    void logbackFindsItAsAService() {
        assertThat(ServiceLoader.load(Configurator.class)).hasAtLeastOneElementOfType(ProgramLog.class);
    }

    @Test
    void aFileThatIsNamedCounts() {
        System.setProperty("logback.configurationFile", "own.xml");
        try {
            assertThat(new ProgramLog().configure(new LoggerContext()))
                    .isEqualTo(Configurator.ExecutionStatus.INVOKE_NEXT_IF_ANY);
        } finally {
            System.clearProperty("logback.configurationFile");
        }
    }
}
