package org.autoneural.quantizer.encoding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Stage;
import org.autoneural.quantizer.lower.Lowering;

/**
 * Writes the encodings of a QUANTIZED or INTEGER program as AIMET does ({@link AimetReader} has the conventions). Every
 * tensor of 4, 8 and 16 bits is in it, sorted by name; wider ones (biases, offsets) follow from their operands in every tool.
 * Scales are written so that reading gives the same double.
 */
public final class AimetWriter {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Set<DType> WRITTEN = Set.of(DType.S4, DType.S8, DType.S16);

    private final AimetVersion version;
    private final ObjectNode root = MAPPER.createObjectNode();

    private AimetWriter(AimetVersion version) {
        this.version = version;
    }

    /** The text of a file; equal programs give equal texts. */
    public static String write(Program program, AimetVersion version) {
        return new AimetWriter(version).write(program);
    }

    private String write(Program program) {
        Map<String, QuantParams> activations = new TreeMap<>();
        Map<String, QuantParams> parameters = new TreeMap<>();
        for (Graph g : program.entryPoints()) {
            g.types().forEach((value, type) -> type.quant().filter(q -> WRITTEN.contains(q.storage())).ifPresent(q -> {
                if (g.isConstant(value)) {
                    parameters.put(g.stage() == Stage.INTEGER ? Lowering.constantOf(value) : value, q);
                } else if (!Lowering.isIntermediate(value)) {
                    activations.put(value, q);
                }
            }));
        }
        root.put("version", version.text());
        root.put("producer", EncodingsFile.PRODUCER);
        section("activation_encodings", activations);
        section("param_encodings", parameters);
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("trees of texts and numbers can always be written", e);
        }
    }

    private void section(String name, Map<String, QuantParams> encodings) {
        switch (version) {
            case V0_6_1 -> {
                ObjectNode tensors = root.putObject(name);
                encodings.forEach((tensor, q) -> legacy(tensors.putArray(tensor), q));
            }
            case V1_0_0 -> {
                ArrayNode list = root.putArray(name);
                encodings.forEach((tensor, q) -> listed(list.addObject().put("name", tensor), q));
            }
            case V2_0_0 -> {
                ArrayNode list = root.withArray("encodings");
                encodings.forEach((tensor, q) -> onnx(list.addObject().put("name", tensor), q));
            }
        }
    }

    private static void legacy(ArrayNode channels, QuantParams q) {
        long steps = (1L << q.storage().bits()) - 1;
        for (double scale : q.scales()) {
            channels.addObject().put("bitwidth", q.storage().bits()).put("dtype", "int")
                    .put("is_symmetric", q.zeroPoint() == 0 ? "True" : "False")
                    .put("min", scale * offset(q)).put("max", scale * (steps + offset(q))).put("offset", offset(q)).put("scale", scale);
        }
    }

    private static void listed(ObjectNode e, QuantParams q) {
        e.put("enc_type", q.isPerChannel() ? "PER_CHANNEL" : "PER_TENSOR").put("dtype", "INT").put("bw", q.storage().bits())
                .put("is_sym", q.zeroPoint() == 0);
        ArrayNode scales = e.putArray("scale");
        ArrayNode offsets = e.putArray("offset");
        for (double scale : q.scales()) {
            scales.add(scale);
            offsets.add(offset(q));
        }
    }

    private static void onnx(ObjectNode e, QuantParams q) {
        e.put("output_dtype", "int" + q.storage().bits());
        if (q.isPerChannel()) {
            ArrayNode scales = e.putArray("y_scale");
            for (double scale : q.scales()) {
                scales.add(scale);
            }
            e.put("axis", q.axis());
        } else {
            e.put("y_scale", q.scale()).put("y_zero_point", q.zeroPoint());
        }
    }

    /** {@code real = scale * (u + offset)} with u counted from 0. */
    private static long offset(QuantParams q) {
        return -q.zeroPoint() - (1L << (q.storage().bits() - 1));
    }
}
