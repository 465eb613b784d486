package org.autoneural.ir.op;

/** The unit of an NPU that executes an op; the latency model has one queue for each. */
public enum Engine {
    /** Multiply-add array: convolutions and matrix products. */
    MATRIX,
    /** Vector unit: element-wise work, norms, softmax, tables. */
    VECTOR,
    /** Data movement only. */
    MEMORY
}
