package org.autoneural.quantizer.encoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.autoneural.backend.Diagnostic;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Meter;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.QuantParams.Origin;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.math.IntLayerNorm;
import org.autoneural.ir.op.NodeCheck;
import org.autoneural.quantizer.QuantizationException;
import org.autoneural.quantizer.observe.Range;

/**
 * The encoding of every real value of a program, by name, each with an origin. Immutable.
 *
 * @param encodings by value name, sorted
 */
public record EncodingLedger(Map<String, QuantParams> encodings) {
    public EncodingLedger {
        encodings = Collections.unmodifiableMap(new TreeMap<>(encodings));
    }

    /** The encoding of {@code value}, when there is one. */
    public Optional<QuantParams> get(String value) {
        return Optional.ofNullable(encodings.get(value));
    }

    /**
     * Fills the plan with measured ranges and the weights' own values.
     *
     * @param ranges what calibration saw, by value
     * @param given  encodings that values have already; what is tied to them follows
     * @param meter  told the elements of the weights whose scales are found
     * @throws QuantizationException QT001 for each value without a range, QT005 for a constant that is not finite
     */
    public static EncodingLedger of(EncodingPlan plan, Map<String, Range> ranges, Map<String, QuantParams> given, Meter meter) {
        return of(new Resolver(plan, ranges, given, true, meter));
    }

    /** As {@link #of(EncodingPlan, Map)}, but weights are not read: every channel gets the same scale. For looking at a model's structure. */
    public static EncodingLedger ofStructure(EncodingPlan plan, Map<String, Range> ranges) {
        return of(new Resolver(plan, ranges, Map.of(), false, Meter.silent()));
    }

    private static EncodingLedger of(Resolver resolver) {
        EncodingPlan plan = resolver.plan;
        plan.rules().keySet().forEach(resolver::resolve);
        if (resolver.findings.isEmpty()) {
            // values that only depend on each other: a state that passes through unchanged
            resolver.failed.stream().sorted().forEach(v -> resolver.findings.add(missing(resolver.graphOf(v), v)));
        }
        if (!resolver.findings.isEmpty()) {
            throw new QuantizationException("not every value of the model has an encoding", resolver.findings);
        }
        return new EncodingLedger(resolver.done);
    }

    /** {@link #of(EncodingPlan, Map, Map, Meter)} with nothing given, in silence. */
    public static EncodingLedger of(EncodingPlan plan, Map<String, Range> ranges) {
        return of(plan, ranges, Map.of(), Meter.silent());
    }

    /** QT001: {@code value} has no encoding. */
    public static Diagnostic missing(Graph g, String value) {
        String place = g.producer(value).map(n -> NodeCheck.place(g, n) + ", value %" + value)
                .orElseGet(() -> "graph " + g.name() + ", " + (g.isConstant(value) ? "constant" : "input") + " %" + value
                        + g.consumers(value).stream().findFirst().map(n -> " read by " + NodeCheck.place(g, n)).orElse(""));
        return Diagnostic.error("QT001", place, "no encoding", "one for every real value",
                "calibrate with samples that reach it, or give its encoding");
    }

    /** Resolves rules on demand: one may need another's result. */
    private static final class Resolver {
        private static final long MAX_IMAGE_SHIFT = 40;
        private static final int MAX_BIAS_BITS = 44;
        private static final double UNREAD_SCALE = 0x1p-8;

        private final EncodingPlan plan;
        private final Map<String, Range> ranges;
        private final boolean readsWeights;
        private final Map<String, QuantParams> done = new TreeMap<>();
        private final Set<String> failed = new HashSet<>();
        private final Meter meter;
        private long weightElements;
        private long doneElements;
        private final List<Diagnostic> findings = new ArrayList<>();

