package org.autoneural;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.autoneural.ir.Stage;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.Codes;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Ops;
import org.autoneural.ir.op.Signature;
import org.junit.jupiter.api.Test;

/** docs/integer-semantics.md says everything about every op of the INTEGER stage; its table of ops is printed from the code. */
class IntegerSemanticsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "integer-semantics.md");
    private static final String BEGIN = "<!-- ops: printed by IntegerSemanticsPageTest; -Dautoneural.update.goldens=true rewrites it -->\n";
    private static final String END = "<!-- end of ops -->\n";

    private static String page() throws IOException {
        return Files.readString(PAGE);
    }

    private static List<Ops.Entry> integerOps() {
        return Ops.all().stream().filter(e -> e.signature().stages().contains(Stage.INTEGER)).toList();
    }

    @Test
    void theTableOfOpsIsThatOfTheCode() throws IOException {
        String page = page();
        assertThat(page).containsOnlyOnce(BEGIN).containsOnlyOnce(END);
        StringBuilder table = new StringBuilder("\n| op | operands | results | attributes |\n|---|---|---|---|\n");
        for (Ops.Entry entry : integerOps()) {
            Signature op = entry.signature();
            table.append("| `").append(op.name()).append("` | ").append(values(op.operands())).append(" | ").append(values(op.results()))
                    .append(" | ").append(attributes(entry.type())).append(" |\n");
        }
        table.append("\nThe verifier holds a graph to this contract with these rules (diagnostics.md has all of them):\n\n");
        Stream.of(Codes.values()).forEach(c -> table.append("* ").append(c.name()).append(": ").append(c.meaning()).append('\n'));
        table.append('\n');
        Goldens.check(PAGE, page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + table + page.substring(page.indexOf(END)));
    }

    private static String values(List<Signature.Operand> operands) {
        return operands.stream().map(o -> "`" + o.name() + "` " + (o.integerTypes().equals(Signature.ANY) ? "any"
                : o.integerTypes().stream().sorted().map(t -> t.text()).collect(Collectors.joining("/"))) + " "
                + (o.presence() == Signature.Presence.OPTIONAL ? "(optional) " : "") + o.doc()).collect(Collectors.joining("; "));
    }

    private static String attributes(Class<? extends Op> type) {
        String text = components(type);
        return text.isEmpty() ? "none" : "`" + text + "`";
    }

    private static String components(Class<?> type) {
        return Arrays.stream(type.getRecordComponents()).map(c -> c.getName() + (form(c).isRecord() ? "{" + components(form(c)) + "}" : ""))
                .collect(Collectors.joining(", "));
    }

    /** The type of a component, or what an optional of it holds. */
    private static Class<?> form(RecordComponent component) {
        return component.getGenericType() instanceof ParameterizedType p && p.getActualTypeArguments()[0] instanceof Class<?> inner
                && inner.isRecord() ? inner : component.getType();
    }

    @Test
    void everyIntegerOpHasItsSection() throws IOException {
        String page = page();
        for (Ops.Entry entry : integerOps()) {
            String heading = "\n### " + entry.signature().name() + "\n";
            assertThat(page).as("section of " + entry.signature().name()).containsOnlyOnce(heading);
            String body = page.substring(page.indexOf(heading) + heading.length()).split("\n##", 2)[0];
            assertThat(body).as("section of " + entry.signature().name()).contains("**Error.**", "**Why.**");
            for (String form : List.of("staged", "mean")) {
                if (Arrays.stream(entry.type().getRecordComponents()).anyMatch(c -> c.getName().equals(form))) {
                    assertThat(body).as("second form of " + entry.signature().name()).contains("`" + form + "`");
                }
            }
        }
    }

    @Test
    void everyVariantIsDescribed() throws IOException {
        String page = page();
        Stream.of(Rounding.values()).forEach(r -> assertThat(page).contains("\n| `" + r + "` | "));
        Stream.of(Accumulator.values()).forEach(a -> assertThat(page).contains("\n| `" + a + "` | "));
        assertThat(page).contains("8 bit: `y = T[q + 128]`, 256 entries", "16 bit: `2^b + 1` entries, b from 8 to 12", "The 15-bit form takes");
    }
}
