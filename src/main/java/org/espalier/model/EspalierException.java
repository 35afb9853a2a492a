package org.espalier.model;

/**
 * A failure whose message is one line that says what is wrong and what to do about it. {@link #getMessage()} names
 * parameters as Java callers know them; {@link #spelled} as another surface does.
 */
public class EspalierException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Wording wording;

    public EspalierException(String message) {
        super(message);
        wording = Wording.plain(message);
    }

    public EspalierException(String message, Throwable cause) {
        super(message, cause);
        wording = Wording.plain(message);
    }

    public EspalierException(Wording message) {
        super(message.toString());
        wording = message;
    }

    public EspalierException(Wording message, Throwable cause) {
        super(message.toString(), cause);
        wording = message;
    }

    /** The message before it is spelled, for a message that is made of it. */
    public final Wording wording() {
        return wording;
    }

    /** The message as a surface shows it. */
    public final String spelled(Spelling spelling) {
        return wording.spelled(spelling);
    }
}
