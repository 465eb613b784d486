package org.autoneural.compiler;

import java.nio.file.Path;
import java.util.Optional;
import org.autoneural.quantizer.encoding.EncodingsFile;

/**
 * Encodings to compile with, docs/encodings.md.
 *
 * @param file             AIMET's JSON
 * @param mapping          names in the file to names of this program
 * @param calibrateMissing whether tensors that the file lacks are measured; otherwise each is an error
 */
public record GivenEncodings(Path file, Optional<Path> mapping, boolean calibrateMissing) {
    EncodingsFile read() {
        EncodingsFile read = EncodingsFile.read(file);
        return mapping.map(read::renamed).orElse(read);
    }
}
