package org.autoneural.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.autoneural.compiler.CompileOptions;

/**
 * A model as it is named on the command line: the name of a built-in one, a checkpoint folder, or a compiled file.
 *
 * @param name    as the user wrote it
 * @param path    folder or file
 * @param builtIn which built-in model it is
 */
record ModelSource(String name, Path path, Optional<BuiltIn> builtIn) {
    static final String DESCRIPTION = "a compiled FILE.npu, a checkpoint folder, or the built-in"
            + " @|bold cockpit-tiny|@ or @|bold cockpit-tiny-baseline|@";

    /** A built-in name wins; a folder of that name is written {@code ./cockpit-tiny}. */
    static ModelSource of(String name) {
        Optional<BuiltIn> builtIn = BuiltIn.of(name);
        Path path = builtIn.map(BuiltIn::checkpoint).orElseGet(() -> Path.of(name));
        if (!Files.exists(path)) {
            throw new InputException("there is no model '" + name + "': neither a file or folder, nor one of the built-in models"
                    + " cockpit-tiny and cockpit-tiny-baseline");
        }
        return new ModelSource(name, path, builtIn);
    }

    /** The same, when it is a checkpoint. */
    static ModelSource checkpoint(String name) {
        ModelSource source = of(name);
        if (source.isCompiled()) {
            throw new InputException("'" + name + "' is a file, a checkpoint is a folder with config.json, model.safetensors and"
                    + " tokenizer.json; name the folder, or the built-in cockpit-tiny");
        }
        return source;
    }

    boolean isCompiled() {
        return !Files.isDirectory(path);
    }

    /**
     * The default options to compile it with. A checkpoint that brings nothing to calibrate on gets the built-in questions or,
     * without a tokenizer to read them with, a generated sample; {@code console} gets a note about it.
     */
    CompileOptions options(Console console) {
        CompileOptions options = CompileOptions.of(path);
        if (builtIn.isEmpty() && !Files.exists(path.resolve("tokenizer.json"))) {
            console.err().println("note: '" + name + "' has no tokenizer.json, so a generated picture and random token ids are used to"
                    + " calibrate on, which says nothing about real ones, and the compiled model takes token ids, not words");
            return options;
        }
        if (builtIn.isEmpty() && !Files.exists(path.resolve("eval").resolve("qa.jsonl"))) {
            console.err().println("note: '" + name + "' has no eval/qa.jsonl to calibrate on, so the built-in pictures of instrument clusters"
                    + " are used; typical pictures and questions of yours (compile --calibration FILE) keep more accuracy");
            return options.withCalibration(BuiltIn.COCKPIT_TINY.questions());
        }
        return builtIn.map(b -> options.withCalibration(b.questions())).orElse(options);
    }
}
