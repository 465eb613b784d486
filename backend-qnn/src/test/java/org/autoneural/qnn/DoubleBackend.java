package org.autoneural.qnn;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.autoneural.backend.CompiledProgram;
import org.autoneural.ir.Program;
import org.autoneural.qnn.map.ProgramMapping;
import org.autoneural.qnn.table.HtpTable;
import org.autoneural.qnn.table.OpTable;

/** The back end with the test double for its libraries, by settings of its own instead of the process's properties. */
final class DoubleBackend {
    private static final OpTable OPS = OpTable.read();
    static final HtpTable HTP = HtpTable.of("sa8295p");

    private final Map<String, String> properties = new HashMap<>();

    DoubleBackend() {
        for (String library : new String[] {"backend", "system", "saver"}) {
            set(library, TestDouble.library().toString());
        }
    }

    DoubleBackend set(String property, Object value) {
        properties.put("autoneural.qnn." + property, value.toString());
        return this;
    }

    DoubleBackend trace(Path file) {
        return set("profile", file);
    }

    QnnSettings settings() {
        return QnnSettings.of(name -> Optional.ofNullable(properties.get(name)), Optional.empty(), "amd64");
    }

    CompiledProgram compile(Program program) {
        return new ContextCompiler(settings(), HTP.soc()).compile(program, ProgramMapping.of(program, OPS, HTP).program().orElseThrow());
    }

    QnnExecutable load(CompiledProgram compiled) {
        return new QnnExecutable(compiled, settings(), HTP.soc());
    }
}
