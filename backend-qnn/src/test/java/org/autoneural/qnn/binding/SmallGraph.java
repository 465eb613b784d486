package org.autoneural.qnn.binding;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.autoneural.qnn.graph.DataType;
import org.autoneural.qnn.graph.Encoding;
import org.autoneural.qnn.graph.Param;
import org.autoneural.qnn.graph.QnnContext;
import org.autoneural.qnn.graph.QnnGraph;
import org.autoneural.qnn.graph.QnnNode;
import org.autoneural.qnn.graph.QnnTensor;
import org.autoneural.qnn.graph.QnnTensor.Role;
import org.autoneural.qnn.graph.StaticData;

/** Graphs of a few nodes for tests of the binding. */
final class SmallGraph {
    static final Encoding U16 = new Encoding.ScaleOffset(1f / 256, -32_768);

    final List<QnnTensor> tensors = new ArrayList<>();
    final List<QnnNode> nodes = new ArrayList<>();

    SmallGraph tensor(String name, Role role, DataType type, Encoding encoding, Integer... dims) {
        tensors.add(new QnnTensor(name, role, type, List.of(dims), encoding, Optional.empty()));
        return this;
    }

    SmallGraph constant(String name, DataType type, Encoding encoding, List<Integer> dims, int... values) {
        tensors.add(new QnnTensor(name, Role.STATIC, type, dims, encoding, Optional.of(new StaticData() {
            @Override
            public long sizeBytes() {
                return (long) values.length * type.sizeBytes();
            }

            @Override
            public void writeTo(ByteBuffer target) {
                ByteBuffer little = target.order(ByteOrder.LITTLE_ENDIAN);
                for (int v : values) {
                    switch (type.sizeBytes()) {
                        case 1 -> little.put((byte) v);
                        case 2 -> little.putShort((short) v);
                        default -> little.putInt(v);
                    }
                }
            }
        })));
        return this;
    }

    SmallGraph node(String name, String type, List<Param> params, List<String> inputs, String... outputs) {
        nodes.add(new QnnNode(name, type, params, inputs, List.of(outputs), name));
        return this;
    }

    QnnGraph build(String name) {
        return new QnnGraph(name, tensors, nodes);
    }

    QnnContext context() {
        return new QnnContext("small", List.of(build("main")));
    }

    /** y = x + c, then z = transpose(y): [2,3] to [3,2], U16. */
    static SmallGraph addAndTurn() {
        return new SmallGraph().tensor("x", Role.APP_WRITE, DataType.U16, U16, 2, 3)
                .constant("c", DataType.U16, U16, List.of(3), 32_768 + 256, 32_768 + 512, 32_768 - 256)
                .tensor("y", Role.NATIVE, DataType.U16, U16, 2, 3)
                .tensor("z", Role.APP_READ, DataType.U16, U16, 3, 2)
                .node("add", "ElementWiseAdd", List.of(), List.of("x", "c"), "y")
                .node("turn", "Transpose", List.of(Param.Ints.u32("perm", 1, 0)), List.of("y"), "z");
    }
}
