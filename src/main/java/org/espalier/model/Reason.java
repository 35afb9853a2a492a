package org.espalier.model;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/**
 * The reasons for which input or output failed, in words. An exception's own message is often nothing but the file's
 * name, or nothing at all.
 */
@Internal
public final class Reason {
    private Reason() {}

    /** Returns what is wrong, without the file: to be put after "cannot read FILE: ". */
    public static String of(IOException e) {
        if (e.getCause() instanceof IOException cause) {
            return of(cause);
        }
        if (e instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NotDirectoryException) {
            return "it is not a folder";
        }
        if (e instanceof FileSystemLoopException) {
            return "a link leads back to a folder that holds it";
        }
        if (e instanceof DirectoryNotEmptyException) {
            return "the folder is not empty";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "it exists already";
        }
        if (e instanceof CharacterCodingException) {
            return "it is not UTF-8 text";
        }
        return otherwise(e instanceof FileSystemException file ? file.getReason() : message(e));
    }

    private static @Nullable String message(IOException e) {
        if (e instanceof EOFException) {
            return "it ends too soon";
        }
        if (e instanceof UnknownHostException) {
            return "there is no host " + e.getMessage();
        }
        // HttpClient gives it no message.
        if (e instanceof ConnectException && e.getMessage() == null) {
            return "connection refused";
        }
        return e instanceof HttpTimeoutException ? "no answer in time" : e.getMessage();
    }

    private static String otherwise(@Nullable String reason) {
        if (reason == null) {
            return "input or output failed";
        }
        return reason.equals("Is a directory") ? "it is a folder" : reason;
    }

    /** Returns what is wrong, for a failure that was thrown unchecked. */
    public static String of(UncheckedIOException e) {
        IOException cause = e.getCause();
        return cause == null ? "input or output failed" : of(cause);
    }

    /** A sentence of its own: the reason, after the file where the failure names one. */
    public static String withFile(IOException e) {
        String file = e instanceof FileSystemException system ? system.getFile() : null;
        // The name is part of such a message already.
        boolean named = file == null || e instanceof FileNotFoundException;
        return named ? of(e) : file + ": " + of(e);
    }
}
