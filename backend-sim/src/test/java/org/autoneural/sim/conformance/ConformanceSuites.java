package org.autoneural.sim.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The suites that a folder holds: {@code tflm-seanet} and {@code cmsis-nn}, each of which may be missing. */
public final class ConformanceSuites {
    private ConformanceSuites() {
    }

    /** All cases below {@code folder}, by suite and name. */
    public static List<ConformanceCase> in(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<ConformanceCase> cases = new ArrayList<>();
        if (Files.isDirectory(folder.resolve(TfliteCases.SUITE))) {
            cases.addAll(TfliteCases.in(folder.resolve(TfliteCases.SUITE)));
        }
        if (Files.isDirectory(folder.resolve(CmsisCases.SUITE))) {
            cases.addAll(CmsisCases.in(folder.resolve(CmsisCases.SUITE)));
        }
        try (Stream<Path> folders = Files.list(folder)) {
            folders.filter(Files::isDirectory).map(f -> f.getFileName().toString()).sorted()
                    .filter(f -> !f.equals(TfliteCases.SUITE) && !f.equals(CmsisCases.SUITE))
                    .forEach(f -> cases.add(ConformanceCase.outOfScope(f, "all", f, "no reader for this suite")));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder, e);
        }
        return cases;
    }
}
