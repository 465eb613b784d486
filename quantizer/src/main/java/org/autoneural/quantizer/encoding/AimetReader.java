package org.autoneural.quantizer.encoding;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.autoneural.backend.Diagnostic;

/**
 * Reads AIMET's encodings (https://github.com/qualcomm/aimet, Docs/techniques/encoding_spec.rst). Versions 0.6.1 and 1.0.0
 * count unsigned, {@code real = scale * (u + offset)}, so our zero point is {@code -offset - 2^(bits-1)}; version 2.0.0 names
 * the integer type and its zero point. Fields that no version has, other number formats and blocks are errors.
 */
final class AimetReader {
    private static final Pattern INTEGER_TYPE = Pattern.compile("(u?)int([0-9]{1,2})");
    private static final Set<String> FIELDS_0_6_1 = Set.of("bitwidth", "dtype", "is_symmetric", "min", "max", "offset", "scale");
    private static final Set<String> FIELDS_1_0_0 = Set.of("name", "enc_type", "dtype", "bw", "is_sym", "scale", "offset");
    private static final Set<String> FIELDS_2_0_0 = Set.of("name", "output_dtype", "y_scale", "y_zero_point", "axis");
    private static final Set<String> BLOCKS = Set.of("block_size", "compressed_bw", "per_block_int_scale", "per_channel_float_scale");
    /** What describes the file and changes no encoding. */
    private static final Set<String> ABOUT = Set.of("version", "quantizer_args", "producer");

    private final String file;
    private final List<Diagnostic> findings = new ArrayList<>();
    private final Map<String, TensorEncoding> encodings = new LinkedHashMap<>();

    private AimetReader(String file) {
        this.file = file;
    }

    static EncodingsFile read(String file, JsonNode root) {
        AimetReader reader = new AimetReader(file);
        reader.read(root);
        if (!reader.findings.isEmpty()) {
            throw new EncodingsException(file, reader.findings);
        }
        return new EncodingsFile(file, root.path("producer").asText().equals(EncodingsFile.PRODUCER), reader.encodings);
    }

    /** What is wrong with an entry. */
    private static final class Fault extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final String allowed;

