package org.autoneural.sim.cost;

/**
 * How a convolution or product is cut into strips of output rows and blocks of output channels so that it fits on chip
 * (structure of Vela's and Timeloop's models: choose the tile of least traffic).
 *
 * @param ddrBytes    bytes over the memory bus: weights, and what of input and output lies in external memory
 * @param firstBytes  bytes of the first tile
 * @param onChipBytes bytes of the tiles, twice where they are double-buffered
 */
record Tiling(long ddrBytes, long firstBytes, long onChipBytes) {
    /**
     * An op to be cut.
     *
     * @param rows          rows of output
     * @param stride        rows of input from one row of output to the next
     * @param kernelRows    rows of input that one row of output needs
     * @param inputRows     rows of input
     * @param inputBytes    bytes of the input that lie in external memory; 0 when it is on chip
     * @param outputBytes   bytes of the output that go to external memory; 0 when it stays on chip
     * @param weightBytes   bytes of all weights
     * @param channels      output channels
     */
    record Problem(int rows, int stride, int kernelRows, int inputRows, long inputBytes, long outputBytes, long weightBytes,
            int channels) {}

    /** The tile of least traffic that fits into {@code roomBytes}; the smallest tile when none fits. */
    static Tiling search(Problem p, int tileRows, int tileChannels, long roomBytes) {
        Tiling best = of(p, Math.min(p.rows, tileRows), Math.min(p.channels, tileChannels));
        boolean fits = best.onChipBytes <= roomBytes;
        for (int h = tileRows; ; h = Math.min(2 * h, p.rows)) {
            for (int n = tileChannels; ; n = Math.min(2 * n, p.channels)) {
                Tiling tile = of(p, Math.min(h, p.rows), Math.min(n, p.channels));
                if (tile.onChipBytes <= roomBytes && (!fits || tile.ddrBytes < best.ddrBytes)) {
                    best = tile;
                    fits = true;
                }
                if (n >= p.channels) {
                    break;
                }
            }
            if (h >= p.rows) {
                return best;
            }
        }
    }

    private static Tiling of(Problem p, int h, int n) {
        long strips = (p.rows + h - 1L) / h;
        long blocks = (p.channels + n - 1L) / n;
        long inputStrip = p.inputBytes == 0 ? 0 : p.inputBytes * Math.min(p.inputRows, (h - 1L) * p.stride + p.kernelRows) / p.inputRows;
        long weightBlock = p.weightBytes / blocks;
        long outputTile = p.outputBytes / (strips * blocks);
        // Rows that two strips share are read twice.
        double halo = 1 + (strips - 1.0) * Math.max(0, p.kernelRows - p.stride) / p.inputRows;
        long input = (long) (p.inputBytes * halo);
        long weightStationary = p.weightBytes + blocks * input;
        long inputStationary = strips * p.weightBytes + input;
        long buffers = (strips * blocks > 1 ? 2 : 1) * (inputStrip + weightBlock + outputTile);
        return new Tiling(Math.min(weightStationary, inputStationary) + p.outputBytes, inputStrip + weightBlock, buffers);
    }
}
