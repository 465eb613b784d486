package org.autoneural.artifact;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Ops;
import org.autoneural.ir.op.Signature;

/** Small programs for the tests of this package. */
final class Programs {
    private Programs() {}

    /** Two entry points that share a weight and have a state. */
    static Program small() {
        return new Program(List.of(small("prefill", 3), small("decode", 1)));
    }

    private static Graph small(String name, int rows) {
        GraphBuilder b = new GraphBuilder(name, Stage.INTEGER);
        QuantParams activation = QuantParams.perTensor(DType.S16, 1.0 / 32768, 0, QuantParams.Origin.OBSERVER);
        QuantParams weight = QuantParams.perChannel(DType.S4, 0, new double[] {0.1, 0.2, 0.30000000000000004}, QuantParams.Origin.IMPORT);
        b.input("x", TensorType.of(DType.S16, rows, 5).withQuant(activation));
        b.input("past", TensorType.of(DType.S16, 2, 3).withQuant(activation.withOrigin(QuantParams.Origin.TIED)));
        b.constant("layers.0.w", Tensor.ofInts(DType.S4, Shape.of(3, 5), 1, 2, 3, 4, 5, 6, 7, -8, -7, -6, -5, -4, -3, -2, -1),
                TensorType.of(DType.S4, 3, 5).withQuant(weight));
        b.constant("bias", Tensor.ofLongs(Shape.of(3), Long.MIN_VALUE, 0, Long.MAX_VALUE));
        b.constant("only." + name, Tensor.ofInts(DType.S32, Shape.of(1), rows));
        TensorType y = TensorType.of(DType.S16, rows, 3).withQuant(activation);
        b.add(Linear.of(), List.of("y"), List.of(y), "model.layers.0.mlp", "x", "layers.0.w", "bias");
        b.add(new Concat(0), List.of("next"), List.of(TensorType.of(DType.S16, 2, 3).withQuant(activation)), "", "past", "y");
        b.output("y");
        b.state("past", "next");
        return b.build();
    }

