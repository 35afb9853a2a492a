package org.espalier.wire;

/** A field of a document that is missing or of another kind than it has to be. */
public final class DocumentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final String expected;

    DocumentException(String path, String expected) {
        super(path + " has to be " + expected);
        this.path = path;
        this.expected = expected;
    }

    /** Where the field is, such as {@code votes[0].count}. */
    public String path() {
        return path;
    }

    /** What the field has to be, such as "a number". */
    public String expected() {
        return expected;
    }
}
