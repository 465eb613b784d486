package org.autoneural.sim.conformance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The suites that a folder holds: {@code tflm-seanet} and {@code cmsis-nn}, each of which may be missing. */
public final class ConformanceSuites {
    private ConformanceSuites() {
    }

    /** All cases below {@code folder}, by suite and name. */
    public static List<ConformanceCase> in(Path folder) {
        List<ConformanceCase> cases = new ArrayList<>();
        if (Files.isDirectory(folder.resolve(TfliteCases.SUITE))) {
            cases.addAll(TfliteCases.in(folder.resolve(TfliteCases.SUITE)));
        }
        if (Files.isDirectory(folder.resolve(CmsisCases.SUITE))) {
            cases.addAll(CmsisCases.in(folder.resolve(CmsisCases.SUITE)));
        }
        return cases;
    }
}
