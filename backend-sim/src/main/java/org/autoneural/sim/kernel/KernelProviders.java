package org.autoneural.sim.kernel;

import java.util.Optional;

/** Chooses the inner loops by name. */
public final class KernelProviders {
    /** The JVM flag without which there is no Vector API. */
    public static final String FLAG = "--add-modules jdk.incubator.vector";

    private static final String MODULE = "jdk.incubator.vector";
    private static final String VECTOR_CLASS = "org.autoneural.sim.kernel.vector.VectorKernels";
    private static final System.Logger LOG = System.getLogger(KernelProviders.class.getName());

    private KernelProviders() {
    }

    /**
     * The provider called {@code name}: {@code scalar}, {@code vector}, or {@code auto} for vector where this JVM has it.
     * When {@code auto} must do without, a line in the log says which flag is missing.
     *
     * @throws IllegalArgumentException when there is no such provider, or this JVM cannot run it
     */
    public static KernelProvider named(String name) {
        return switch (name) {
            case "scalar" -> new ScalarKernels();
            case "vector" -> vector().orElseThrow(() -> new IllegalArgumentException("kernels 'vector' cannot run on this JVM: " + reason()));
            case "auto" -> vector().orElseGet(() -> {
                LOG.log(System.Logger.Level.WARNING, "slow kernels in use: {0}", reason());
                return new ScalarKernels();
            });
            default -> throw new IllegalArgumentException("no kernels '" + name + "'; there are auto, scalar and vector");
        };
    }

    private static String reason() {
        return ModuleLayer.boot().findModule(MODULE).isEmpty() ? "start java with " + FLAG
                : "the processor has vectors of less than 256 bits, or the module is not the expected one";
    }

    /** Loaded by name, so that nothing here needs the incubator module to be there. */
    private static Optional<KernelProvider> vector() {
        Optional<Module> module = ModuleLayer.boot().findModule(MODULE);
        if (module.isEmpty()) {
            return Optional.empty();
        }
        KernelProviders.class.getModule().addReads(module.get());
        try {
            Class<?> provider = Class.forName(VECTOR_CLASS);
            boolean usable = (boolean) provider.getMethod("isUsable").invoke(null);
            return usable ? Optional.of((KernelProvider) provider.getDeclaredConstructor().newInstance()) : Optional.empty();
        } catch (ReflectiveOperationException | LinkageError e) {
            LOG.log(System.Logger.Level.DEBUG, "no vector kernels", e);
            return Optional.empty();
        }
    }
}
