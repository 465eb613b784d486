package org.autoneural.sim.kernel;

/** The rows of a matrix [M, K] as they lie: linear layers, 1x1 convolutions. */
record DenseRows(Slot x, int rows, int depth, int zero, KernelProvider kernels) implements RowSource {
    @Override
    public void fill(Memory memory, int group, int row, int from, int count, int[] a, int at) {
        x.read(memory, kernels, row * depth + from, count, zero, a, at);
    }
}
