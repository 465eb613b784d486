package org.autoneural.backend;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.autoneural.ir.Program;

/**
 * A program as a target stores it.
 *
 * @param program the INTEGER graphs; also what reports and comparisons read
 * @param files   what the target's executor needs beside them, by name (context binaries); read-only views, from position to limit
 */
public record CompiledProgram(Program program, SortedMap<String, ByteBuffer> files) {
    public CompiledProgram {
        SortedMap<String, ByteBuffer> views = new TreeMap<>();
        files.forEach((name, bytes) -> views.put(name, bytes.asReadOnlyBuffer()));
        files = Collections.unmodifiableSortedMap(views);
    }

    /** A program that needs nothing beside it. */
    public static CompiledProgram of(Program program) {
        return new CompiledProgram(program, Collections.emptySortedMap());
    }

    /** From a map in any order. */
    public static CompiledProgram of(Program program, Map<String, ByteBuffer> files) {
        return new CompiledProgram(program, new TreeMap<>(files));
    }
}
