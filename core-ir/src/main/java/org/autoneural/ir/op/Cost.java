package org.autoneural.ir.op;

import java.util.List;
import org.autoneural.ir.TensorType;

/**
 * Work of one node.
 *
 * @param macs        multiply-adds (products and convolutions), 0 for other ops
 * @param elementOps  elementary vector operations on elements, 0 for data movement
 * @param bytesRead   bytes of all operands, each read once
 * @param bytesWritten bytes of all results
 * @param engine      unit that executes it
 */
public record Cost(long macs, long elementOps, long bytesRead, long bytesWritten, Engine engine) {
    /** A cost with the bytes of {@code in} and {@code out}. */
    public static Cost of(Engine engine, long macs, long elementOps, List<TensorType> in, List<TensorType> out) {
        return new Cost(macs, elementOps, in.stream().mapToLong(TensorType::sizeBytes).sum(),
                out.stream().mapToLong(TensorType::sizeBytes).sum(), engine);
    }

    /** The sum of both, on this cost's engine. */
    public Cost plus(Cost other) {
        return new Cost(macs + other.macs, elementOps + other.elementOps, bytesRead + other.bytesRead,
                bytesWritten + other.bytesWritten, engine);
    }
}