        Fault(String found, String allowed) {
            super(found);
            this.allowed = allowed;
        }
    }

    private void read(JsonNode root) {
        Optional<AimetVersion> version = AimetVersion.of(root.path("version").asText());
        if (version.isEmpty()) {
            findings.add(Diagnostic.error("QT020", "encodings " + file, root.isObject() ? "version " + root.path("version") : "no object",
                    "version \"0.6.1\", \"1.0.0\" or \"2.0.0\"", "export the encodings again in one of these"));
            return;
        }
        boolean split = version.get() != AimetVersion.V2_0_0;
        List<String> sections = split ? List.of("activation_encodings", "param_encodings") : List.of("encodings");
        checkTop(root, sections);
        for (String section : sections) {
            JsonNode entries = root.path(section);
            boolean named = version.get() == AimetVersion.V0_6_1;
            if (named ? !entries.isObject() : !entries.isArray()) {
                findings.add(Diagnostic.error("QT020", "encodings " + file + ", " + section, entries.isMissingNode() ? "nothing"
                        : entries.getNodeType().toString(), named ? "an object by tensor name" : "a list", ""));
            } else if (named) {
                entries.properties().forEach(e -> add(e.getKey(), () -> legacy(e.getValue())));
            } else {
                entries.forEach(e -> add(e.path("name").asText("(without a name)"), () -> split ? listed(e) : onnx(e)));
            }
        }
    }

    private void checkTop(JsonNode root, List<String> sections) {
        for (Iterator<String> names = root.fieldNames(); names.hasNext();) {
            String name = names.next();
            boolean empty = name.equals("excluded_layers") && root.path(name).isEmpty();
            if (!sections.contains(name) && !ABOUT.contains(name) && !empty) {
                findings.add(Diagnostic.error("QT020", "encodings " + file, "field \"" + name + "\"", new TreeSet<>(sections) + ", "
                        + new TreeSet<>(ABOUT), name.equals("excluded_layers") ? "no layer can stay in floating point" : ""));
            }
        }
    }

    private void add(String tensor, Supplier<TensorEncoding> read) {
        String found = "";
        String allowed = "";
        try {
            if (encodings.put(tensor, read.get()) == null) {
                return;
            }
            found = "a second encoding";
            allowed = "one for each tensor";
        } catch (Fault e) {
            found = e.getMessage();
            allowed = e.allowed;
        }
        findings.add(Diagnostic.error("QT021", "encodings " + file + ", tensor '" + tensor + "'", found, allowed, ""));
    }

    // --- the three forms of an entry

    private static TensorEncoding legacy(JsonNode channels) {
        require(channels.isArray() && !channels.isEmpty(), kind(channels), "a list with one object a channel");
        List<Double> scales = new ArrayList<>();
        List<Long> zeros = new ArrayList<>();
        int bits = whole(channels.get(0), "bitwidth", 2, 32);
        for (JsonNode c : channels) {
            fields(c, FIELDS_0_6_1);
            integerType(text(c, "dtype"), "int");
            require(whole(c, "bitwidth", 2, 32) == bits, "bitwidth " + c.get("bitwidth") + " beside " + bits, "one width in all channels");
            double scale = scale(c.path("scale"));
            long offset = offset(c.path("offset"), bits);
            bounds(c, scale, offset);
            scales.add(scale);
            zeros.add(zero(offset, bits, flag(c.path("is_symmetric"))));
        }
        return new TensorEncoding(bits, scales, zeros);
    }

    private static TensorEncoding listed(JsonNode e) {
        text(e, "name");
        String type = text(e, "enc_type");
        require(type.equals("PER_TENSOR") || type.equals("PER_CHANNEL"), "enc_type " + type, "PER_TENSOR or PER_CHANNEL");
        fields(e, FIELDS_1_0_0);
        integerType(text(e, "dtype"), "INT");
        int bits = whole(e, "bw", 2, 32);
        List<Double> scales = scales(e, "scale");
        require(!type.equals("PER_TENSOR") || scales.size() == 1, scales.size() + " scales", "one, as enc_type is PER_TENSOR");
        JsonNode offsets = e.path("offset");
        require(offsets.isArray() && offsets.size() == scales.size(), offsets.size() + " offsets", scales.size() + ", as many as scales");
        boolean symmetric = flag(e.path("is_sym"));
        List<Long> zeros = new ArrayList<>();
        offsets.forEach(o -> zeros.add(zero(offset(o, bits), bits, symmetric)));
        return new TensorEncoding(bits, scales, zeros);
    }

    private static TensorEncoding onnx(JsonNode e) {
        text(e, "name");
        fields(e, FIELDS_2_0_0);
        String type = text(e, "output_dtype");
        Matcher m = INTEGER_TYPE.matcher(type);
        require(m.matches() && Set.of("4", "8", "16", "32").contains(m.group(2)), "output_dtype " + type, "(u)int4, (u)int8, (u)int16, int32");
        int bits = Integer.parseInt(m.group(2));
        List<Double> scales = e.path("y_scale").isArray() ? scales(e, "y_scale") : List.of(scale(e.path("y_scale")));
        require(e.path("y_scale").isArray() == e.has("axis"), "y_scale " + (e.path("y_scale").isArray() ? "with" : "without")
                + " channels and " + (e.has("axis") ? "an" : "no") + " axis", "a list and axis 0, or a number and no axis");
        require(!e.has("axis") || whole(e, "axis", Integer.MIN_VALUE, Integer.MAX_VALUE) == 0, "axis " + e.path("axis"),
                "0, the output channel");
        long centre = m.group(1).isEmpty() ? 0 : 1L << (bits - 1);
        JsonNode zero = e.path("y_zero_point");
        if (zero.isMissingNode() || zero.isNull()) {
            return new TensorEncoding(bits, scales, Collections.nCopies(scales.size(), -centre));
        }
        List<Long> zeros = new ArrayList<>();
        (zero.isArray() ? zero : List.of(zero)).forEach(z -> zeros.add(number(z, "y_zero_point") - centre));
        require(zeros.size() == scales.size(), zeros.size() + " zero points", scales.size() + ", as many as scales");
        return new TensorEncoding(bits, scales, zeros);
    }

    // --- parts of an entry

    private static void require(boolean ok, String found, String allowed) {
        if (!ok) {
            throw new Fault(found, allowed);
        }
    }

    private static void fields(JsonNode e, Set<String> allowed) {
        require(e.isObject(), kind(e), "an object");
        for (Iterator<String> names = e.fieldNames(); names.hasNext();) {
            String name = names.next();
            require(!BLOCKS.contains(name), "field \"" + name + "\": an encoding in blocks", "one scale a tensor or an output channel");
            require(allowed.contains(name), "field \"" + name + "\"", new TreeSet<>(allowed).toString());
        }
    }

    private static void integerType(String found, String allowed) {
        require(found.equalsIgnoreCase(allowed), "dtype " + found, allowed + ": nothing stays in floating point");
    }

    private static String text(JsonNode e, String field) {
        require(e.path(field).isTextual(), field + " " + kind(e.path(field)), "a text");
        return e.get(field).textValue();
    }

    private static int whole(JsonNode e, String field, int min, int max) {
        JsonNode n = e.path(field);
        require(n.isInt() && n.intValue() >= min && n.intValue() <= max, field + " " + kind(n), "a whole number"
                + (min > Integer.MIN_VALUE ? " from " + min + " to " + max : ""));
        return n.intValue();
    }

    private static List<Double> scales(JsonNode e, String field) {
        JsonNode list = e.path(field);
        require(list.isArray() && !list.isEmpty(), field + " " + kind(list), "a list of scales");
        List<Double> scales = new ArrayList<>();
        list.forEach(s -> scales.add(scale(s)));
        return scales;
    }

    private static double scale(JsonNode n) {
        require(n.isNumber(), "scale " + kind(n), "a number above 0");
        double s = n.doubleValue();
        require(s > 0 && s <= Double.MAX_VALUE, "scale " + s, "a finite number above 0");
        return s;
    }

    /** A whole number; older exporters write it with a decimal point. */
    private static long number(JsonNode n, String field) {
        require(n.isNumber() && n.doubleValue() == Math.rint(n.doubleValue()) && Math.abs(n.doubleValue()) <= 1L << 32,
                field + " " + kind(n), "a whole number");
        return n.longValue();
    }

    private static long offset(JsonNode n, int bits) {
        long offset = number(n, "offset");
        require(offset <= 0 && offset > -(1L << bits), "offset " + offset, "-(2^" + bits + " - 1) to 0: real = scale * (u + offset)");
        return offset;
    }

    /** A symmetric encoding may leave out the lowest integer, which moves its unsigned count by one. */
    private static long zero(long offset, int bits, boolean symmetric) {
        long centre = 1L << (bits - 1);
        require(!symmetric || offset == -centre || offset == 1 - centre || offset == 0, "offset " + offset + " of a symmetric encoding",
                -centre + ", or 0 for values that are never negative");
        return symmetric && offset == 1 - centre ? 0 : -offset - centre;
    }

    private static boolean flag(JsonNode n) {
        boolean yes = n.asText().equalsIgnoreCase("true");
        require(yes || n.asText().equalsIgnoreCase("false"), "symmetric " + kind(n), "true or false");
        return yes;
    }

    /** The range, where it is given, is that of scale and offset. */
    private static void bounds(JsonNode c, double scale, long offset) {
        if (c.has("min")) {
            double min = c.get("min").doubleValue();
            require(c.get("min").isNumber() && Math.abs(min - scale * offset) <= scale, "min " + c.get("min"),
                    scale * offset + " = scale * offset, within a step");
        }
    }

    private static String kind(JsonNode n) {
        return n.isMissingNode() ? "missing" : n.isContainerNode() ? n.isArray() ? "a list" : "an object" : n.toString();
    }
}
