package org.autoneural.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.autoneural.backend.Backends;
import org.autoneural.checkpoint.CheckpointException;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.CompileReport;
import org.autoneural.compiler.Compiler;
import org.autoneural.compiler.QaException;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.repository.RemoteRepository;

/**
 * Compiles a checkpoint to a {@code model.npu} among the resources of the build. Does nothing when checkpoint, calibration data,
 * recipe and settings are those that the file was made from.
 */
@Mojo(name = "compile", defaultPhase = LifecyclePhase.PROCESS_RESOURCES, threadSafe = true)
public final class CompileMojo extends AbstractMojo {
    /**
     * Folder of the checkpoint (config.json, model.safetensors, tokenizer.json, and eval/qa.jsonl to calibrate on), or a .jar or .zip
     * file with one inside.
     */
    @Parameter(property = "autoneural.checkpoint")
    private File checkpoint;

    /** Coordinates of an artifact with a checkpoint inside, group:artifact[:extension[:classifier]]:version; instead of checkpoint. */
    @Parameter(property = "autoneural.checkpointArtifact")
    private String checkpointArtifact;

    /** Folder of the checkpoint inside the archive or artifact; its root by default. */
    @Parameter(property = "autoneural.checkpointPath", defaultValue = "")
    private String checkpointPath;

    /** The compiled model. */
    @Parameter(property = "autoneural.output", defaultValue = "${project.build.outputDirectory}/model.npu", required = true)
    private File output;

    /** Preset or JSON file that says what is quantized to how many bits. */
    @Parameter(property = "autoneural.recipe", defaultValue = "w8a16-w4a16")
    private String recipe;

    /** Target to compile for. */
    @Parameter(property = "autoneural.target", defaultValue = "sim")
    private String target;

    /** A qa.jsonl to calibrate on; by default the checkpoint's own. */
    @Parameter(property = "autoneural.calibration")
    private File calibration;

    /** Most tokens of a conversation; by default the model's own limit, at most 4096. */
    @Parameter(property = "autoneural.context")
    private Integer context;

    /** Compile even when nothing has changed. */
    @Parameter(property = "autoneural.force", defaultValue = "false")
    private boolean force;

    /** Do nothing. */
    @Parameter(property = "autoneural.skip", defaultValue = "false")
    private boolean skip;

    @Parameter(defaultValue = "${project.build.directory}/autoneural", readonly = true, required = true)
    private File workFolder;

    @Parameter(defaultValue = "${session}", readonly = true)
    private MavenSession session;

    @Parameter(defaultValue = "${project.remoteProjectRepositories}", readonly = true)
    private List<RemoteRepository> remotes;

    private final RepositorySystem repositories;

    /** @param repositories given by Maven */
    @Inject
    public CompileMojo(RepositorySystem repositories) {
        this.repositories = repositories;
    }

    @Override
    public void execute() throws MojoExecutionException, MojoFailureException {
        if (skip) {
            getLog().info("autoneural:compile is skipped");
            return;
        }
        Path folder = new ModelParameters(Optional.ofNullable(checkpoint), Optional.ofNullable(checkpointArtifact),
                Optional.ofNullable(checkpointPath).orElse(""), workFolder.toPath())
                .folder(new ModelParameters.Repositories(repositories, session, remotes));
        Path record = workFolder.toPath().resolve(output.getName() + ".inputs");
        try {
            Fingerprint inputs = inputs(folder);
            if (isUpToDate(inputs, record)) {
                getLog().info(output + " is up to date: all inputs and settings are those it was made from");
                return;
            }
            compile(folder);
            inputs.withFile("result", output.toPath()).write(record);
        } catch (IOException e) {
            throw new MojoExecutionException("autoneural:compile: " + e.getMessage(), e);
        }
    }

    private Fingerprint inputs(Path folder) throws IOException {
        Fingerprint inputs = new Fingerprint().with("compiler", Compiler.VERSION).with("recipe", recipe).with("target", target)
                .with("context", context).withFolder("checkpoint", folder);
        if (Files.isRegularFile(Path.of(recipe))) {
            inputs.withFile("recipe file", Path.of(recipe));
        }
        if (calibration != null && calibration.isFile()) {
            // The pictures lie beside the questions.
            inputs.withFolder("calibration", calibration.getAbsoluteFile().getParentFile().toPath());
        }
        return inputs;
    }

    private boolean isUpToDate(Fingerprint inputs, Path record) throws IOException {
        if (force) {
            getLog().info("compiling: <force> is set");
            return false;
        }
        if (!output.isFile()) {
            getLog().info("compiling: there is no " + output + " yet");
            return false;
        }
        List<String> changes = inputs.withFile("result", output.toPath()).changesSince(record);
        if (!changes.isEmpty()) {
            getLog().info("compiling: " + changes.get(0) + (changes.size() > 1 ? ", and " + (changes.size() - 1) + " more changes" : ""));
        }
        return changes.isEmpty();
    }

    private void compile(Path folder) throws MojoFailureException, IOException {
        Files.createDirectories(output.getAbsoluteFile().getParentFile().toPath());
        CompileOptions options = CompileOptions.of(folder).withRecipe(recipe).withTarget(target);
        if (calibration != null) {
            options = options.withCalibration(calibration.toPath());
        }
        if (context != null) {
            options = options.withContext(context);
        }
        try {
            Backends.target(target);
        } catch (IllegalArgumentException e) {
            throw new MojoFailureException("<target> " + target + ": " + e.getMessage(), e);
        }
        try (Compiler compiler = open(options)) {
            CompileReport report = compiler.compile(output.toPath());
            getLog().info(report.file() + ", " + report.sizeBytes() + " bytes");
            report.lines().forEach(getLog()::info);
        } catch (QaException e) {
            throw new MojoFailureException((calibration == null ? source() : "<calibration> " + calibration) + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new MojoFailureException(source() + ": " + e.getMessage(), e);
        }
    }

    private Compiler open(CompileOptions options) throws MojoFailureException {
        try {
            return new Compiler(options, (step, done, total) -> {
                if (done == total) {
                    getLog().info(step);
                }
            });
        } catch (CheckpointException e) {
            throw new MojoFailureException(source() + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            // Target and checkpoint are in order, so it is the recipe.
            throw new MojoFailureException("<recipe> " + recipe + ": " + e.getMessage(), e);
        }
    }

    /** The parameter that the checkpoint comes from, and its value. */
    private String source() {
        return checkpoint != null ? "<checkpoint> " + checkpoint : "<checkpointArtifact> " + checkpointArtifact;
    }
}
