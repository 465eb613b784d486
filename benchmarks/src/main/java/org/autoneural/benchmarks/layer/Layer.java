package org.autoneural.benchmarks.layer;

import org.autoneural.ir.DType;

/**
 * One layer at a shape of the full model: LFM2-1.2B (decode: one row; prefill: a chunk of 256) and MobileNetV5-300M at 768 x 768.
 * Activations are s16 unless the name says otherwise. Shapes are those of the model builders ({@code core-ir}, package {@code model}).
 */
public enum Layer {
    DECODE_GATE_UP_W4(Kind.LINEAR, DType.S4, 1, 2048, 8192),
    DECODE_DOWN_W4(Kind.LINEAR, DType.S4, 1, 8192, 2048),
    DECODE_CONV_IN_W4(Kind.LINEAR, DType.S4, 1, 2048, 6144),
    DECODE_SQUARE_W4(Kind.LINEAR, DType.S4, 1, 2048, 2048),
    DECODE_KEY_W4(Kind.LINEAR, DType.S4, 1, 2048, 512),
    DECODE_HEAD_W8(Kind.LINEAR, DType.S8, 1, 2048, 65536),
    PREFILL_GATE_UP_W4(Kind.LINEAR, DType.S4, 256, 2048, 8192),
    PREFILL_DOWN_W4(Kind.LINEAR, DType.S4, 256, 8192, 2048),
    PREFILL_SQUARE_W4(Kind.LINEAR, DType.S4, 256, 2048, 2048),
    PREFILL_GATE_UP_W8(Kind.LINEAR, DType.S8, 256, 2048, 8192),
    PREFILL_GATE_UP_A8W8(Kind.LINEAR_A8, DType.S8, 256, 2048, 8192),
    /** Scores of one token against a cache of 4096: 32 heads of 64 on 8 key heads. */
    DECODE_SCORES(Kind.SCORES, DType.S8, 1, 64, 4096),
    /** Probabilities of one token times the values of a cache of 4096. */
    DECODE_MIX(Kind.MIX, DType.S8, 1, 4096, 64),
    PREFILL_SCORES(Kind.SCORES, DType.S8, 256, 64, 4096),
    PREFILL_MIX(Kind.MIX, DType.S8, 256, 4096, 64),
    PREFILL_RMS_NORM(Kind.RMS_NORM, DType.S16, 256, 2048, 1),
    PREFILL_SOFTMAX(Kind.SOFTMAX, DType.S16, 256, 4096, 1),
    PREFILL_SILU(Kind.TABLE, DType.S16, 256, 8192, 1),
    PREFILL_MUL(Kind.MUL, DType.S16, 256, 8192, 1),
    PREFILL_ADD(Kind.ADD, DType.S16, 256, 2048, 1),
    /** Stage 0: full 3 x 3 convolution, 128 to 512 channels on 192 x 192. */
    VISION_CONV3_S0(Kind.CONV3, DType.S8, 192, 128, 512),
    /** Stage 0: 512 to 128 channels on 192 x 192. */
    VISION_POINT_S0(Kind.LINEAR, DType.S8, 192 * 192, 512, 128),
    VISION_POINT_S1(Kind.LINEAR, DType.S8, 96 * 96, 256, 1024),
    VISION_POINT_S2(Kind.LINEAR, DType.S8, 48 * 48, 640, 2560),
    VISION_POINT_S3(Kind.LINEAR, DType.S8, 24 * 24, 1280, 2560),
    VISION_POINT_FUSION(Kind.LINEAR, DType.S8, 48 * 48, 1920, 3840),
    VISION_DEPTH3_S1(Kind.DEPTH3, DType.S8, 96, 256, 256),
    VISION_DEPTH5_S2(Kind.DEPTH5, DType.S8, 48, 640, 640),
    /** Attention of stage 2: 12 heads, 2304 queries, 576 keys of one shared head. */
    VISION_SCORES_S2(Kind.VISION_SCORES, DType.S8, 2304, 64, 576),
    VISION_NORM_S0(Kind.RMS_NORM, DType.S16, 192 * 192, 512, 1),
    VISION_GELU_S0(Kind.TABLE, DType.S16, 192 * 192, 512, 1);

    /** What a layer computes; how {@link Layer#rows}, {@link Layer#depth} and {@link Layer#columns} are read. */
    public enum Kind {
        /** [rows, depth] times [columns, depth]. */
        LINEAR,
        /** The same with s8 activations. */
        LINEAR_A8,
        /** Causal, [32, rows, depth] times [8, columns, depth]; the last row is at the end of the cache. */
        SCORES,
        /** Causal, [32, rows, depth] times [8, depth, columns]. */
        MIX,
        /** [12, rows, depth] times [1, columns, depth]. */
        VISION_SCORES,
        /** [rows, rows, depth] to [rows, rows, columns], 3 x 3, stride 1. */
        CONV3,
        /** [rows, rows, depth], a 3 x 3 filter for each channel. */
        DEPTH3,
        /** The same with 5 x 5. */
        DEPTH5,
        /** [rows, depth] normalised over depth. */
        RMS_NORM,
        /** Causal, [32, rows, depth] over depth. */
        SOFTMAX,
        /** [rows, depth] element by element. */
        TABLE, MUL, ADD
    }

    private final Kind kind;
    private final DType weights;
    private final int rows;
    private final int depth;
    private final int columns;

    Layer(Kind kind, DType weights, int rows, int depth, int columns) {
        this.kind = kind;
        this.weights = weights;
        this.rows = rows;
        this.depth = depth;
        this.columns = columns;
    }

    public Kind kind() {
        return kind;
    }

    /** Element type of the weights, or of the second operand; of the operand where there is only one. */
    public DType weights() {
        return weights;
    }

    public int rows() {
        return rows;
    }

    public int depth() {
        return depth;
    }

    public int columns() {
        return columns;
    }

    /** Multiply-adds of one run; elements for layers that do not multiply. */
    public long work() {
        long product = (long) rows * depth * columns;
        return switch (kind) {
            case LINEAR, LINEAR_A8 -> product;
            case SCORES, MIX -> 32 * product;
            case VISION_SCORES -> 12 * product;
            case CONV3 -> 9 * product * rows;
            case DEPTH3 -> 9L * rows * rows * depth;
            case DEPTH5 -> 25L * rows * rows * depth;
            case SOFTMAX -> 32L * rows * depth;
            case RMS_NORM, TABLE, MUL, ADD -> (long) rows * depth;
        };
    }

    /** What {@link #work} counts: {@code MAC} or {@code elements}. */
    public String unit() {
        return switch (kind) {
            case LINEAR, LINEAR_A8, SCORES, MIX, VISION_SCORES, CONV3, DEPTH3, DEPTH5 -> "MAC";
            case RMS_NORM, SOFTMAX, TABLE, MUL, ADD -> "elements";
        };
    }
}
