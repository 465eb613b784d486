package org.autoneural.sim.kernel;

import java.util.Optional;
import org.autoneural.sim.kernel.nativecode.NativeKernels;

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
     * The provider called {@code name}: {@code native}, {@code vector}, {@code scalar}, or {@code auto} for the first of them that
     * this JVM can run and that {@link NativeKernels#PROPERTY} does not turn off. A line in the log says which one {@code auto} took,
     * and what it had to do without.
     *
     * @throws IllegalArgumentException when there is no such provider, or this JVM cannot run it
     */
    public static KernelProvider named(String name) {
        return switch (name) {
            case "scalar" -> new ScalarKernels();
            case "vector" -> vector().orElseThrow(() -> new IllegalArgumentException("kernels 'vector' cannot run on this JVM: " + reason()));
            case "native" -> requireNative();
            case "auto" -> fastest();
            default -> throw new IllegalArgumentException("no kernels '" + name + "'; there are auto, native, vector and scalar");
        };
    }

    private static KernelProvider requireNative() {
        try {
            return nativeKernels();
        } catch (LinkageError e) {
            throw new IllegalArgumentException("kernels 'native' cannot run: " + e.getMessage(), e);
        }
    }

    /** @throws LinkageError when there is no library for this machine */
    private static KernelProvider nativeKernels() {
        return NativeKernels.load(vector().orElseGet(ScalarKernels::new), System.getProperty(NativeKernels.LEVEL_PROPERTY, ""));
    }

    private static KernelProvider fastest() {
        if (!System.getProperty(NativeKernels.PROPERTY, "true").equals("false")) {
            try {
                KernelProvider provider = nativeKernels();
                LOG.log(System.Logger.Level.DEBUG, "native kernels in use");
                return provider;
            } catch (LinkageError e) {
                LOG.log(System.Logger.Level.INFO, "native kernels not in use: {0}", e.getMessage());
            }
        }
        Optional<KernelProvider> vector = vector();
        if (vector.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "slow kernels in use: {0}", reason());
        }
        return vector.orElseGet(ScalarKernels::new);
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
