package org.autoneural.artifact;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.autoneural.backend.CompiledProgram;
import org.autoneural.ir.Program;

/**
 * What goes into a model file. For reproducible files nothing here may hold a time or a path of the building machine.
 *
 * @param program  the entry points; constants of the same name must be the same tensor
 * @param metadata facts about the model, see {@link MetadataKeys}; sorted by key
 * @param files    files inside by name ({@code tokenizer.json}); the bytes between position and limit; sorted by name
 */
public record ArtifactContent(Program program, SortedMap<String, String> metadata, SortedMap<String, ByteBuffer> files) {
    public ArtifactContent {
        metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
        SortedMap<String, ByteBuffer> views = new TreeMap<>();
        files.forEach((name, bytes) -> views.put(name, bytes.asReadOnlyBuffer()));
        files = Collections.unmodifiableSortedMap(views);
    }

    /** What a back end compiled, with its files in the inner folder {@value Artifact#TARGET_FOLDER}, and the model's own files. */
    public static ArtifactContent of(CompiledProgram compiled, Map<String, String> metadata, Map<String, ByteBuffer> files) {
        Map<String, ByteBuffer> all = new TreeMap<>(files);
        compiled.files().forEach((name, bytes) -> all.put(Artifact.TARGET_FOLDER + name, bytes));
        return of(compiled.program(), metadata, all);
    }

    /** From maps in any order. */
    public static ArtifactContent of(Program program, Map<String, String> metadata, Map<String, ByteBuffer> files) {
        return new ArtifactContent(program, new TreeMap<>(metadata), new TreeMap<>(files));
    }
}
