package org.autoneural.maven;

import java.io.File;
import java.util.List;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.autoneural.artifact.Artifact;
import org.autoneural.backend.Backends;
import org.autoneural.backend.Diagnostic;

/** Holds a compiled model against what a target can execute; fails the build when a node is refused. Needs no vendor's tools. */
@Mojo(name = "check", defaultPhase = LifecyclePhase.VERIFY, threadSafe = true)
public final class CheckMojo extends AbstractMojo {
    /** The compiled model. */
    @Parameter(property = "autoneural.model", defaultValue = "${project.build.outputDirectory}/model.npu", required = true)
    private File model;

    /** Target to check for. */
    @Parameter(property = "autoneural.checkTarget", defaultValue = "qnn-sa8295p")
    private String target;

    /** Do nothing. */
    @Parameter(property = "autoneural.skip", defaultValue = "false")
    private boolean skip;

    @Override
    public void execute() throws MojoFailureException {
        if (skip) {
            getLog().info("autoneural:check is skipped");
            return;
        }
        Backends.Choice choice;
        try {
            choice = Backends.target(target);
        } catch (IllegalArgumentException e) {
            throw new MojoFailureException("<target> " + target + ": " + e.getMessage(), e);
        }
        List<Diagnostic> findings;
        try (Artifact artifact = Artifact.open(model.toPath())) {
            findings = choice.backend().check(artifact.program(), choice.target());
        } catch (RuntimeException e) {
            throw new MojoFailureException("<model> " + model + ": " + e.getMessage(), e);
        }
        long refused = findings.stream().filter(d -> d.severity() == Diagnostic.Severity.ERROR).count();
        findings.forEach(d -> {
            switch (d.severity()) {
                case ERROR -> getLog().error(d.toString());
                case WARNING -> getLog().warn(d.toString());
                case INFO -> getLog().info(d.toString());
            }
        });
        if (refused > 0) {
            throw new MojoFailureException("<target> " + target + " refuses " + refused + " nodes of " + model + "; each is listed above with its remedy");
        }
        getLog().info(target + " takes every node of " + model);
    }
}
