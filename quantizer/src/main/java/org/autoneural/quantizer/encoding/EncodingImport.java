package org.autoneural.quantizer.encoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.autoneural.backend.Capabilities.Role;
import org.autoneural.backend.Diagnostic;
import org.autoneural.ir.DType;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.QuantParams.Origin;
import org.autoneural.ir.Shape;

/** Puts the encodings of a file into a plan, each checked against its tensor, the target, and the tensors that it is tied to. */
final class EncodingImport {
    private static final List<DType> STORAGES = List.of(DType.S4, DType.S8, DType.S16);

    private final EncodingPlan plan;
    private final EncodingsFile file;
    private final List<Diagnostic> findings = new ArrayList<>();
    /** By the tensor that a group of tied ones takes its encoding from. */
    private final Map<String, QuantParams> roots = new HashMap<>();
    private final Map<String, String> firstOfRoot = new HashMap<>();

    private EncodingImport(EncodingPlan plan, EncodingsFile file) {
        this.plan = plan;
        this.file = file;
    }

    static void apply(EncodingPlan plan, EncodingsFile file, boolean calibrateMissing) {
        EncodingImport run = new EncodingImport(plan, file);
        file.encodings().forEach(run::take);
        if (!calibrateMissing) {
            run.requireAll();
        }
        if (!run.findings.isEmpty()) {
            throw new EncodingsException(file.file(), run.findings);
        }
        run.roots.forEach((value, q) -> plan.rules().put(value, new Rule.Imported(q)));
    }

    private void take(String value, TensorEncoding encoding) {
        if (!plan.rules().containsKey(value)) {
            error("QT022", value, "no such real tensor in the model", "tensors that compile --stop-after quantized prints",
                    "correct the name, or give --encodings-map a file that maps it to one, or to null");
            return;
        }
        String root = plan.origin(value);
        fit(value, root, encoding).ifPresent(q -> tie(value, root, q));
    }

    private void tie(String value, String root, QuantParams q) {
        QuantParams before = roots.putIfAbsent(root, q);
        String first = firstOfRoot.putIfAbsent(root, value);
        if (before != null && !before.sameEncoding(q)) {
            error("QT025", value, text(q), text(before) + " as '" + first + "', which it is tied to",
                    "give both the same encoding, or leave one out");
        }
    }

    /** The encoding of {@code value}, which has that of {@code root}; empty, and a finding, when it cannot have it. */
    private Optional<QuantParams> fit(String value, String root, TensorEncoding e) {
        Rule rule = plan.rules().get(root);
        Optional<DType> storage = STORAGES.stream().filter(d -> d.bits() == e.bits()).findFirst();
        if (rule instanceof Rule.Weight) {
            return weight(value, storage, e);
        } else if (rule instanceof Rule.Fixed f) {
            boolean same = e.scales().equals(List.of(f.quant().scale())) && e.zeroPoints().equals(List.of((long) f.quant().zeroPoint()))
                    && storage.equals(Optional.of(f.quant().storage()));
            return same ? Optional.of(f.quant().withOrigin(Origin.IMPORT))
                    : refuse(value, text(e), text(f.quant()) + ": the op prescribes it", "leave it out");
        } else if (rule instanceof Rule.FromValues f) {
            return activation(value, Set.of(f.storage()), f.symmetric(), storage, e);
        } else if (rule instanceof Rule.Gain gain) {
            return gain(value, gain.bits(), storage, e);
        } else if (rule instanceof Rule.Measured) {
            boolean narrow = plan.isNarrow(root);
            return activation(value, plan.target().allowed(narrow ? Role.MATMUL_B : Role.ACTIVATION), narrow, storage, e);
        }
        return refuse(value, text(e), "none: it follows from the encodings of its operands", "leave it out");
    }

