package org.autoneural.qnn.binding;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a back-end library is opened.
 *
 * @param soc      the vendor's number of the SoC, 39 for the SA8295P
 * @param arch     HTP architecture, 68
 * @param vtcmMb   memory of the HTP that graphs may use, MB
 * @param offline  whether the chip is described to a library that has none (compiling on a host), or is there
 * @param saver    a folder, when the library is the vendor's recorder and is to write every call there
 * @param logLevel 1 errors to 5 everything
 */
public record DriverOptions(int soc, int arch, int vtcmMb, boolean offline, Optional<Path> saver, int logLevel) {
}
