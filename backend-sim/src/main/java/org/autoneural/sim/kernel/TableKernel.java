package org.autoneural.sim.kernel;

import org.autoneural.ir.math.Table;

/** A function by table: looked up for s8 operands, interpolated for s16. */
final class TableKernel extends ElementKernel {
    private final short[] table;
    private final int fractionBits;
    private final Slot x;
    private final Slot y;
    private final KernelProvider kernels;

    TableKernel(short[] table, Slot x, Slot y, KernelProvider kernels) {
        super(y.length(), 1);
        this.table = table;
        this.x = x;
        this.y = y;
        this.kernels = kernels;
        fractionBits = x.isBytes() ? 0 : Table.fractionBits(table);
    }

    @Override
    void block(Memory memory, int[] s, int at, int count) {
        x.read(memory, kernels, at, count, 0, s, 0);
        if (x.isBytes()) {
            for (int i = 0; i < count; i++) {
                s[i] = table[s[i] + 128];
            }
        } else {
            for (int i = 0; i < count; i++) {
                s[i] = Table.lookup16(table, s[i], fractionBits);
            }
        }
        y.write(memory, at, count, s, 0);
    }
}