    private Optional<QuantParams> weight(String value, Optional<DType> storage, TensorEncoding e) {
        if (!stored(value, plan.target().allowed(Role.WEIGHT), storage, e)) {
            return Optional.empty();
        }
        Shape shape = plan.constant(value).shape();
        int channels = shape.dim(0);
        if (e.scales().size() != 1 && e.scales().size() != channels) {
            return refuse(value, e.scales().size() + " channels", channels + " as its shape " + shape + " has on axis 0, or 1", "");
        }
        if (!e.symmetric()) {
            return refuse(value, "zero point " + e.zeroPoints().stream().filter(z -> z != 0).findFirst().orElseThrow(),
                    "0: weights are symmetric", "export with symmetric weights");
        }
        double[] scales = new double[channels];
        Arrays.setAll(scales, c -> e.scales().get(e.scales().size() == 1 ? 0 : c));
        return Optional.of(QuantParams.perChannel(storage.orElseThrow(), 0, scales, Origin.IMPORT));
    }

    private Optional<QuantParams> activation(String value, Set<DType> allowed, boolean symmetric, Optional<DType> storage, TensorEncoding e) {
        if (!stored(value, allowed, storage, e)) {
            return Optional.empty();
        }
        if (e.scales().size() != 1) {
            return refuse(value, e.scales().size() + " channels", "one scale: this is no weight", "");
        }
        DType type = storage.orElseThrow();
        long zero = e.zeroPoints().get(0);
        if (zero != 0 && (symmetric || type == DType.S16)) {
            return refuse(value, "zero point " + zero + " of " + e.bits() + " bits", "0: " + (symmetric
                    ? "second operands of products and gains are symmetric" : "16-bit activations are symmetric"),
                    "export it symmetric, or leave it out and calibrate it");
        }
        if (zero < type.min() || zero > type.max()) {
            return refuse(value, "zero point " + zero, type.min() + " to " + type.max(), "");
        }
        return Optional.of(QuantParams.perTensor(type, e.scales().get(0), (int) zero, Origin.IMPORT));
    }

    /** In an s16 container, whatever its width. */
    private Optional<QuantParams> gain(String value, DType widest, Optional<DType> storage, TensorEncoding e) {
        Optional<QuantParams> q = activation(value, Set.of(DType.S8, DType.S16), true, storage, e)
                .map(given -> QuantParams.perTensor(DType.S16, given.scale(), 0, Origin.IMPORT));
        double largest = 0;
        for (float v : plan.constant(value).toFloats()) {
            largest = Math.max(largest, Math.abs(v));
        }
        double steps = q.isPresent() ? Math.rint(largest / q.get().scale()) : 0;
        long most = storage.equals(Optional.of(DType.S8)) ? DType.S8.max() : widest.max();
        return steps <= most ? q : refuse(value, "a scale that makes the largest gain " + (long) steps + " steps",
                "at most " + most + " on this target", "");
    }

    private boolean stored(String value, Set<DType> allowed, Optional<DType> storage, TensorEncoding e) {
        if (storage.filter(allowed::contains).isPresent()) {
            return true;
        }
        refuse(value, e.bits() + " bits", STORAGES.stream().filter(allowed::contains).map(DType::bits).toList() + " bits here, for this target", "");
        return false;
    }

    /** QT023 for each group of tied tensors that would have to be measured. */
    private void requireAll() {
        for (Map.Entry<String, Rule> e : plan.rules().entrySet()) {
            boolean needed = e.getValue() instanceof Rule.Measured || e.getValue() instanceof Rule.FromValues
                    || e.getValue() instanceof Rule.Gain || e.getValue() instanceof Rule.Weight;
            if (needed && !roots.containsKey(e.getKey())) {
                error("QT023", e.getKey(), "no encoding", "one for every tensor", "add it, or measure what is missing: --calibrate-missing");
            }
        }
    }

    private Optional<QuantParams> refuse(String value, String found, String allowed, String remedy) {
        error("QT024", value, found, allowed, remedy);
        return Optional.empty();
    }

    private void error(String code, String value, String found, String allowed, String remedy) {
        findings.add(Diagnostic.error(code, "encodings " + file.file() + ", tensor '" + value + "'", found, allowed, remedy));
    }

    private static String text(TensorEncoding e) {
        return e.bits() + " bits, scale " + (e.scales().size() == 1 ? e.scales().get(0) : "x" + e.scales().size())
                + (e.symmetric() ? "" : ", zero point " + e.zeroPoints().get(0));
    }

    private static String text(QuantParams q) {
        return text(new TensorEncoding(q.storage().bits(), Arrays.stream(q.scales()).boxed().toList(),
                Collections.nCopies(q.scaleCount(), (long) q.zeroPoint())));
    }
}
