package org.autoneural.sim.kernel.nativecode;

import java.util.Optional;
import org.autoneural.sim.kernel.ForwardingKernels;
import org.autoneural.sim.kernel.Kernel;
import org.autoneural.sim.kernel.KernelProvider;
import org.autoneural.sim.kernel.NodeOperands;

/** Kernels in C for the ops that take the time; what has none runs by the inner loops of another provider. */
public final class NativeKernels extends ForwardingKernels {
    /** Property that turns the native kernels off when it is {@code false}. */
    public static final String PROPERTY = "autoneural.native";
    /** Property with the name of the {@link Level} to use; by default the greatest that the processor has. */
    public static final String LEVEL_PROPERTY = "autoneural.native.level";

    private final Level level;

    private NativeKernels(KernelProvider loops, Level level) {
        super(loops);
        this.level = level;
    }

    /**
     * @param loops inner loops of the ops that have no kernel in C
     * @param level name of a {@link Level}, or empty for the greatest that this processor has
     * @throws IllegalArgumentException when there is no such level, or the processor lacks its instructions
     * @throws LinkageError             when there is no library that fits this machine and this jar; the message says what was tried
     */
    public static NativeKernels load(KernelProvider loops, String level) {
        return new NativeKernels(loops, NativeLibrary.load(level));
    }

    /** The instructions in use. */
    public Level level() {
        return level;
    }

    /** The greatest level that this processor has. */
    public static Level greatest() {
        return NativeLibrary.load("");
    }

    @Override
    public String name() {
        return "native";
    }

    @Override
    public Optional<Kernel> kernel(NodeOperands operands) {
        return NativeMatrix.of(level, operands).or(() -> NativeProduct.of(level, operands)).or(() -> NativeSoftmax.of(level, operands))
                .or(() -> NativeElement.of(level, operands)).or(() -> NativeNorm.of(level, operands)).or(() -> NativeRope.of(level, operands))
                .or(() -> NativeCausal.of(level, operands));
    }
}
