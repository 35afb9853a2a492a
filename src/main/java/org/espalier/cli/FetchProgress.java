package org.espalier.cli;

import me.tongfei.progressbar.ProgressBar;
import org.espalier.model.Wording;
import org.espalier.runtime.RuntimeListener;
import org.jspecify.annotations.Nullable;

/**
 * Shows a download, as a bar on a terminal and as a line elsewhere, and prints warnings. A large one that was not asked for
 * is asked about first, and refused where nobody can answer.
 */
final class FetchProgress implements RuntimeListener, AutoCloseable {
    private static final int MEBIBYTE = 1 << 20;

    /** A download that nobody minds. */
    static final long SMALL_BYTES = 300_000_000;

    private final boolean consented;
    private @Nullable ProgressBar bar;
    private boolean announced;

    FetchProgress() {
        this(false);
    }

    /** @param consented whether downloads were asked for, however large */
    FetchProgress(boolean consented) {
        this.consented = consented;
    }

    @Override
    public boolean allows(String name, long bytes) {
        return consented
                || bytes <= SMALL_BYTES
                || Consent.ask("%s is not on this disk: fetch it (%s)?".formatted(name, Bytes.format(bytes)));
    }

    @Override
    public void trustedAtFirstUse(String name, String sha256) {
        System.err.println("The SHA-256 of %s was not known: from now on the one of this fetch is expected (%s)"
                .formatted(name, sha256));
    }

    @Override
    public void warning(Wording message) {
        System.err.println(message.spelled(new FlagSpelling()));
    }

    @Override
    public void waiting(String name) {
        System.err.println("Another process is fetching " + name + ": waiting for it");
    }

    @Override
    public void progress(String name, long done, long total) {
        if (!Terminal.error().redraws()) {
            if (!announced) {
                System.err.println("Fetching " + name + " (" + Bytes.format(total) + ")");
                announced = true;
            }
            return;
        }
        if (bar == null) {
            bar = Terminal.error()
                    .progressBar("Fetching " + name)
                    .setInitialMax(total)
                    .setUnit(" MiB", MEBIBYTE)
                    .showSpeed()
                    .build();
        }
        bar.stepTo(done);
    }

    @Override
    public void finished(String name) {
        close();
        announced = false;
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
