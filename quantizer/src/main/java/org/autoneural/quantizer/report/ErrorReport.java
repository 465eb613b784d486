package org.autoneural.quantizer.report;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.interpret.FloatInterpreter;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.quantizer.encoding.Encodings;

/**
 * Error of each tensor of an INTEGER graph against the FLOAT graph that it was made from, both run by the interpreters on the
 * same inputs. Tensors meet by name; the float ones that are compared are held in memory while one input runs.
 */
public final class ErrorReport {
    private final Graph floats;
    private final Graph integers;
    private final Predicate<String> wanted;
    private final FloatInterpreter floatInterpreter = new FloatInterpreter();
    private final IntegerInterpreter integerInterpreter = new IntegerInterpreter();
    private final Map<String, ErrorMeter> meters = new LinkedHashMap<>();

    /** @param wanted which tensors to compare, by name */
    public ErrorReport(Graph floats, Graph integers, Predicate<String> wanted) {
        this.floats = floats;
        this.integers = integers;
        this.wanted = wanted;
    }

    /** Runs both graphs. {@code inputs} are the float graph's; real ones are quantized for the integer graph. */
    public void add(Map<String, ? extends TensorData> inputs) {
        Map<String, TensorData> quantized = new HashMap<>();
        inputs.forEach((value, data) -> quantized.put(value, data.dtype().isFloat()
                ? Encodings.quantize(data, integers.type(value).quant().orElseThrow()) : data));
        Map<String, Tensor> reference = new HashMap<>();
        floatInterpreter.run(floats, inputs, (value, tensor) -> {
            if (wanted.test(value) && tensor.dtype() == DType.F32) {
                reference.put(value, tensor);
            }
        });
        integerInterpreter.run(integers, quantized, (value, tensor) -> {
            Tensor real = reference.remove(value);
            if (real != null) {
                QuantParams q = integers.type(value).quant().orElseThrow(() ->
                        new IllegalArgumentException("value %" + value + " has no encoding to compare it by"));
                meters.computeIfAbsent(value, v -> new ErrorMeter()).add(real.toFloats(), Encodings.dequantize(tensor, q));
            }
        });
    }

    /** All errors so far, in the order of the graph. */
    public List<TensorError> errors() {
        return meters.entrySet().stream().map(e -> e.getValue().result(e.getKey(),
                integers.producer(e.getKey()).map(n -> n.op().name()).orElse(""),
                integers.producer(e.getKey()).map(n -> n.source()).orElse(""))).toList();
    }

    /** The error of one tensor. */
    public TensorError error(String value) {
        return errors().stream().filter(e -> e.value().equals(value)).findFirst().orElseThrow(() ->
                new IllegalArgumentException("value %" + value + " was not compared; graph " + integers.name() + " has it: "
                        + integers.types().containsKey(value)));
    }

    /** A table, largest relative error first. */
    public static String render(List<TensorError> errors) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%9s  %10s  %10s  %-16s %s%n",
                "SQNR dB", "rel. RMS", "max error", "op", "tensor"));
        errors.stream().sorted(Comparator.comparingDouble(TensorError::relativeRms).reversed()).forEach(e ->
                text.append(String.format(Locale.ROOT, "%9.2f  %9.4f%%  %10.3g  %-16s %s%s%n", e.sqnrDb(), 100 * e.relativeRms(),
                        e.maxAbsolute(), e.op(), e.value(), e.source().isEmpty() ? "" : "  (" + e.source() + ")")));
        return text.toString();
    }
}
