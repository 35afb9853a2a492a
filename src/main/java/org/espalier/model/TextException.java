package org.espalier.model;

/** A text that a model cannot take: it is too long for it, or for its tokenizer. Another text may do. */
public final class TextException extends EspalierException {
    private static final long serialVersionUID = 1L;

    public TextException(String message) {
        super(message);
    }

    public TextException(Wording message) {
        super(message);
    }
}
