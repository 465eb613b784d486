package org.autoneural.qnn.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.autoneural.Goldens;
import org.autoneural.ir.Graph;
import org.autoneural.ir.text.IrPrinter;
import org.autoneural.ir.verify.Verifier;
import org.autoneural.qnn.graph.QnnGraph;
import org.autoneural.qnn.graph.QnnTensor;
import org.autoneural.qnn.table.Change;
import org.autoneural.qnn.table.GraphCheck;
import org.autoneural.qnn.table.HtpTable;
import org.autoneural.qnn.table.OpTable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The golden of every op's mapping is the page docs/qnn-mapping.md. */
class MappingPageTest {
    private static final Path PAGE = Path.of("..", "docs", "qnn-mapping.md");
    private static final String BEGIN = "<!-- ops: printed by MappingPageTest; -Dautoneural.update.goldens=true rewrites it -->\n";
    private static final String END = "<!-- end of ops -->\n";
    private static final int SHOWN_BYTES = 48;

    private final OpTable ops = OpTable.read();
    private final HtpTable htp = HtpTable.of("sa8295p");

    @Test
    void thePageShowsWhatBecomesOfEveryOp() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(page).containsOnlyOnce(BEGIN).containsOnlyOnce(END);
        StringBuilder text = new StringBuilder("\n");
        MappingCases.all().forEach((title, graph) -> text.append(section(title, graph)));
        Goldens.check(PAGE, page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + text + page.substring(page.indexOf(END)));
    }

    @TestFactory
    List<DynamicTest> everyCaseIsARealIntegerGraphAndBecomesALegalOne() {
        List<DynamicTest> tests = new ArrayList<>();
        MappingCases.all().forEach((title, graph) -> tests.add(DynamicTest.dynamicTest(title, () -> {
            assertThat(Verifier.verify(graph)).isEmpty();
            assertThat(GraphCheck.of(map(graph), ops, htp)).isEmpty();
        })));
        return tests;
    }

    private QnnGraph map(Graph graph) {
        return GraphMapper.map(graph, ops, htp).graph().orElseThrow();
    }

    private String section(String title, Graph graph) {
        MappedGraph mapped = GraphMapper.map(graph, ops, htp);
        String before = IrPrinter.print(graph).lines().filter(l -> l.strip().startsWith("%")).map(String::strip).collect(Collectors.joining("\n"));
        String changes = mapped.nodes().stream().flatMap(n -> n.changes().stream()).map(Change::code).distinct().collect(Collectors.joining(", "));
        QnnGraph made = mapped.graph().orElseThrow();
        String data = made.tensors(QnnTensor.Role.STATIC).stream().map(t -> "  data " + t.name() + " " + bytes(t)).collect(Collectors.joining("\n"));
        return "### " + title + "\n\n" + (changes.isEmpty() ? "As it stands.\n" : "Changes: " + changes + ".\n") + "\n```\n" + before + "\n\n"
                + made.print() + (data.isEmpty() ? "" : data + "\n") + "```\n\n";
    }

    private static String bytes(QnnTensor tensor) {
        ByteBuffer buffer = ByteBuffer.allocate((int) tensor.sizeBytes());
        tensor.data().orElseThrow().writeTo(buffer);
        assertThat(buffer.remaining()).as(tensor.name()).isZero();
        byte[] all = buffer.array();
        return HexFormat.ofDelimiter(" ").formatHex(all, 0, Math.min(SHOWN_BYTES, all.length)) + (all.length > SHOWN_BYTES ? " .." : "");
    }
}
