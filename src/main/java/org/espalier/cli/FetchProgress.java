package org.espalier.cli;

import me.tongfei.progressbar.ProgressBar;
import org.espalier.model.Wording;
import org.espalier.runtime.RuntimeListener;
import org.jspecify.annotations.Nullable;

/**
 * Shows a download or a model that is loaded, as a bar on a terminal and as a line elsewhere, and prints warnings. A large
 * download that was not asked for is asked about first, and refused where nobody can answer.
 */
final class FetchProgress implements RuntimeListener, AutoCloseable {
    private static final int MEBIBYTE = 1 << 20;

    /** A download that nobody minds. */
    static final long SMALL_BYTES = 300_000_000;

    private final boolean consented;
    private @Nullable ProgressBar bar;
    private @Nullable String shown;

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
        show("Fetching " + name, done, total);
    }

    @Override
    public void loading(String what, long done, long total) {
        show(what, done, total);
    }

    @Override
    public void loaded(String name) {
        finished(name);
    }

    private void show(String what, long done, long total) {
        if (!Terminal.error().redraws()) {
            if (shown == null) {
                System.err.println(what + " (" + Bytes.format(total) + ")");
                shown = what;
            }
            return;
        }
        if (bar == null || !what.equals(shown)) {
            close();
            shown = what;
            bar = Terminal.error()
                    .progressBar(what)
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
        shown = null;
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
