package org.autoneural.maven;

import java.io.File;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.CompileReport;
import org.autoneural.compiler.Compiler;

/** Compiles a checkpoint to a {@code model.npu} among the resources of the build. */
@Mojo(name = "compile", defaultPhase = LifecyclePhase.PROCESS_RESOURCES, threadSafe = true)
public final class CompileMojo extends AbstractMojo {
    /** Folder of the checkpoint: config.json, model.safetensors, tokenizer.json and eval/qa.jsonl to calibrate on. */
    @Parameter(property = "autoneural.checkpoint", required = true)
    private File checkpoint;

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

    @Override
    public void execute() throws MojoExecutionException {
        CompileOptions options = CompileOptions.of(checkpoint.toPath()).withRecipe(recipe).withTarget(target);
        if (calibration != null) {
            options = options.withCalibration(calibration.toPath());
        }
        try (Compiler compiler = new Compiler(options, (step, done, total) -> {
            if (done == total) {
                getLog().info(step);
            }
        })) {
            CompileReport report = compiler.compile(output.toPath());
            getLog().info(report.file() + ", " + report.sizeBytes() + " bytes");
            report.lines().forEach(getLog()::info);
        } catch (RuntimeException e) {
            throw new MojoExecutionException("cannot compile <checkpoint> " + checkpoint + ": " + e.getMessage(), e);
        }
    }
}
