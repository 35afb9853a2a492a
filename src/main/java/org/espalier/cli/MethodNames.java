package org.espalier.cli;

import java.util.Arrays;
import java.util.Iterator;
import org.espalier.search.SearchMethod;

/** The names of the search methods, for help and completion. */
final class MethodNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
        return Arrays.stream(SearchMethod.values()).map(SearchMethod::cliName).iterator();
    }
}
