package org.autoneural.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;

/**
 * A folder of tensors as docs/dumps.md describes it: {@code index.json} and one raw little-endian file per tensor. The index is
 * read and checked as a whole; tensors are read one by one, when they are compared.
 *
 * @param folder   where it lies
 * @param producer free text of whoever wrote it; may be empty
 * @param runs     in the order of the index
 */
public record Dump(Path folder, String producer, List<Run> runs) {
    /** Name of the index in the folder. */
    public static final String INDEX = "index.json";
    static final String FORMAT = "autoneural-dump";
    static final int VERSION = 1;

    private static final long MAX_INDEX_BYTES = 64L << 20;
    private static final Set<DType> TYPES = Set.of(DType.S8, DType.U8, DType.S16, DType.U16, DType.S32, DType.S64);
    private static final JsonMapper MAPPER = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    public Dump {
        runs = List.copyOf(runs);
    }

    /** One execution of an entry point: its inputs and states before it, and what its nodes computed, in any order. */
    public record Run(String entryPoint, List<DumpedTensor> tensors) {
        public Run {
            tensors = List.copyOf(tensors);
        }
    }

    /**
     * Reads the index.
     *
     * @throws DumpException when it is missing, no JSON, of another format or version, or names files that are not there or
     *                       not of the size that type and shape say
     */
    public static Dump open(Path folder) {
        Path index = folder.resolve(INDEX);
        JsonNode root = tree(index);
        String format = text(index, root, "the index", "format").orElse("");
        if (!format.equals(FORMAT)) {
            throw new DumpException(index, "format is '" + format + "', must be '" + FORMAT + "' (docs/dumps.md)");
        }
        JsonNode version = root.path("version");
        if (!version.isInt() || version.intValue() != VERSION) {
            throw new DumpException(index, "version is " + shown(version) + ", this program reads version " + VERSION);
        }
        List<Run> runs = new ArrayList<>();
        for (JsonNode run : list(index, root, "the index", "runs")) {
            String where = "run " + runs.size();
            String entryPoint = text(index, run, where, "entry_point")
                    .orElseThrow(() -> new DumpException(index, where + " has no entry_point"));
            List<DumpedTensor> tensors = new ArrayList<>();
            for (JsonNode tensor : list(index, run, where, "tensors")) {
                tensors.add(tensor(folder, tensor, where + ", tensor " + tensors.size()));
            }
            runs.add(new Run(entryPoint, tensors));
        }
        if (runs.isEmpty()) {
            throw new DumpException(index, "there are no runs in it; a dump has at least one");
        }
        return new Dump(folder, text(index, root, "the index", "producer").orElse(""), runs);
    }

    private static JsonNode tree(Path index) {
        if (!Files.isRegularFile(index)) {
            throw new DumpException(index, "there is no such file; a dump is a folder with an " + INDEX + " (docs/dumps.md)");
        }
        try {
            if (Files.size(index) > MAX_INDEX_BYTES) {
                throw new DumpException(index, "the index has " + Files.size(index) + " bytes, allowed are " + MAX_INDEX_BYTES);
            }
            JsonNode root = MAPPER.readTree(Files.readAllBytes(index));
            if (!root.isObject()) {
                throw new DumpException(index, "the index is no JSON object");
            }
            return root;
        } catch (JsonProcessingException e) {
            String line = e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            throw new DumpException(index, "not valid JSON" + line + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new DumpException(index, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static DumpedTensor tensor(Path folder, JsonNode node, String where) {
        Path index = folder.resolve(INDEX);
        Optional<String> value = text(index, node, where, "value");
        Optional<String> source = text(index, node, where, "source");
        if (value.isEmpty() && source.isEmpty()) {
            throw new DumpException(index, where + " has neither value nor source; one of them says which tensor it is");
        }
        String name = where + " (" + value.or(() -> source).orElseThrow() + ")";
        DType dtype = dtype(index, name, text(index, node, name, "dtype").orElse(""));
        Shape shape = shape(index, name, node);
        String file = text(index, node, name, "file").orElseThrow(() -> new DumpException(index, name + " has no file"));
        Path path = inside(folder, file, name);
        try {
            long size = Files.size(path);
            if (size != dtype.sizeBytes(shape.elements())) {
                throw new DumpException(index, name + ": file " + file + " has " + size + " bytes, " + dtype.text() + shape
                        + " takes " + dtype.sizeBytes(shape.elements()));
            }
        } catch (IOException e) {
            throw new DumpException(index, name + ": file " + file + " cannot be read: " + e.getMessage(), e);
        }
        return new DumpedTensor(value, source, dtype, shape, path);
    }

    private static DType dtype(Path index, String name, String text) {
        return TYPES.stream().filter(t -> t.text().equals(text)).findFirst().orElseThrow(() -> new DumpException(index, name
                + " has dtype '" + text + "', allowed: " + TYPES.stream().map(t -> t.name().toLowerCase(Locale.ROOT)).sorted().toList()
                + "; dump the stored integers, not real values"));
    }

    private static Shape shape(Path index, String name, JsonNode node) {
        List<Integer> dims = new ArrayList<>();
        for (JsonNode dim : list(index, node, name, "shape")) {
            if (!dim.isInt() || dim.intValue() < 0) {
                throw new DumpException(index, name + " has the extent " + shown(dim) + ", allowed: whole numbers of 0 or more");
            }
            dims.add(dim.intValue());
        }
        try {
            Shape shape = new Shape(dims);
            Math.toIntExact(shape.elements());
            return shape;
        } catch (ArithmeticException e) {
            throw new DumpException(index, name + " has the shape " + dims + ", more than 2^31 elements", e);
        }
    }

    /** The file, which must lie in the folder: an index comes from elsewhere and must not point at anything else. */
    private static Path inside(Path folder, String file, String name) {
        Path index = folder.resolve(INDEX);
        try {
            Path path = folder.resolve(file).normalize();
            if (!path.startsWith(folder.normalize()) || Path.of(file).isAbsolute() || !Files.isRegularFile(path)) {
                throw new DumpException(index, name + ": there is no file '" + file + "' in the dump's folder");
            }
            return path;
        } catch (InvalidPathException e) {
            throw new DumpException(index, name + ": '" + file + "' is no path", e);
        }
    }

    private static Optional<String> text(Path index, JsonNode node, String where, String field) {
        JsonNode value = node.path(field);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isTextual() || value.textValue().isEmpty()) {
            throw new DumpException(index, where + ": " + field + " is " + shown(value) + ", must be a text");
        }
        return Optional.of(value.textValue());
    }

    private static Iterable<JsonNode> list(Path index, JsonNode node, String where, String field) {
        JsonNode value = node.path(field);
        if (!value.isArray()) {
            throw new DumpException(index, where + ": " + field + " is " + shown(value) + ", must be a list");
        }
        Iterator<JsonNode> elements = value.elements();
        return () -> elements;
    }

    private static String shown(JsonNode value) {
        String text = value.isMissingNode() ? "missing" : value.toString();
        return text.length() > 80 ? text.substring(0, 80) + "..." : text;
    }
}
