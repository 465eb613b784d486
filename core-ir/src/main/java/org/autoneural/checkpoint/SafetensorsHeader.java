package org.autoneural.checkpoint;

import static org.autoneural.checkpoint.StrictJson.quote;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.autoneural.ir.Shape;

/**
 * The checked header of a safetensors file: 8 bytes little-endian length, then that many bytes of JSON.
 *
 * @param metadata       the free texts under {@code __metadata__}
 * @param entries        by name
 * @param dataStartBytes where the data begins, from the start of the file
 * @param dataSizeBytes  from there to the end of the file; the entries tile it without gap or overlap
 */
record SafetensorsHeader(
        Map<String, String> metadata, SortedMap<String, Entry> entries, long dataStartBytes, long dataSizeBytes) {
    static final String METADATA = "__metadata__";
    static final int LENGTH_BYTES = 8;
    /** The limit of the format's reference reader. */
    static final int MAX_HEADER_BYTES = 100_000_000;
    /** Our own limit, far above any weight's; keeps one entry small. */
    static final int MAX_RANK = 16;
    private static final String REMEDY =
            "The file is damaged, incomplete or no safetensors file; fetch or export it again.";

    /** A tensor's place: bytes {@code [beginBytes, endBytes)} of the data. */
    record Entry(String name, SafetensorsDType dtype, Shape shape, long beginBytes, long endBytes) {
    }

    static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
        long fileBytes = channel.size();
        if (fileBytes < LENGTH_BYTES) {
            throw fail(file, "the file has " + fileBytes + " bytes; a safetensors file has at least " + LENGTH_BYTES);
        }
        long headerBytes = readFully(channel, 0, LENGTH_BYTES).getLong(0);
        if (headerBytes <= 0 || headerBytes > MAX_HEADER_BYTES) {
            throw fail(file, "its first 8 bytes give a header of " + Long.toUnsignedString(headerBytes)
                    + " bytes; allowed are 1 to " + MAX_HEADER_BYTES);
        }
        long dataBytes = fileBytes - LENGTH_BYTES - headerBytes;
        if (dataBytes < 0) {
            throw fail(file, "the header should have " + headerBytes + " bytes, but only "
                    + (fileBytes - LENGTH_BYTES) + " follow its length");
        }
        byte[] json = readFully(channel, LENGTH_BYTES, (int) headerBytes).array();
        if (json[0] != '{') {
            throw fail(file, "the header begins with byte 0x" + Integer.toHexString(json[0] & 0xFF) + "; it must begin with '{'");
        }
        Map<String, String> metadata = new TreeMap<>();
        SortedMap<String, Entry> entries = new TreeMap<>();
        StrictJson.parse(file, "the header", json, parser -> {
            new EntryReader(file, parser, dataBytes).readAll(metadata, entries);
            return entries;
        });
        requireTiling(file, entries, dataBytes);
        return new SafetensorsHeader(metadata, entries, LENGTH_BYTES + headerBytes, dataBytes);
    }

    private static ByteBuffer readFully(FileChannel channel, long position, int sizeBytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return buffer;
    }

    private static void requireTiling(Path file, SortedMap<String, Entry> entries, long dataBytes) {
        List<Entry> byPlace = new ArrayList<>(entries.values());
        byPlace.sort(Comparator.comparingLong(Entry::beginBytes).thenComparingLong(Entry::endBytes));
        long next = 0;
        String before = "the start of the data";
        for (Entry entry : byPlace) {
            if (entry.beginBytes != next) {
                throw fail(file, "tensor " + quote(entry.name) + " begins at byte " + entry.beginBytes + " of the data, but "
                        + before + " ends at byte " + next + "; tensors may neither overlap nor leave a hole");
            }
            next = entry.endBytes;
            before = "tensor " + quote(entry.name);
        }
        if (next != dataBytes) {
            throw fail(file, (dataBytes - next) + " bytes follow the last tensor, which ends at byte " + next + " of " + dataBytes
                    + " bytes of data; nothing may follow it");
        }
    }

    private static CheckpointException fail(Path file, String problem) {
        return new CheckpointException(file, problem, REMEDY);
    }

    /** Reads the JSON token by token: nothing is kept but what the format knows. */
    private record EntryReader(Path file, JsonParser parser, long dataBytes) {
        void readAll(Map<String, String> metadata, SortedMap<String, Entry> entries) throws IOException {
            expect(parser.nextToken(), JsonToken.START_OBJECT, "the header", "an object");
            boolean metadataSeen = false;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                boolean duplicate;
                if (name.equals(METADATA)) {
                    duplicate = metadataSeen;
                    metadataSeen = true;
                    readMetadata(metadata);
                } else {
                    duplicate = entries.put(name, readEntry(name)) != null;
                }
                if (duplicate) {
                    throw fail(file, quote(name) + " occurs twice in the header; names must differ");
                }
            }
        }

        private void readMetadata(Map<String, String> metadata) throws IOException {
            expect(parser.currentToken(), JsonToken.START_OBJECT, METADATA, "an object of strings");
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                String where = METADATA + "." + quote(key);
                expect(parser.nextToken(), JsonToken.VALUE_STRING, where, "a string");
                if (metadata.put(key, parser.getText()) != null) {
                    throw fail(file, where + " occurs twice");
                }
            }
        }

        private Entry readEntry(String name) throws IOException {
            String where = "tensor " + quote(name);
            expect(parser.currentToken(), JsonToken.START_OBJECT, where, "an object with dtype, shape and data_offsets");
            SafetensorsDType dtype = null;
            List<Long> dims = null;
            List<Long> offsets = null;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                boolean duplicate = false;
                switch (field) {
                    case "dtype" -> {
                        duplicate = dtype != null;
                        dtype = readDType(where);
                    }
                    case "shape" -> {
                        duplicate = dims != null;
                        dims = readLongs(where + ": shape", MAX_RANK, Integer.MAX_VALUE);
                    }
                    case "data_offsets" -> {
                        duplicate = offsets != null;
                        offsets = readLongs(where + ": data_offsets", 2, Long.MAX_VALUE);
                    }
                    default -> parser.skipChildren(); // The reference reader ignores other fields, too.
                }
                if (duplicate) {
                    throw fail(file, where + ": " + field + " occurs twice");
                }
            }
            if (dtype == null || dims == null || offsets == null) {
                String missing = dtype == null ? "dtype" : dims == null ? "shape" : "data_offsets";
                throw fail(file, where + " has no " + missing + "; dtype, shape and data_offsets are needed");
            }
            return checked(where, name, dtype, dims, offsets);
        }

        private Entry checked(String where, String name, SafetensorsDType dtype, List<Long> dims, List<Long> offsets) {
            if (offsets.size() != 2) {
                throw fail(file, where + ": data_offsets are " + offsets + "; needed are two numbers, begin and end");
            }
            long begin = offsets.get(0);
            long end = offsets.get(1);
            if (begin > end) {
                throw fail(file, where + ": data_offsets " + offsets + " end before they begin");
            }
            if (end > dataBytes) {
                throw fail(file, where + ": data_offsets " + offsets + " end after the file, which has " + dataBytes
                        + " bytes of data");
            }
            long bits = dtype.bits();
            try {
                for (long dim : dims) {
                    bits = Math.multiplyExact(bits, dim);
                }
            } catch (ArithmeticException e) {
                throw fail(file, where + ": a tensor of shape " + dims + " and type " + dtype + " has 2^63 bits or more");
            }
            if (bits % 8 != 0 || bits / 8 != end - begin) {
                throw fail(file, where + ": shape " + dims + " of type " + dtype + " (" + dtype.bits() + " bits) takes "
                        + (bits % 8 == 0 ? bits / 8 + " bytes" : bits + " bits, not whole bytes") + ", but data_offsets "
                        + offsets + " span " + (end - begin) + " bytes");
            }
            return new Entry(name, dtype, new Shape(dims.stream().map(Long::intValue).toList()), begin, end);
        }

        private SafetensorsDType readDType(String where) throws IOException {
            expect(parser.currentToken(), JsonToken.VALUE_STRING, where + ": dtype", "a string");
            String name = parser.getText();
            return SafetensorsDType.ofName(name).orElseThrow(() -> fail(file, where + ": dtype " + quote(name)
                    + " is unknown; known are " + List.of(SafetensorsDType.values())));
        }

        private List<Long> readLongs(String where, int maxCount, long max) throws IOException {
            expect(parser.currentToken(), JsonToken.START_ARRAY, where, "an array of integers");
            List<Long> values = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, where + "[" + values.size() + "]", "an integer");
                if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER || parser.getLongValue() < 0
                        || parser.getLongValue() > max) {
                    throw fail(file, where + "[" + values.size() + "] is " + quote(parser.getText()) + "; allowed are 0 to " + max);
                }
                if (values.size() == maxCount) {
                    throw fail(file, where + " has more than " + maxCount + " values, the most allowed");
                }
                values.add(parser.getLongValue());
            }
            return values;
        }

        private void expect(JsonToken found, JsonToken needed, String where, String expected) throws IOException {
            if (found != needed) {
                String text = found == JsonToken.START_OBJECT ? "an object"
                        : found == JsonToken.START_ARRAY ? "an array" : quote(String.valueOf(parser.getText()));
                throw fail(file, where + " is " + text + "; expected " + expected);
            }
        }
    }
}
