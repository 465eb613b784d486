package org.autoneural;

import java.nio.file.Path;
import java.util.stream.Collectors;
import org.autoneural.ir.Stage;
import org.autoneural.ir.op.Codes;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Ops;
import org.autoneural.ir.op.Signature;
import org.autoneural.ir.pass.Pass;
import org.autoneural.ir.pass.Passes;
import org.autoneural.ir.verify.StageSpec;
import org.autoneural.ir.verify.Verifier;
import org.junit.jupiter.api.Test;

/** Pages of docs/ that are printed from the code: current, or {@code -Dautoneural.update.goldens=true} makes them so. */
class GeneratedDocsTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final String NOTE = "\n<!-- Printed from the code by GeneratedDocsTest; change the code, then run it with"
            + " -Dautoneural.update.goldens=true. -->\n\n";

    @Test
    void ops() {
        StringBuilder s = new StringBuilder("# Ops\n" + NOTE);
        s.append("Shapes, formulas and integer meaning stand in the Javadoc of each record in `org.autoneural.ir.op`; rounding in"
                + " [integer-semantics.md](integer-semantics.md). Types are those at the INTEGER stage; before it, activations,"
                + " weights and biases are f32.\n\n");
        for (Ops.Entry entry : Ops.all()) {
            Signature op = entry.signature();
            s.append("## ").append(op.name()).append("\n\n").append(op.summary()).append(". Engine: ")
                    .append(op.engine().name().toLowerCase(java.util.Locale.ROOT)).append(". Stages: ")
                    .append(op.stages().stream().sorted().map(Stage::text).collect(Collectors.joining(", "))).append(".\n\n")
                    .append("| | name | types | meaning |\n|---|---|---|---|\n");
            op.operands().forEach(o -> row(s, presence(o), o));
            op.results().forEach(o -> row(s, "result", o));
            s.append("\nAttributes: ").append(attributes(entry.type())).append("\n\n");
        }
        Goldens.check(DOCS.resolve("ops.md"), s.toString().stripTrailing() + "\n");
    }

    private static void row(StringBuilder s, String kind, Signature.Operand o) {
        String types = o.integerTypes().equals(Signature.ANY) ? "any"
                : o.integerTypes().stream().sorted().map(t -> t.text()).collect(Collectors.joining(", "));
        s.append("| ").append(kind).append(" | `").append(o.name()).append("` | ").append(types).append(" | ").append(o.doc()).append(" |\n");
    }

    private static String presence(Signature.Operand o) {
        return switch (o.presence()) {
            case REQUIRED -> "operand";
            case OPTIONAL -> "optional operand";
            case INTEGER_ONLY -> "operand at the INTEGER stage";
        };
    }

    private static String attributes(Class<? extends Op> type) {
        String names = java.util.Arrays.stream(type.getRecordComponents()).map(c -> "`" + c.getName() + "`").collect(Collectors.joining(", "));
        return names.isEmpty() ? "none." : names + ".";
    }

    @Test
    void passes() {
        StringBuilder s = new StringBuilder("# Passes\n" + NOTE + "In the order of the pipelines (`ir.pass.Passes`): float, then integer. Each has"
                + " a golden before/after in `core-ir/src/test/resources/passes/`.\n\n| pass | what it does |\n|---|---|\n");
        for (Pass pass : Passes.all()) {
            s.append("| `").append(pass.name()).append("` | ").append(pass.summary()).append(" |\n");
        }
        Goldens.check(DOCS.resolve("passes.md"), s.toString());
    }

    @Test
    void diagnostics() {
        StringBuilder s = new StringBuilder("# Diagnostics of the verifier\n" + NOTE + "| stage | what it allows |\n|---|---|\n");
        for (Stage stage : Stage.values()) {
            s.append("| ").append(stage.name()).append(" | ").append(StageSpec.of(stage).description()).append(" |\n");
        }
        s.append("\n| code | rule |\n|---|---|\n");
        Verifier.RULES.forEach((code, rule) -> s.append("| ").append(code).append(" | ").append(rule).append(" |\n"));
        for (Codes code : Codes.values()) {
            s.append("| ").append(code.name()).append(" | ").append(code.meaning()).append(" |\n");
        }
        Goldens.check(DOCS.resolve("diagnostics.md"), s.toString());
    }
}
