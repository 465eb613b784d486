package org.autoneural.maven;

import java.io.File;
import java.util.Locale;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.CompiledAnswers;
import org.autoneural.compiler.EncoderError;
import org.autoneural.compiler.Evaluation;
import org.autoneural.compiler.Progress;
import org.autoneural.compiler.QaSet;
import org.autoneural.runtime.CompiledModel;

/**
 * Gates on accuracy: asks the compiled model the questions of a {@code qa.jsonl} and fails the build when too few answers are exactly
 * right, or when the vision encoder departs too far from the float reference.
 */
@Mojo(name = "verify", defaultPhase = LifecyclePhase.VERIFY, threadSafe = true)
public final class VerifyMojo extends AbstractMojo {
    /** The compiled model. */
    @Parameter(property = "autoneural.model", defaultValue = "${project.build.outputDirectory}/model.npu", required = true)
    private File model;

    /** Questions with their right answers, one JSON object a line; its split test counts when it has one. */
    @Parameter(property = "autoneural.questions", required = true)
    private File questions;

    /** Least share of exactly right answers, 0 to 1. */
    @Parameter(property = "autoneural.minAccuracy", defaultValue = "0")
    private double minAccuracy;

    /** Least signal-to-noise ratio of the vision encoder against float, in dB, as a mean over the pictures; not measured by default. */
    @Parameter(property = "autoneural.minSqnrDb")
    private Double minSqnrDb;

    /** Folder of the checkpoint that the model was made from, needed with minSqnrDb. */
    @Parameter(property = "autoneural.checkpoint")
    private File checkpoint;

    /** Recipe that the model was made with; for minSqnrDb. */
    @Parameter(property = "autoneural.recipe", defaultValue = "w8a16-w4a16")
    private String recipe;

    /** Do nothing. */
    @Parameter(property = "autoneural.skip", defaultValue = "false")
    private boolean skip;

    @Override
    public void execute() throws MojoFailureException {
        if (skip) {
            getLog().info("autoneural:verify is skipped");
            return;
        }
        if (!(minAccuracy >= 0 && minAccuracy <= 1)) {
            throw new MojoFailureException("<minAccuracy> is " + minAccuracy + "; allowed: 0 to 1");
        }
        if (minSqnrDb != null && checkpoint == null) {
            throw new MojoFailureException("<minSqnrDb> is given without <checkpoint>: the float reference is made from the checkpoint");
        }
        QaSet set;
        try {
            set = QaSet.read(questions.toPath()).reported();
        } catch (RuntimeException e) {
            throw new MojoFailureException("<questions> " + questions + ": " + e.getMessage(), e);
        }
        checkAccuracy(set);
        if (minSqnrDb != null) {
            checkEncoder(set);
        }
    }

    private void checkAccuracy(QaSet set) throws MojoFailureException {
        Evaluation evaluation;
        // The questions share the processors, so each run is on one thread.
        try (CompiledModel compiled = CompiledModel.load(model.toPath(), new ExecutionOptions(1, ExecutionOptions.defaults().kernels()))) {
            evaluation = Evaluation.run(set, new CompiledAnswers(compiled), Evaluation.DEFAULT_MAX_TOKENS,
                    Runtime.getRuntime().availableProcessors(), Progress.silent());
        } catch (RuntimeException e) {
            throw new MojoFailureException("<model> " + model + ": " + e.getMessage(), e);
        }
        Evaluation.Tally total = evaluation.total();
        getLog().info(String.format(Locale.ROOT, "%d of %d answers are exactly right: %.4f", total.correct(), total.count(), total.accuracy()));
        if (total.accuracy() < minAccuracy) {
            evaluation.misses().stream().limit(10).forEach(m -> getLog().error("line " + m.line().number() + ": " + m.line().question()
                    + " - right: " + m.line().answer() + " - found: " + m.found()));
            throw new MojoFailureException(String.format(Locale.ROOT, "accuracy is %.4f, below <minAccuracy> %s", total.accuracy(), minAccuracy));
        }
    }

    private void checkEncoder(QaSet set) throws MojoFailureException {
        EncoderError error;
        try {
            error = EncoderError.measure(CompileOptions.of(checkpoint.toPath()).withRecipe(recipe), set.pictures(), Progress.silent());
        } catch (RuntimeException e) {
            throw new MojoFailureException("<checkpoint> " + checkpoint + ": " + e.getMessage(), e);
        }
        getLog().info(String.format(Locale.ROOT, "vision encoder against float, %d pictures: %.2f dB, worst %.2f dB", error.pictures(),
                error.sqnrDb(), error.worstSqnrDb()));
        if (error.sqnrDb() < minSqnrDb) {
            throw new MojoFailureException(String.format(Locale.ROOT, "the vision encoder has %.2f dB, below <minSqnrDb> %s", error.sqnrDb(), minSqnrDb));
        }
    }
}
