package org.autoneural.quantizer.encoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.autoneural.backend.Diagnostic;
import org.autoneural.ir.Program;
import org.autoneural.ir.TensorData;

/** Carries encodings of a checkpoint's weights over to weights into whose rows passes have folded factors. */
public final class FoldedFactors {
    /** Floats were multiplied and rounded: a row is another one's multiple to this relative error. */
    private static final double TOLERANCE = 1e-5;

    private FoldedFactors() {}

    /**
     * The file's encodings with the scale of each row multiplied as the row was.
     *
     * @param file      made for the weights of {@code built}
     * @param built     constants as the checkpoint has them
     * @param optimized the same program after passes; rows of a weight (axis 0) keep their place
     * @throws EncodingsException QT024 for each constant that changed otherwise than by a factor a row
     */
    public static EncodingsFile follow(EncodingsFile file, Program built, Program optimized) {
        List<Diagnostic> findings = new ArrayList<>();
        Map<String, TensorEncoding> all = new LinkedHashMap<>();
        file.encodings().forEach((name, encoding) -> {
            Optional<TensorData> before = constant(built, name);
            Optional<TensorData> after = constant(optimized, name);
            all.put(name, encoding);
            if (before.isPresent() && after.isPresent()) {
                double[] factors = factors(before.get(), after.get());
                boolean same = Arrays.stream(factors).allMatch(f -> f == factors[0]);
                boolean rows = factors.length > 0 && (same || after.get().shape().rank() > 1);
                if (rows) {
                    all.put(name, scaled(encoding, same ? Arrays.copyOf(factors, 1) : factors));
                } else {
                    findings.add(Diagnostic.error("QT024", "encodings " + file.file() + ", tensor '" + name + "'",
                            "a constant that passes have combined with others", "constants whose rows are the checkpoint's, times a factor",
                            "leave it out"));
                }
            }
        });
        if (!findings.isEmpty()) {
            throw new EncodingsException(file.file(), findings);
        }
        return new EncodingsFile(file.file(), false, all);
    }

    private static Optional<TensorData> constant(Program program, String name) {
        return program.entryPoints().stream().flatMap(g -> g.constant(name).stream()).findFirst();
    }

    /** The factor of each row; empty when there is none. Elements may have changed places within a row. */
    private static double[] factors(TensorData before, TensorData after) {
        int rows = before.shape().rank() == 0 ? 0 : before.shape().dim(0);
        if (before.elements() != after.elements() || after.shape().rank() == 0 || after.shape().dim(0) != rows) {
            return new double[0];
        }
        int length = before.shape().inner(0);
        double[] factors = new double[rows];
        float[] a = new float[length];
        float[] b = new float[length];
        for (int r = 0; r < rows; r++) {
            before.readFloats((long) r * length, a, 0, length);
            after.readFloats((long) r * length, b, 0, length);
            Norms from = Norms.of(a);
            Norms to = Norms.of(b);
            factors[r] = from.max == 0 ? 1 : to.max / from.max;
            if (!(factors[r] > 0) && from.max > 0 || Math.abs(to.sum - factors[r] * from.sum) > TOLERANCE * to.sum) {
                return new double[0];
            }
        }
        return factors;
    }

    private record Norms(double max, double sum) {
        static Norms of(float[] values) {
            double max = 0;
            double sum = 0;
            for (float v : values) {
                max = Math.max(max, Math.abs(v));
                sum += Math.abs(v);
            }
            return new Norms(max, sum);
        }
    }

    /** One factor is for every row. */
    private static TensorEncoding scaled(TensorEncoding e, double[] factors) {
        int rows = Math.max(e.scales().size(), factors.length);
        List<Double> scales = new ArrayList<>();
        for (int r = 0; r < rows; r++) {
            scales.add(e.scales().get(e.scales().size() == 1 ? 0 : r) * factors[factors.length == 1 ? 0 : Math.min(r, factors.length - 1)]);
        }
        return new TensorEncoding(e.bits(), scales, e.zeroPoints().size() == rows ? e.zeroPoints()
                : Collections.nCopies(rows, e.zeroPoints().get(0)));
    }
}