        Resolver(EncodingPlan plan, Map<String, Range> ranges, Map<String, QuantParams> given, boolean readsWeights, Meter meter) {
            this.plan = plan;
            this.readsWeights = readsWeights;
            this.ranges = ranges;
            this.meter = meter;
            given.forEach((value, q) -> {
                if (plan.rules().get(value) instanceof Rule.Imported imported && !imported.quant().sameEncoding(q)) {
                    findings.add(Diagnostic.error("QT024", "constant %" + value, "an imported encoding " + imported.quant(),
                            q + ", with which recipe " + plan.recipe().name() + " rounded it",
                            "use the recipe that the encodings were exported with, or one that rounds to nearest"));
                } else if (plan.rules().containsKey(value)) {
                    done.put(value, plan.rules().get(value) instanceof Rule.Imported ? q.withOrigin(Origin.IMPORT) : q);
                }
            });
            plan.rules().forEach((value, rule) -> weightElements += rule instanceof Rule.Weight && !done.containsKey(value) ? elements(value) : 0);
        }

        private long elements(String constant) {
            return plan.program().entryPoints().stream().flatMap(g -> g.constant(constant).stream()).findFirst()
                    .map(TensorData::elements).orElse(0L);
        }

        Optional<QuantParams> resolve(String value) {
            QuantParams known = done.get(value);
            if (known != null || failed.contains(value)) {
                return Optional.ofNullable(known);
            }
            failed.add(value);
            Optional<QuantParams> result = encode(value, plan.rules().get(value));
            result.ifPresent(q -> {
                done.put(value, q);
                failed.remove(value);
            });
            return result;
        }

        private Optional<QuantParams> encode(String value, Rule rule) {
            if (rule instanceof Rule.Measured m) {
                return measured(value, m);
            } else if (rule instanceof Rule.SameAs s) {
                return resolve(s.value()).map(q -> q.withOrigin(s.origin()));
            } else if (rule instanceof Rule.Fixed f) {
                return Optional.of(f.quant());
            } else if (rule instanceof Rule.Imported i) {
                return Optional.of(i.quant());
            } else if (rule instanceof Rule.FromValues f) {
                return constant(value).flatMap(d -> range(value, d)).map(r -> f.symmetric()
                        ? Encodings.symmetric(f.storage(), r.absMax(), Origin.OBSERVER) : Encodings.asymmetric(f.storage(), r, Origin.OBSERVER));
            } else if (rule instanceof Rule.Gain gain) {
                return constant(value).flatMap(d -> range(value, d)).map(r -> Encodings.symmetric(DType.S16, r.absMax(), gain.bits().max(), Origin.OBSERVER));
            } else if (rule instanceof Rule.Weight w) {
                return constant(value).flatMap(d -> weight(value, d, w));
            } else if (rule instanceof Rule.Bias b) {
                return resolve(b.x()).flatMap(x -> resolve(b.w()).flatMap(w -> constant(value).flatMap(d -> bias(b, d, x, w))));
            } else if (rule instanceof Rule.Beta b) {
                return resolve(b.y()).map(y -> QuantParams.perTensor(DType.S32,
                        Math.scalb(y.scale(), -IntLayerNorm.FINE_BITS), 0, Origin.PROPAGATED));
            } else if (rule instanceof Rule.Image i) {
                return resolve(i.y()).flatMap(y -> constant(i.scale()).map(scale -> image(i.storage(), scale, y)));
            }
            throw new IllegalStateException("no rule for %" + value);
        }

        private Optional<QuantParams> measured(String value, Rule.Measured m) {
            Range range = ranges.get(m.rangeOf());
            if (range == null) {
                findings.add(missing(graphOf(value), value));
                return Optional.empty();
            }
            double headroom = m.storage() == DType.S16 ? plan.recipe().headroom16() : 1;
            return Optional.of(m.symmetric() ? Encodings.symmetric(m.storage(), range.absMax() * headroom, Origin.OBSERVER)
                    : Encodings.asymmetric(m.storage(), range, Origin.OBSERVER));
        }

