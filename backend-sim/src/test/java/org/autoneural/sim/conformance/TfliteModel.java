package org.autoneural.sim.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;

/**
 * The first subgraph of a TFLite file, as far as single-op models need it. Field numbers are those of the public schema
 * (version 3).
 *
 * @param tensors   in the order of the file
 * @param inputs    indices of tensors
 * @param outputs   indices of tensors
 * @param operators in order of execution
 */
record TfliteModel(List<TfliteTensor> tensors, int[] inputs, int[] outputs, List<Operator> operators) {
    /**
     * @param data   little-endian values; empty for what is computed
     * @param scales of the encoding: one, or one for each channel; empty when there is none
     */
    record TfliteTensor(DType dtype, Shape shape, byte[] data, float[] scales, long[] zeros) {
        float scale() {
            return scales[0];
        }

        int zero() {
            return zeros.length == 0 ? 0 : Math.toIntExact(zeros[0]);
        }

        boolean isConstant() {
            return data.length > 0;
        }

        long[] values() {
            ByteBuffer b = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
            long[] all = new long[Math.toIntExact(shape.elements())];
            for (int i = 0; i < all.length; i++) {
                all[i] = switch (dtype) {
                    case S4 -> b.get(i / 2) << (i % 2 == 0 ? 28 : 24) >> 28;
                    case S8 -> b.get();
                    case S16 -> b.getShort();
                    case S32 -> b.getInt();
                    case S64 -> b.getLong();
                    default -> throw new IllegalArgumentException("constant of " + dtype.text());
                };
            }
            return all;
        }

        int[] ints() {
            return Arrays.stream(values()).mapToInt(Math::toIntExact).toArray();
        }
    }

    /**
     * @param code    number of the builtin operator
     * @param inputs  indices of tensors; -1 for one left out
     * @param options its own table of attributes
     */
    record Operator(int code, int[] inputs, int[] outputs, FlatTable options) {}

    static TfliteModel read(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        if (bytes.length < 8 || bytes[4] != 'T' || bytes[5] != 'F' || bytes[6] != 'L' || bytes[7] != '3') {
            throw new IllegalArgumentException(file + " is not a TFLite model: no TFL3 at byte 4");
        }
        FlatTable model = FlatTable.root(bytes);
        // Old files have the number of the operator in a byte, newer ones in an int; the greater holds.
        int[] codes = model.tables(1).stream().mapToInt(c -> Math.max(c.byteAt(0, 0), c.intAt(3, 0))).toArray();
        List<FlatTable> buffers = model.tables(4);
        FlatTable graph = model.tables(2).get(0);
        List<TfliteTensor> tensors = graph.tables(0).stream().map(t -> {
            FlatTable quant = t.table(4);
            return new TfliteTensor(type(t.byteAt(1, 0)), new Shape(Arrays.stream(t.ints(0)).boxed().toList()),
                    buffers.get(t.intAt(2, 0)).bytes(0), quant.floats(2), quant.longs(3));
        }).toList();
        List<Operator> operators = graph.tables(3).stream()
                .map(o -> new Operator(codes[o.intAt(0, 0)], o.ints(1), o.ints(2), o.table(4))).toList();
        return new TfliteModel(tensors, graph.ints(1), graph.ints(2), operators);
    }

    private static DType type(int code) {
        return switch (code) {
            case 0 -> DType.F32;
            case 2 -> DType.S32;
            case 3 -> DType.U8;
            case 4 -> DType.S64;
            case 7 -> DType.S16;
            case 9 -> DType.S8;
            case 17 -> DType.S4;
            default -> throw new IllegalArgumentException("tensor type " + code + " of a TFLite model is unknown");
        };
    }
}
