package org.autoneural.sim.kernel.nativecode;

import java.net.URL;
import org.autoneural.backend.LibraryCache;
import org.bytedeco.javacpp.Loader;

/** Finds and checks the library. */
final class NativeLibrary {
    /** Of {@code kernels.c}. */
    private static final int VERSION = 5;

    private NativeLibrary() {
    }

    /**
     * The greatest level of this processor, or the one that {@code wanted} names.
     *
     * @param wanted a level's name, or empty
     * @throws IllegalArgumentException when there is no such level, or the processor lacks its instructions
     * @throws UnsatisfiedLinkError     when there is no library for this machine, or one of another build; says what was tried
     */
    static Level load(String wanted) {
        String platform = Loader.getPlatform();
        try {
            URL library = NativeCalls.class.getResource(platform + "/" + System.mapLibraryName("jniNativeCalls"));
            if (library != null) {
                LibraryCache.refresh(library, Loader::cacheResource);
            }
            Loader.load(NativeCalls.class);
            check(NativeCalls.version() == VERSION, "its version is " + NativeCalls.version() + ", this jar needs " + VERSION);
            checkFields(NativeCalls.matrixFields(), MatrixField.values());
            checkFields(NativeCalls.productFields(), ProductField.values());
            checkFields(NativeCalls.softmaxFields(), SoftmaxField.values());
            checkFields(NativeCalls.elementFields(), ElementField.values());
            checkFields(NativeCalls.normFields(), NormField.values());
            checkFields(NativeCalls.ropeFields(), RopeField.values());
            checkFields(NativeCalls.causalFields(), CausalField.values());
        } catch (UnsatisfiedLinkError | RuntimeException e) {
            throw (UnsatisfiedLinkError) new UnsatisfiedLinkError("no usable native kernels: tried "
                    + NativeCalls.class.getPackageName().replace('.', '/') + "/" + platform + "/libjniNativeCalls of the class path and of java.library.path: "
                    + e.getMessage()).initCause(e);
        }
        Level greatest = Level.values()[NativeCalls.greatestLevel()];
        Level level = wanted.isEmpty() ? greatest : Level.named(wanted);
        if (level.compareTo(greatest) > 0) {
            throw new IllegalArgumentException("level " + level.text() + " of the native kernels: this processor lacks its instructions; greatest: "
                    + greatest.text());
        }
        return level;
    }

    private static void checkFields(String found, Enum<?>[] expected) {
        check(found.equals(Fields.names(expected)), "its fields are " + found);
    }

    private static void check(boolean good, String otherwise) {
        if (!good) {
            throw new UnsatisfiedLinkError("the library is of another build: " + otherwise);
        }
    }
}
