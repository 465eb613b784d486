package org.autoneural.sim.kernel.nativecode;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.CriticalRegion;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;

/**
 * The functions of {@code src/main/native/kernels.h}, which describes them. Arrays are not copied: no garbage collection may move
 * them during a call, so a call should last milliseconds at most.
 */
@Platform(include = "kernels.h")
@NoException
@CriticalRegion
final class NativeCalls {
    private NativeCalls() {
    }

    @Name("an_version")
    static native int version();

    @Name("an_greatest_level")
    static native int greatestLevel();

    @Name("an_matrix_fields")
    static native String matrixFields();

    @Name("an_address")
    static native long address(@Cast("const uint8_t*") ByteBuffer buffer);

    @Name("an_scale_size")
    static native int scaleSize(int channels);

    @Name("an_scale_fill")
    static native int scaleFill(@Cast("const int64_t*") long[] bias, int[] multiplier, int[] shift, int channels,
            @Cast("int64_t*") long[] scale);

    @Name("an_matrix_scratch")
    static native long matrixScratch(@Cast("const an_matrix*") int[] matrix);

    @Name("an_matrix_units")
    static native int matrixUnits(@Cast("const an_matrix*") int[] matrix);

    @Name("an_matrix_run")
    static native int matrixRun(int level, @Cast("const an_matrix*") int[] matrix, @Cast("const uint8_t*") long weights,
            @Cast("const int64_t*") long[] scale, byte[] x8, short[] x16, byte[] y8, short[] y16, @Cast("uint8_t*") byte[] scratch,
            @Cast("int64_t*") long[] failed, int from, int to);

    @Name("an_product_fields")
    static native String productFields();

    @Name("an_product_scratch")
    static native long productScratch(@Cast("const an_product*") int[] product);

    @Name("an_product_run")
    static native int productRun(int level, @Cast("const an_product*") int[] product, @Cast("const int64_t*") long[] scale, byte[] a8,
            short[] a16, byte[] b, byte[] y8, short[] y16, @Cast("uint8_t*") byte[] scratch, @Cast("int64_t*") long[] failed, int position,
            int from, int to);

    @Name("an_softmax_fields")
    static native String softmaxFields();

    @Name("an_softmax_run")
    static native void softmaxRun(int level, @Cast("const an_softmax*") int[] softmax, int[] table, byte[] x8, short[] x16, byte[] y8,
            short[] y16, @Cast("int32_t*") byte[] e, int position, int from, int to);

    @Name("an_element_fields")
    static native String elementFields();

    @Name("an_element_run")
    static native void elementRun(int level, @Cast("const an_element*") int[] element, short[] table, short[] a, short[] b, short[] y,
            int from, int to);

    @Name("an_norm_fields")
    static native String normFields();

    @Name("an_norm_squares")
    static native void normSquares(int level, @Cast("const an_norm*") int[] norm, short[] x, @Cast("int64_t*") long[] squares, int from, int to);

    @Name("an_norm_run")
    static native void normRun(int level, @Cast("const an_norm*") int[] norm, short[] gamma, @Cast("const int64_t*") long[] factors, short[] x,
            byte[] y8, short[] y16, int from, int to);

    @Name("an_rope_fields")
    static native String ropeFields();

    @Name("an_rope_run")
    static native void ropeRun(int level, @Cast("const an_rope*") int[] rope, short[] cos, short[] sin, short[] x, byte[] y8, short[] y16,
            int position, int from, int to);

    @Name("an_causal_fields")
    static native String causalFields();

    @Name("an_causal_run")
    static native int causalRun(int level, @Cast("const an_causal*") int[] causal, short[] weights, @Cast("const int64_t*") long[] scale,
            short[] u, short[] state, short[] newState, byte[] y8, short[] y16, @Cast("int64_t*") long[] failed, int valid, int from, int to);
}