    /** Every op with random attributes, float and integer forms; every element type, every origin. */
    static Program everything(long seed) {
        Random random = new Random(seed);
        List<Graph> graphs = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            GraphBuilder b = new GraphBuilder(stage.text(), stage);
            List<String> values = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                values.add(b.input("in" + i, type(random)));
            }
            for (DType dtype : DType.values()) {
                if (PackedBytes.supports(dtype)) {
                    for (int n : new int[] {0, 1, 2, 7}) {
                        values.add(b.constant(stage.text() + "." + dtype.text() + n, constant(dtype, n, random)));
                    }
                }
            }
            for (Ops.Entry entry : Ops.all()) {
                for (int i = 0; i < 4; i++) {
                    Signature signature = entry.signature();
                    String[] operands = signature.operands().stream().map(o -> values.get(random.nextInt(values.size()))).toArray(String[]::new);
                    List<String> results = new ArrayList<>();
                    List<TensorType> types = new ArrayList<>();
                    for (Signature.Operand r : signature.results()) {
                        results.add(signature.name() + i + "." + r.name());
                        types.add(type(random));
                    }
                    b.add(op(entry.type(), random), results, types, i == 0 ? "" : "modül \"" + i + "\"", operands);
                    values.addAll(results);
                }
            }
            b.output(values.get(values.size() - 1));
            b.state("in1", values.get(values.size() - 2));
            graphs.add(b.build());
        }
        return new Program(graphs);
    }

    private static TensorType type(Random random) {
        DType dtype = DType.values()[random.nextInt(DType.values().length)];
        int[] dims = random.ints(random.nextInt(4), 0, 6).toArray();
        TensorType type = TensorType.of(dtype, dims);
        DType storage = List.of(DType.S4, DType.S8, DType.U8, DType.S16, DType.S32).get(random.nextInt(5));
        QuantParams.Origin origin = QuantParams.Origin.values()[random.nextInt(5)];
        return switch (random.nextInt(3)) {
            case 0 -> type;
            case 1 -> type.withQuant(QuantParams.perTensor(storage, random.nextDouble() + 1e-300, random.nextInt(8), origin));
            default -> type.withQuant(QuantParams.perChannel(storage, random.nextInt(4),
                    random.doubles(random.nextInt(5), 1e-300, 1e300).toArray(), origin));
        };
    }

    /** Random elements, the extremes among them, on the heap where there are such tensors. */
    static TensorData constant(DType dtype, int elements, Random random) {
        Shape shape = Shape.of(elements);
        if (dtype == DType.F32) {
            float[] values = new float[elements];
            for (int i = 0; i < elements; i++) {
                values[i] = Float.intBitsToFloat(random.nextInt());
            }
            return Tensor.ofFloats(shape, values);
        }
        if (dtype == DType.S64) {
            return Tensor.ofLongs(shape, random.longs(elements).toArray());
        }
        if (dtype == DType.U32 || dtype == DType.BF16) {
            return new Computed(dtype, shape, random.nextInt());
        }
        int[] values = new int[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (int) (i == 0 ? dtype.min() : i == 1 ? dtype.max()
                    : dtype.min() + random.nextLong(dtype.max() - dtype.min() + 1));
        }
        return Tensor.ofInts(dtype, shape, values);
    }

    /** Elements from a formula, no memory: any type, any size. */
    record Computed(DType dtype, Shape shape, int seed) implements TensorData {
        @Override
        public float getFloat(long index) {
            return dtype == DType.BF16 ? Float.intBitsToFloat((int) (index * 7919 + seed) << 16) : getLong(index);
        }

        @Override
        public long getLong(long index) {
            return dtype.min() + Math.floorMod(index * 7919 + seed, dtype.max() - dtype.min() + 1);
        }
    }

    /** An op with random attributes; constructors that refuse them are tried again. */
    private static Op op(Class<? extends Op> type, Random random) {
        return type.cast(record(type, random));
    }

    private static Object record(Class<?> type, Random random) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int attempt = 0; attempt < 100_000; attempt++) {
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                values[i] = value(types[i], components[i].getGenericType(), random);
            }
            try {
                return type.getDeclaredConstructor(types).newInstance(values);
            } catch (InvocationTargetException e) {
                continue;
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(type + " cannot be constructed", e);
            }
        }
        throw new AssertionError("no attributes found that " + type + " accepts");
    }

    private static Object value(Class<?> type, Type generic, Random random) {
        if (type == int.class) {
            return random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(5);
        }
        if (type == long.class) {
            return random.nextInt(4) == 0 ? random.nextLong() : random.nextLong(5);
        }
        if (type == double.class) {
            return random.nextInt(2) == 0 ? random.nextDouble() : random.nextGaussian() * 1e20;
        }
        if (type == boolean.class) {
            return random.nextBoolean();
        }
        if (type == List.class) {
            return random.ints(random.nextInt(5), 0, 5).boxed().toList();
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
        }
        if (type == Optional.class) {
            Class<?> inner = (Class<?>) ((ParameterizedType) generic).getActualTypeArguments()[0];
            return random.nextInt(3) == 0 ? Optional.empty() : Optional.of(value(inner, inner, random));
        }
        if (type.isRecord()) {
            return record(type, random);
        }
        throw new AssertionError("no generator for attributes of type " + type);
    }

    static ArtifactContent content(Program program) {
        return ArtifactContent.of(program, Map.of(MetadataKeys.MODEL, "small", MetadataKeys.RECIPE, "w4a16", "ä", ""),
                Map.of("tokenizer.json", utf8("{\"version\": \"1.0\"}"), "config.json", utf8("{}"), "empty", utf8("")));
    }

    static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] bytes(Path folder, ArtifactContent content) throws IOException {
        Path file = folder.resolve("bytes.npu");
        ArtifactWriter.write(file, content);
        return Files.readAllBytes(file);
    }

    static List<Path> filesIn(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }
}
