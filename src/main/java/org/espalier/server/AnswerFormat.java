package org.espalier.server;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * How one protocol answers one request: as a whole, or as a stream. Makes JSON and writes nothing; an object serves one
 * request, and remembers how far its stream has come.
 */
interface AnswerFormat {
    /** By which the client can name the answer. */
    String id();

    /** The whole answer. */
    ObjectNode whole(Finished answer);

    /** How a stream's pieces are told apart. */
    default Framing framing() {
        return Framing.EVENTS;
    }

    /** What begins a stream. */
    List<StreamPiece> begin();

    /** Something that happened in the search; nothing where a protocol has no place for it. */
    default List<StreamPiece> tell(ObjectNode event) {
        return List.of();
    }

    /** How the search goes, for people; nothing where a protocol has no place for it. */
    default List<StreamPiece> think(String text) {
        return List.of();
    }

    /** Opens a choice after the first. */
    default List<StreamPiece> open(int choice) {
        return List.of();
    }

    /**
     * A choice goes on.
     *
     * @param tokens of the text; null where they are not told
     */
    List<StreamPiece> write(int choice, String text, @Nullable ReplyTokens tokens);

    /** Ends a choice of an answer. */
    default List<StreamPiece> close(int choice, Finished answer) {
        return List.of();
    }

    /** What ends a stream. */
    List<StreamPiece> end(Finished answer);

    /** What is sent where nothing happens; empty for a comment, where there can be one. */
    default Optional<StreamPiece> ping() {
        return Optional.empty();
    }

    /** Whether OpenAI's mark follows the last piece. */
    default boolean marksEnd() {
        return false;
    }

    /** What is in the place of an answer that fails. */
    default ObjectNode failed(ApiException failure) {
        return ErrorShape.OPENAI.of(failure);
    }

    /** What ends a stream that fails. */
    default StreamPiece failure(ApiException failure) {
        return StreamPiece.of(failed(failure));
    }
}
