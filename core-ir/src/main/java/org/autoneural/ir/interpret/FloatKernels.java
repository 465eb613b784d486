package org.autoneural.ir.interpret;

import java.util.Optional;

/** Finds the fastest inner loops that this JVM can run. */
final class FloatKernels {
    private static final String MODULE = "jdk.incubator.vector";
    private static final String VECTOR_CLASS = "org.autoneural.ir.interpret.vector.VectorFloatKernel";
    private static final System.Logger LOG = System.getLogger(FloatKernels.class.getName());

    private FloatKernels() {}

    /** Vectors, or plain loops and a line in the log that names the missing flag. */
    static FloatKernel best() {
        return vector().orElseGet(() -> {
            LOG.log(System.Logger.Level.WARNING, "slow float kernels in use: start java with --add-modules {0}", MODULE);
            return new PlainFloatKernel();
        });
    }

    /** Loaded by name, so that nothing here needs the incubator module to be there. */
    static Optional<FloatKernel> vector() {
        Optional<Module> module = ModuleLayer.boot().findModule(MODULE);
        if (module.isEmpty()) {
            return Optional.empty();
        }
        FloatKernels.class.getModule().addReads(module.get());
        try {
            return Optional.of((FloatKernel) Class.forName(VECTOR_CLASS).getDeclaredConstructor().newInstance());
        } catch (ReflectiveOperationException | LinkageError e) {
            LOG.log(System.Logger.Level.DEBUG, "no vector kernels", e);
            return Optional.empty();
        }
    }
}
