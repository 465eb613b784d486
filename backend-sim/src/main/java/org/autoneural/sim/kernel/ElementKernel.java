package org.autoneural.sim.kernel;

/** What kernels share that work element by element on tensors of one shape. A unit is a block of elements. */
abstract class ElementKernel implements Kernel {
    /** Elements of a unit: a multiple of every cache line. */
    static final int BLOCK = 1024;

    private final int elements;
    private final int operands;

    /** @param operands number of blocks of ints that {@link #block} works with */
    ElementKernel(int elements, int operands) {
        this.elements = elements;
        this.operands = operands;
    }

    @Override
    public final int units() {
        return Math.max(1, (elements + BLOCK - 1) / BLOCK);
    }

    @Override
    public final long work() {
        return 4L * elements;
    }

    @Override
    public final ScratchSize scratch() {
        return ScratchSize.of(operands * BLOCK, 0, 0);
    }

    @Override
    public final void run(Memory memory, Scratch scratch, int from, int to) {
        for (int unit = from; unit < to; unit++) {
            int at = unit * BLOCK;
            block(memory, scratch.a, at, Math.min(BLOCK, elements - at));
        }
    }

    /** Elements {@code at .. at+count-1}. */
    abstract void block(Memory memory, int[] scratch, int at, int count);
}
