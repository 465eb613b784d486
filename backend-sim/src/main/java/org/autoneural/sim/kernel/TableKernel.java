package org.autoneural.sim.kernel;

import java.util.List;
import org.autoneural.ir.math.Table;

/** A function by table: looked up for s8 operands, interpolated for s16. */
final class TableKernel extends ElementKernel {
    private static final int VALUES = 1 << 16;

    private final short[] table;
    private final int fractionBits;
    /** The function of every s16 value, where there are enough elements for it to pay; else empty. */
    private final short[] all;
    private final Slot x;
    private final Slot y;
    private final KernelProvider kernels;

    TableKernel(short[] table, Slot x, Slot y, KernelProvider kernels, SharedConstants shared) {
        super(y.length(), 1);
        this.table = table;
        this.x = x;
        this.y = y;
        this.kernels = kernels;
        fractionBits = x.isBytes() ? 0 : Table.fractionBits(table);
        all = x.isBytes() || y.isBytes() || x.length() < VALUES ? new short[0] : shared.of(short[].class, List.of("all", table), this::all);
    }

    private short[] all() {
        short[] values = new short[VALUES];
        for (int i = 0; i < VALUES; i++) {
            values[i] = Table.lookup16(table, i + Short.MIN_VALUE, fractionBits);
        }
        return values;
    }

    @Override
    void block(Memory memory, int[] s, int at, int count) {
        if (all.length > 0) {
            short[] from = x.shorts(memory);
            short[] to = y.shorts(memory);
            for (int i = 0, xo = x.offset() + at, yo = y.offset() + at; i < count; i++) {
                to[yo + i] = all[from[xo + i] - Short.MIN_VALUE];
            }
            return;
        }
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
        y.write(memory, kernels, at, count, s, 0);
    }
}
