package org.espalier.cli;

import me.tongfei.progressbar.ProgressBar;
import org.espalier.model.Wording;
import org.espalier.runtime.RuntimeListener;
import org.jspecify.annotations.Nullable;

/** Shows a download, as a bar on a terminal and as a line elsewhere, and prints warnings. */
final class FetchProgress implements RuntimeListener, AutoCloseable {
    private static final int MEBIBYTE = 1 << 20;

    private @Nullable ProgressBar bar;
    private boolean announced;

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
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
