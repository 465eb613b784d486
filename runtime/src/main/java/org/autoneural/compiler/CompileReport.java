package org.autoneural.compiler;

import java.nio.file.Path;
import java.util.List;

/**
 * What a compilation made.
 *
 * @param file      the artifact
 * @param sizeBytes its size
 * @param lines     what a user should know: sizes, precision, warnings; one sentence each
 */
public record CompileReport(Path file, long sizeBytes, List<String> lines) {
    public CompileReport {
        lines = List.copyOf(lines);
    }
}
