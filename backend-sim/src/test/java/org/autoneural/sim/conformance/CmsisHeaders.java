package org.autoneural.sim.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Constants and arrays of a CMSIS-NN case: of {@code test_data.h} and the files that it includes, no others, since the folders
 * hold stale duplicates.
 *
 * @param folder   where they were read
 * @param defines  value by name
 * @param arrays   array by name; a null pointer is an array without values
 * @param pointers name of an array or pointer by the name of a pointer to it
 */
record CmsisHeaders(Path folder, Map<String, String> defines, Map<String, CArray> arrays, Map<String, String> pointers) {
    private static final Pattern COMMENT = Pattern.compile("//[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern INCLUDE = Pattern.compile("#include\\s+\"([A-Za-z0-9_]+\\.h)\"");
    private static final Pattern DEFINE = Pattern.compile("#define[ \t]+(\\w+)[ \t]+([^\n]*)");
    private static final Pattern ARRAY =
            Pattern.compile("\\b(u?int\\d+_t|q\\d+_t)\\s+(\\w+)\\s*\\[[^\\]]*\\]\\s*=\\s*\\{([^}]*)\\}");
    private static final Pattern POINTER = Pattern.compile("\\b(u?int\\d+_t|q\\d+_t)\\s*\\*\\s*(?:const\\s+)?(\\w+)\\s*=\\s*(\\w+)\\s*;");

    /** An array of C: element type as written and values. */
    record CArray(String type, long[] values) {}

    static CmsisHeaders read(Path folder) {
        CmsisHeaders headers = new CmsisHeaders(folder, new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        String index = text(folder.resolve("test_data.h"));
        headers.add(index);
        Matcher include = INCLUDE.matcher(index);
        while (include.find()) {
            headers.add(text(folder.resolve(include.group(1))));
        }
        return headers;
    }

    private static String text(Path file) {
        try {
            return COMMENT.matcher(Files.readString(file)).replaceAll("").replace("\\\n", " ").replace("\r", "");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private void add(String text) {
        Matcher define = DEFINE.matcher(text);
        while (define.find()) {
            defines.put(define.group(1), define.group(2).strip());
        }
        Matcher array = ARRAY.matcher(text);
        while (array.find()) {
            arrays.put(array.group(2), new CArray(type(array.group(1)), numbers(array.group(3))));
        }
        Matcher pointer = POINTER.matcher(text);
        while (pointer.find()) {
            if (pointer.group(3).equals("NULL")) {
                arrays.put(pointer.group(2), new CArray(type(pointer.group(1)), new long[0]));
            } else {
                pointers.put(pointer.group(2), pointer.group(3));
            }
        }
    }

    /** The old fixed-point names stand for the integers of their width. */
    private static String type(String c) {
        return switch (c) {
            case "q7_t" -> "int8_t";
            case "q15_t" -> "int16_t";
            case "q31_t" -> "int32_t";
            case "q63_t" -> "int64_t";
            default -> c;
        };
    }

    private static long[] numbers(String list) {
        return Stream.of(list.split("[,{\\s]+")).filter(s -> !s.isEmpty()).mapToLong(Long::decode).toArray();
    }

    /** The array {@code name}, or the one that a pointer of that name leads to. */
    private Optional<CArray> target(String name) {
        String at = name;
        for (int i = 0; i <= pointers.size() && pointers.containsKey(at); i++) {
            at = pointers.get(at);
        }
        return Optional.ofNullable(arrays.get(at));
    }

    /** The constants and arrays whose names begin with {@code prefix}, which is not part of the names asked for. */
    View view(String prefix) {
        return new View(this, prefix);
    }

    /** What {@link CmsisHeaders} holds under one prefix: capitals for constants, small letters for arrays. */
    record View(CmsisHeaders headers, String constantPrefix, String arrayPrefix) {
        View(CmsisHeaders headers, String prefix) {
            this(headers, prefix.toUpperCase(java.util.Locale.ROOT) + "_", prefix.toLowerCase(java.util.Locale.ROOT) + "_");
        }

        boolean has(String constant) {
            return headers.defines.containsKey(constantPrefix + constant);
        }

        int number(String constant) {
            String value = headers.defines.get(constantPrefix + constant);
            if (value == null) {
                throw new IllegalArgumentException(headers.folder + " defines no " + constantPrefix + constant);
            }
            return (int) (long) Long.decode(value.replaceAll("[()]", "").strip());
        }

        /** The first of these constants that is there: generations of the suite name them differently. */
        int any(String... constants) {
            return number(Stream.of(constants).filter(this::has).findFirst().orElse(constants[0]));
        }

        int number(String constant, int otherwise) {
            return has(constant) ? number(constant) : otherwise;
        }

        /** A constant that is a list in braces. */
        int[] list(String constant) {
            String value = headers.defines.get(constantPrefix + constant);
            if (value == null) {
                throw new IllegalArgumentException(headers.folder + " defines no " + constantPrefix + constant);
            }
            return java.util.Arrays.stream(numbers(value.replace("}", ""))).mapToInt(Math::toIntExact).toArray();
        }

        Optional<CArray> find(String... names) {
            return Stream.of(names).flatMap(n -> headers.target(arrayPrefix + n).stream()).findFirst();
        }

        CArray array(String... names) {
            return find(names).orElseThrow(() -> new IllegalArgumentException(headers.folder + " has no array " + arrayPrefix
                    + List.of(names)));
        }
    }
}
