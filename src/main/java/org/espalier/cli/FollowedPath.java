package org.espalier.cli;

import org.espalier.search.SearchListener;
import org.espalier.search.SearchNode;
import org.jline.utils.WCWidth;
import org.jspecify.annotations.Nullable;

/** The text of one path of a search while it is written: of the first, and when that ends, of whichever is written next. */
final class FollowedPath implements SearchListener {
    private static final int MOST = 4000;

    private final StringBuilder text = new StringBuilder();
    private @Nullable SearchNode at;
    private boolean open;

    @Override
    public boolean readsAlong() {
        return true;
    }

    @Override
    public synchronized void writing(SearchNode node, String more) {
        if (node != at) {
            boolean next = at != null && node.parent() == at;
            if (open && !next) {
                return;
            }
            if (!next) {
                text.setLength(0);
            }
            at = node;
            open = true;
        }
        text.append(more);
        if (text.length() > 2 * MOST) {
            text.delete(0, text.length() - MOST);
        }
    }

    @Override
    public synchronized void settled(String more) {
        open = true;
        text.append(more);
    }

    @Override
    public void pruned(SearchNode node) {
        leave(node);
    }

    @Override
    public void completed(SearchNode node) {
        leave(node);
    }

    @Override
    public void abandoned(SearchNode node) {
        leave(node);
    }

    private synchronized void leave(SearchNode node) {
        if (node == at) {
            open = false;
        }
    }

    /** The end of what has been written, on one line of at most so many columns. */
    synchronized String tail(int columns) {
        String line = Quoting.text(text.toString().strip().replaceAll("\\s+", " "));
        int from = line.length();
        int left = columns - 1;
        while (from > 0) {
            int character = line.codePointBefore(from);
            left -= Math.max(0, WCWidth.wcwidth(character));
            if (left < 0) {
                return "…" + line.substring(from);
            }
            from -= Character.charCount(character);
        }
        return line;
    }
}
