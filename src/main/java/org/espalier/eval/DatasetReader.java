package org.espalier.eval;

import java.io.IOException;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads the rows of a file, whatever its format; which column means what is found out by {@link Dataset}. */
interface DatasetReader {
    /**
     * A row.
     *
     * @param number of its line in the file, from 1
     * @param columns an object
     */
    record Row(int number, JsonNode columns) {}

    /**
     * All rows, in the order of the file.
     *
     * @throws org.espalier.model.UsageException if the file is not of this reader's format
     */
    List<Row> rows() throws IOException;
}
