package org.autoneural.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.sim.kernel.KernelProviders;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs in a JVM of its own that was started without the incubator module, and for a platform without native kernels (see the pom). */
@Tag("without-vector-module")
class WithoutVectorModuleTest {
    @Test
    void thisJvmHasNoVectorModule() {
        assertThat(ModuleLayer.boot().findModule("jdk.incubator.vector")).isEmpty();
    }

    @Test
    void autoTakesThePlainKernels() {
        assertThat(KernelProviders.named("auto").name()).isEqualTo("scalar");
    }

    @Test
    void askingForVectorNamesTheMissingFlag() {
        assertThatThrownBy(() -> KernelProviders.named("vector")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--add-modules jdk.incubator.vector");
    }

    @Test
    void askingForNativeSaysWhatWasTried() {
        assertThatThrownBy(() -> KernelProviders.named("native")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kernels 'native' cannot run").hasMessageContaining("nativecode/none-none/libjniNativeCalls");
    }

    @Test
    void aProgramRuns() {
        Cases.Case c = KernelEqualityTest.conv(new Cases(5));
        Map<String, Tensor> expected = new IntegerInterpreter().run(c.graph(), c.inputs());
        assertThat(KernelEqualityTest.run(c, KernelProviders.named("auto"), 2)).isEqualTo(expected);
    }
}
