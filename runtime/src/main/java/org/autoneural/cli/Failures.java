package org.autoneural.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import org.autoneural.artifact.ArtifactException;
import org.autoneural.backend.BackendException;
import org.autoneural.checkpoint.CheckpointException;
import org.autoneural.cockpit.CockpitFilesException;
import org.autoneural.compare.DumpException;
import org.autoneural.compiler.CompileException;
import org.autoneural.compiler.QaException;
import org.autoneural.image.PictureException;
import org.autoneural.model.ModelException;
import org.autoneural.quantizer.QuantizationException;
import org.autoneural.quantizer.encoding.EncodingsException;
import org.autoneural.runtime.ContextFullException;
import org.autoneural.text.TextException;

/** From an exception to a message and an exit code: a user's mistake is one clean line, a defect a trace to report. */
final class Failures {
    private Failures() {}

    static int report(Throwable failure, PrintStream err, boolean withTrace) {
        int code = code(failure);
        if (code == ExitCode.DEFECT) {
            failure.printStackTrace(err);
            err.println("autoneural: this is a defect of autoneural, not your mistake. Please report it with the lines above, the"
                    + " command, and the output of: autoneural --version");
            return code;
        }
        if (withTrace) {
            failure.printStackTrace(err);
        }
        err.println("autoneural: " + message(failure));
        return code;
    }

    private static int code(Throwable failure) {
        if (failure instanceof CompileException || failure instanceof QuantizationException
                || failure instanceof ContextFullException || failure instanceof UnsupportedOperationException
                || failure instanceof BackendException || failure instanceof OutOfMemoryError) {
            return ExitCode.FAILED;
        }
        if (failure instanceof CheckpointException || failure instanceof ModelException || failure instanceof ArtifactException
                || failure instanceof TextException || failure instanceof PictureException || failure instanceof QaException
                || failure instanceof InputException || failure instanceof DumpException || failure instanceof CockpitFilesException
                || failure instanceof EncodingsException
                || failure instanceof IOException || failure instanceof UncheckedIOException) {
            return ExitCode.BAD_INPUT;
        }
        return failure instanceof IllegalArgumentException && !ownGraph(failure) ? ExitCode.USAGE : ExitCode.DEFECT;
    }

    /** Whether a graph complains: it is never a user who builds one wrongly. */
    private static boolean ownGraph(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return trace.length > 0 && trace[0].getClassName().startsWith("org.autoneural.ir.");
    }

    static String message(Throwable failure) {
        if (failure instanceof UncheckedIOException e && e.getCause() != null
                && e.getCause().toString().equals(e.getMessage())) {
            return message(e.getCause());
        }
        if (failure instanceof OutOfMemoryError) {
            return "not enough memory (" + failure.getMessage() + "); give the Java heap more, for example with"
                    + " AUTONEURAL_JAVA_OPTS=-Xmx8g, or choose a shorter --context";
        }
        if (failure instanceof NoSuchFileException e) {
            return "there is no file " + e.getFile();
        }
        if (failure instanceof AccessDeniedException e) {
            return "no permission to use " + e.getFile();
        }
        if (failure instanceof FileAlreadyExistsException e) {
            return e.getFile() + " is in the way: a file where a folder is needed";
        }
        if (failure instanceof InvalidPathException e) {
            return "'" + e.getInput() + "' is no path: " + e.getReason();
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
