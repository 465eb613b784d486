package org.autoneural.quantizer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.autoneural.backend.Diagnostic;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.Stage;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.verify.Verifier;
import org.autoneural.quantizer.encoding.EncodingLedger;

/** FLOAT to QUANTIZED: the same graphs, every real value with its encoding. */
public final class Quantizer {
    private Quantizer() {}

    /**
     * Puts the ledger's encodings on the values of {@code program} and verifies the result.
     *
     * @param program at stage FLOAT
     * @throws QuantizationException QT001 for each real value that the ledger does not know
     */
    public static Program quantize(Program program, EncodingLedger ledger) {
        List<Diagnostic> missing = new ArrayList<>();
        List<Graph> graphs = program.entryPoints().stream().map(g -> quantize(g, ledger, missing)).toList();
        if (!missing.isEmpty()) {
            throw new QuantizationException("not every value of the model has an encoding", missing);
        }
        return Verifier.check(new Program(graphs));
    }

    private static Graph quantize(Graph g, EncodingLedger ledger, List<Diagnostic> missing) {
        if (g.stage() != Stage.FLOAT) {
            throw new IllegalArgumentException(g + " is not at stage float");
        }
        Map<String, TensorType> types = new LinkedHashMap<>();
        g.types().forEach((value, type) -> {
            if (type.dtype() == DType.F32 && ledger.get(value).isEmpty()) {
                missing.add(EncodingLedger.missing(g, value));
            }
            types.put(value, type.dtype() == DType.F32 ? ledger.get(value).map(type::withQuant).orElse(type) : type);
        });
        return new Graph(g.name(), Stage.QUANTIZED, g.inputs(), g.outputs(), g.states(), g.nodes(), types, g.constants());
    }
}
