package org.autoneural.qnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.autoneural.backend.Backends;
import org.autoneural.backend.CompiledProgram;
import org.autoneural.ir.Program;
import org.autoneural.qnn.map.MappingCases;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against the vendor's own libraries, when QNN_SDK_ROOT names an SDK on this machine. They validate every node; the vendor's
 * emulation of the chip on a host is not asked to run. No SDK has been at hand so far: these have been run nowhere.
 */
class SdkTest {
    private final Backends.Choice choice = Backends.target("qnn-sa8295p");

    @BeforeEach
    void needsAnSdk() {
        assumeTrue(System.getenv("QNN_SDK_ROOT") != null, "skipped: QNN_SDK_ROOT is not set, so there is no SDK to test with");
    }

    @ParameterizedTest
    @ValueSource(strings = {"conv2d", "matmul", "softmax", "rope", "rms_norm", "layer_norm", "add", "mul", "gather", "kv_append", "transpose", "concat"})
    void theSdkTakesTheMappedOp(String op) {
        Program program = new Program(List.of(MappingCases.named(op)));
        assertThat(choice.backend().unavailable(choice.target())).isEmpty();
        CompiledProgram compiled = choice.backend().compile(program, choice.target());
        Manifest manifest = Manifest.read(compiled.files().get(Manifest.FILE));
        assertThat(manifest.contexts()).isNotEmpty();
        assertThat(compiled.files()).containsKey(manifest.contexts().get(0).file());
        System.out.println(op + ": SDK 2." + manifest.backendApi().minor() + ", " + compiled.files().get(manifest.contexts().get(0).file()).remaining() + " bytes");
    }
}