        /** From the smallest to the largest value, 0 included; empty, with a finding, for a value that is not finite. */
        private Optional<Range> range(String value, TensorData data) {
            double min = 0;
            double max = 0;
            for (float v : data.toFloats()) {
                if (!Float.isFinite(v)) {
                    broken(value, "holds " + v);
                    return Optional.empty();
                }
                min = Math.min(min, v);
                max = Math.max(max, v);
            }
            return Optional.of(new Range(min, max));
        }

        private Optional<QuantParams> weight(String value, TensorData data, Rule.Weight w) {
            if (!readsWeights) {
                double[] scales = new double[data.shape().dim(0)];
                Arrays.fill(scales, UNREAD_SCALE);
                return Optional.of(QuantParams.perChannel(w.storage(), 0, scales, Origin.RULE));
            }
            try {
                QuantParams scales = WeightScales.perChannel(data, w.storage(), w.search());
                doneElements += data.elements();
                meter.at(doneElements, Math.max(doneElements, weightElements));
                return Optional.of(scales);
            } catch (IllegalArgumentException e) {
                return broken(value, e.getMessage());
            }
        }

        /**
         * A channel whose weights are nothing beside its bias gets larger weight steps, so that the bias stays below
         * 2^{@value #MAX_BIAS_BITS} steps and the sum within its accumulator.
         */
        private Optional<QuantParams> bias(Rule.Bias rule, TensorData data, QuantParams x, QuantParams w) {
            double[] scales = new double[(int) data.elements()];
            double[] weightScales = w.scales();
            boolean fits = true;
            for (int c = 0; c < scales.length; c++) {
                weightScales[c] = Math.max(weightScales[c], Math.scalb(Math.abs(data.getFloat(c)) / x.scale(), -MAX_BIAS_BITS));
                scales[c] = x.scale() * weightScales[c];
                fits &= Math.abs(data.getFloat(c) / scales[c]) < Integer.MAX_VALUE;
            }
            QuantParams widened = QuantParams.perChannel(w.storage(), 0, weightScales, w.origin());
            if (w.origin() == Origin.IMPORT && !widened.sameEncoding(w)) {
                findings.add(Diagnostic.error("QT024", "graph " + graphOf(rule.w()).name() + ", constant %" + rule.w(),
                        "imported scales so small beside a bias that its steps leave 2^" + MAX_BIAS_BITS,
                        "scales of at least |bias| / (scale of %" + rule.x() + " * 2^" + MAX_BIAS_BITS + ")", "leave this weight out of the file"));
                return Optional.empty();
            }
            done.put(rule.w(), widened);
            return Optional.of(QuantParams.perChannel(fits ? DType.S32 : DType.S64, 0, scales, Origin.PROPAGATED));
        }

        /** The largest multiplier gets 30 bits: {@code pixel * multiplier} is then exact to far below one step of y. */
        private static QuantParams image(DType storage, TensorData scale, QuantParams y) {
            double largest = 0;
            for (float s : scale.toFloats()) {
                largest = Math.max(largest, Math.abs(s) / y.scale());
            }
            long shift = Math.max(1, Math.min(MAX_IMAGE_SHIFT, 29 - Math.getExponent(largest)));
            return QuantParams.perTensor(storage, Math.scalb(y.scale(), (int) -shift), 0, Origin.PROPAGATED);
        }

        private Optional<TensorData> constant(String value) {
            Optional<TensorData> data = plan.program().entryPoints().stream().flatMap(g -> g.constant(value).stream()).findFirst();
            if (data.isEmpty()) {
                findings.add(missing(graphOf(value), value));
            }
            return data;
        }

        private Optional<QuantParams> broken(String value, String what) {
            findings.add(Diagnostic.error("QT005", "graph " + graphOf(value).name() + ", constant %" + value, what, "finite values",
                    "the checkpoint is damaged, or its type was read wrongly"));
            return Optional.empty();
        }

        private Graph graphOf(String value) {
            return plan.program().entryPoints().stream().filter(g -> g.types().containsKey(value)).findFirst().orElseThrow();
        }
    }
}
