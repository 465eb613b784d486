package org.autoneural.djl;

import ai.djl.BaseModel;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.autoneural.artifact.ArtifactException;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.runtime.CompiledModel;

/**
 * A {@code model.npu} file as a DJL model. Options of {@link #load}: {@code threads} (default: all processors) and {@code kernels}
 * (default: {@code auto}). All its predictors share the weights.
 */
final class NpuModel extends BaseModel {
    private static final String SUFFIX = ".npu";

    private CompiledModel compiled;

    NpuModel(String name, NDManager manager) {
        super(name);
        this.manager = manager;
        setDataType(DataType.UINT8);
    }

    /**
     * Loads a file, or the file in a folder.
     *
     * @param path   a {@code .npu} file, or a folder with one
     * @param prefix name of the file in a folder with several, with or without {@code .npu}; may be null, as DJL has it
     */
    @Override
    public void load(Path path, String prefix, Map<String, ?> options) throws IOException, MalformedModelException {
        setModelDir(path);
        Path file = Files.isDirectory(modelDir) ? fileIn(modelDir, prefix == null ? modelName : prefix) : modelDir;
        try {
            compiled = CompiledModel.load(file, options(options));
        } catch (ArtifactException | IllegalArgumentException e) {
            throw new MalformedModelException(e.getMessage(), e);
        }
        block = new AnswerBlock(compiled);
        wasLoaded = true;
    }

    private static Path fileIn(Path folder, String prefix) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> files = entries.filter(f -> f.getFileName().toString().endsWith(SUFFIX)).sorted().toList();
            if (files.size() == 1) {
                return files.get(0);
            }
            return files.stream().filter(f -> f.getFileName().toString().equals(prefix) || f.getFileName().toString().equals(prefix + SUFFIX))
                    .findFirst().orElseThrow(() -> new FileNotFoundException(files.isEmpty()
                            ? "no " + SUFFIX + " file in " + folder + "; compile one with: autoneural compile CHECKPOINT -o model.npu"
                            : folder + " holds " + files.stream().map(Path::getFileName).toList() + ", none of them '" + prefix
                                    + "'; name the file itself as the model path, or choose one with optModelName"));
        }
    }

    private static ExecutionOptions options(Map<String, ?> options) {
        ExecutionOptions defaults = ExecutionOptions.defaults();
        if (options == null) {
            return defaults;
        }
        Object threads = options.get("threads");
        Object kernels = options.get("kernels");
        try {
            return new ExecutionOptions(threads == null ? defaults.threads() : Integer.parseInt(threads.toString()),
                    kernels == null ? defaults.kernels() : kernels.toString());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("option threads is '" + threads + "' (allowed: a whole number, at least 1)", e);
        }
    }

    @Override
    public void close() {
        if (compiled != null) {
            compiled.close();
            compiled = null;
        }
        super.close();
    }
}
