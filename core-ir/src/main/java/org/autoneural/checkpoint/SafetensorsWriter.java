package org.autoneural.checkpoint;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.autoneural.ir.Shape;

/** Writes safetensors files, streaming: no tensor is held in memory as a whole. The same input gives the same bytes. */
public final class SafetensorsWriter {
    private SafetensorsWriter() {
    }

    /** Writes a tensor's elements, little-endian and row-major. */
    @FunctionalInterface
    public interface Content {
        /** Writes the elements, row-major and little-endian. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Gives element {@code index} (row-major) of a tensor. */
    @FunctionalInterface
    public interface FloatSource {
        /** Element {@code index}, from 0. */
        float at(long index);
    }

    /** A tensor to be written; {@code content} must write exactly elements x bits / 8 bytes. */
    public record Tensor(String name, SafetensorsDType dtype, Shape shape, Content content) {
        /** A tensor whose elements are there as bytes. */
        public static Tensor ofBytes(String name, SafetensorsDType dtype, Shape shape, byte[] bytes) {
            return new Tensor(name, dtype, shape, out -> out.write(bytes));
        }

        /** An F32 tensor. */
        public static Tensor ofFloats(String name, Shape shape, FloatSource source) {
            return new Tensor(name, SafetensorsDType.F32, shape, out -> {
                for (long i = 0; i < shape.elements(); i++) {
                    writeLittleEndian(out, Float.floatToRawIntBits(source.at(i)), 4);
                }
            });
        }

        /** A BF16 tensor; values are rounded to nearest even. */
        public static Tensor ofBfloats(String name, Shape shape, FloatSource source) {
            return new Tensor(name, SafetensorsDType.BF16, shape, out -> {
                for (long i = 0; i < shape.elements(); i++) {
                    writeLittleEndian(out, toBfloat(source.at(i)), 2);
                }
            });
        }

        private long sizeBytes() {
            long bits = Math.multiplyExact(shape.elements(), dtype.bits());
            if (bits % 8 != 0) {
                throw new IllegalArgumentException(name + ": " + shape + " of " + dtype + " does not fill whole bytes");
            }
            return bits / 8;
        }
    }

    /**
     * Writes {@code file} under a temporary name beside it and renames it at the end, so that the file is either complete or
     * not there. An existing file is replaced.
     *
     * @param tensors in any order, names different; in the file wide types come first, so that every element is aligned
     */
    public static void write(Path file, Map<String, String> metadata, List<Tensor> tensors) throws IOException {
        List<Tensor> ordered = tensors.stream()
                .sorted(Comparator.comparing((Tensor t) -> -t.dtype.bits()).thenComparing(Tensor::name))
                .toList();
        byte[] header = header(metadata, ordered);
        Path partial = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".partial");
        try {
            try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                writeLittleEndian(out, header.length, Long.BYTES);
                out.write(header);
                for (Tensor tensor : ordered) {
                    CountingStream counted = new CountingStream(out);
                    tensor.content.writeTo(counted);
                    if (counted.count != tensor.sizeBytes()) {
                        throw new IllegalArgumentException(tensor.name + ": the content has " + counted.count + " bytes; "
                                + tensor.shape + " of " + tensor.dtype + " takes " + tensor.sizeBytes());
                    }
                }
                out.flush();
                channel.force(true);
            }
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /**
     * Writes names, types and shapes alone: all elements are zero, and take no room where the file system knows holes. For looking
     * at a model's structure; an existing file is replaced.
     */
    public static void writeStructure(Path file, List<Tensor> tensors) throws IOException {
        byte[] header = header(Map.of(), tensors);
        long end = Long.BYTES + header.length + tensors.stream().mapToLong(Tensor::sizeBytes).sum();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).flip();
            while (start.hasRemaining()) {
                channel.write(start);
            }
            channel.write(ByteBuffer.allocate(1), end - 1);
        }
    }

    // Padded with spaces, so that the data begins at a multiple of 8 bytes.
    private static byte[] header(Map<String, String> metadata, List<Tensor> ordered) {
        JsonMapper mapper = new JsonMapper();
        ObjectNode root = mapper.createObjectNode();
        if (!metadata.isEmpty()) {
            root.set(SafetensorsHeader.METADATA, mapper.valueToTree(new TreeMap<>(metadata)));
        }
        long begin = 0;
        for (Tensor tensor : ordered) {
            if (root.has(tensor.name) || tensor.name.equals(SafetensorsHeader.METADATA)) {
                throw new IllegalArgumentException("tensor name " + tensor.name + " is taken");
            }
            long end = Math.addExact(begin, tensor.sizeBytes());
            ObjectNode entry = root.putObject(tensor.name).put("dtype", tensor.dtype.name());
            tensor.shape.dims().forEach(entry.putArray("shape")::add);
            entry.putArray("data_offsets").add(begin).add(end);
            begin = end;
        }
        String json = root.toString();
        int bytes = json.getBytes(StandardCharsets.UTF_8).length;
        return (json + " ".repeat(-bytes & 7)).getBytes(StandardCharsets.UTF_8);
    }

    private static int toBfloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return bits >>> 16 | 0x40; // stays a NaN although its low bits are cut off
        }
        return bits + 0x7FFF + (bits >>> 16 & 1) >>> 16;
    }

    private static void writeLittleEndian(OutputStream out, long value, int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >>> 8 * i));
        }
    }

    private static final class CountingStream extends FilterOutputStream {
        private long count;

        CountingStream(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }
    }
}
