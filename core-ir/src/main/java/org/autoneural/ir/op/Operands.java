package org.autoneural.ir.op;

import java.util.Optional;
import org.autoneural.ir.TensorData;

/** Reads what an op's evaluation needs, and says clearly what is wrong with it. */
final class Operands {
    private Operands() {}

    /** The integer form of {@code op}, which integer operands call for. */
    static <T> T integerForm(Op op, Optional<T> integer) {
        return integer.orElseThrow(() -> new IllegalArgumentException(op.name()
                + " has integer operands but no integer form; lower the graph to the INTEGER stage first"));
    }

    /** Position of row 0, at least 0. */
    static int position(TensorData pos) {
        Infer.require(pos.scalar() >= 0, "pos is %d, must be at least 0", pos.scalar());
        return pos.scalar();
    }

    /** The rows that count, 1..rows. */
    static int validRows(TensorData nValid, int rows) {
        int n = nValid.scalar();
        Infer.require(n >= 1 && n <= rows, "n_valid is %d, must be 1..%d", n, rows);
        return n;
    }

    /** Row {@code t} of {@code ids}, 0..rows-1. */
    static int id(TensorData ids, int t, int rows) {
        long id = ids.getLong(t);
        Infer.require(id >= 0 && id < rows, "id %d at row %d is not in the table, must be 0..%d", id, t, rows - 1);
        return (int) id;
    }
}
