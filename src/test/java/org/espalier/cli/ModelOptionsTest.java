package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.espalier.catalog.Catalog;
import org.espalier.prm.PrmProfile;
import org.espalier.prm.PrmProfiles;
import org.junit.jupiter.api.Test;

class ModelOptionsTest {
    @Test
    void helpNamesTheDefaultPolicyAndAnUnknownProfileListsAll() {
        String help = Main.commandLine()
                .getSubcommands()
                .get("solve")
                .getUsageMessage()
                .replaceAll("\\s+", " ");
        assertThat(help)
                .contains("default: " + Catalog.bundled().defaultPolicy().name());
        String[] names = PrmProfiles.all().stream().map(PrmProfile::name).toArray(String[]::new);
        assertThatThrownBy(() -> PrmProfiles.named("none")).hasMessageContainingAll(names);
    }
}
