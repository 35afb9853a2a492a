package org.espalier.cli;

import org.espalier.runtime.EspalierVersion;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"espalier " + EspalierVersion.own()};
    }
}
