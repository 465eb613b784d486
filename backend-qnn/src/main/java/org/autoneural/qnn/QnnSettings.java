package org.autoneural.qnn;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.autoneural.qnn.binding.DriverOptions;
import org.autoneural.qnn.binding.GraphOptions;
import org.autoneural.qnn.binding.LibraryPaths;
import org.autoneural.qnn.binding.LibraryPaths.Library;
import org.autoneural.qnn.table.Soc;

/**
 * What the user sets for the QNN back end by system properties {@code autoneural.qnn.*} and the variable {@code QNN_SDK_ROOT};
 * docs/qnn.md lists them.
 *
 * @param properties   value of a property, if it is set
 * @param sdk          folder of the vendor's SDK
 * @param architecture {@code os.arch}
 * @param record       folder to which the vendor's recorder writes every call of a compilation
 * @param allTensors   whether every value becomes an output of its graph, for dumps; slower and larger
 * @param profile      file for a trace of all runs
 * @param logLevel     1 errors to 5 everything
 * @param optimization 1 to 3
 */
record QnnSettings(Function<String, Optional<String>> properties, Optional<Path> sdk, String architecture, Optional<Path> record, boolean allTensors,
        Optional<Path> profile, int logLevel, int optimization) {
    private static final String PREFIX = "autoneural.qnn.";
    private static final int HVX_THREADS = 4;

    /** Of this process. */
    static QnnSettings here() {
        return of(name -> Optional.ofNullable(System.getProperty(name)), Optional.ofNullable(System.getenv("QNN_SDK_ROOT")).filter(s -> !s.isBlank()),
                System.getProperty("os.arch"));
    }

    /** @throws IllegalArgumentException naming the property whose value is out of range */
    static QnnSettings of(Function<String, Optional<String>> properties, Optional<String> sdk, String architecture) {
        String tensors = properties.apply(PREFIX + "tensors").orElse("outputs");
        if (!tensors.equals("all") && !tensors.equals("outputs")) {
            throw new IllegalArgumentException(PREFIX + "tensors is '" + tensors + "'; allowed: outputs, all");
        }
        return new QnnSettings(properties, sdk.map(Path::of), architecture, properties.apply(PREFIX + "record").map(Path::of), tensors.equals("all"),
                properties.apply(PREFIX + "profile").map(Path::of), number(properties, "log", 1, 5, 1), number(properties, "optimization", 1, 3, 3));
    }

    private static int number(Function<String, Optional<String>> properties, String name, int least, int most, int otherwise) {
        Optional<String> text = properties.apply(PREFIX + name);
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!text.get().matches("\\d{1,3}") || Integer.parseInt(text.get()) < least || Integer.parseInt(text.get()) > most) {
            throw new IllegalArgumentException(PREFIX + name + " is '" + text.get() + "'; allowed: " + least + " to " + most);
        }
        return Integer.parseInt(text.get());
    }

    LibraryPaths paths(Library library) {
        return LibraryPaths.of(library, properties.apply(library.property()), sdk, architecture);
    }

    /** On the chip's own machine, whose processor is an aarch64, the device is there; elsewhere it is described. */
    DriverOptions driver(Soc soc) {
        return new DriverOptions(soc.model(), soc.architecture(), soc.vtcmMegabytes(), !architecture.toLowerCase(Locale.ROOT).equals("aarch64"),
                Optional.empty(), logLevel);
    }

    DriverOptions recorder(Soc soc, Path folder) {
        DriverOptions d = driver(soc);
        return new DriverOptions(d.soc(), d.arch(), d.vtcmMb(), d.offline(), Optional.of(folder), d.logLevel());
    }

    GraphOptions graphs(Soc soc) {
        return new GraphOptions(soc.vtcmMegabytes(), HVX_THREADS, optimization);
    }
}
