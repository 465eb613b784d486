package org.autoneural.maven;

import java.io.File;
import java.util.List;
import java.util.Locale;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.autoneural.artifact.Artifact;
import org.autoneural.backend.LatencyEstimate;
import org.autoneural.backend.LatencyModel;
import org.autoneural.backend.LatencyModels;
import org.autoneural.ir.Graph;

/**
 * Estimates how long a compiled model takes on a device, and fails the build when a budget is exceeded. What it prints is an estimate
 * with its 80 % interval, not a measurement.
 */
@Mojo(name = "estimate", defaultPhase = LifecyclePhase.VERIFY, threadSafe = true)
public final class EstimateMojo extends AbstractMojo {
    /** The compiled model. */
    @Parameter(property = "autoneural.model", defaultValue = "${project.build.outputDirectory}/model.npu", required = true)
    private File model;

    /** Device to estimate for. */
    @Parameter(property = "autoneural.device", defaultValue = "sa8295p")
    private String device;

    /** Entry point that the budget is for: vision, prefill or decode. All are printed. */
    @Parameter(property = "autoneural.entryPoint", defaultValue = "vision")
    private String entryPoint;

    /** Most milliseconds that one run of the entry point may take, by the upper end of the interval; no limit by default. */
    @Parameter(property = "autoneural.budgetMs")
    private Double budgetMs;

    /** Do nothing. */
    @Parameter(property = "autoneural.skip", defaultValue = "false")
    private boolean skip;

    @Override
    public void execute() throws MojoFailureException {
        if (skip) {
            getLog().info("autoneural:estimate is skipped");
            return;
        }
        if (budgetMs != null && !(budgetMs > 0)) {
            throw new MojoFailureException("<budgetMs> is " + budgetMs + "; allowed: above 0");
        }
        LatencyModel latency;
        try {
            latency = LatencyModels.of(device);
        } catch (IllegalArgumentException e) {
            throw new MojoFailureException("<device> " + device + ": " + e.getMessage(), e);
        }
        try (Artifact artifact = Artifact.open(model.toPath())) {
            List<Graph> graphs = artifact.program().entryPoints();
            if (graphs.stream().noneMatch(g -> g.name().equals(entryPoint))) {
                throw new MojoFailureException("<entryPoint> is " + entryPoint + "; the model has " + graphs.stream().map(Graph::name).toList());
            }
            for (Graph graph : graphs) {
                LatencyEstimate estimate = latency.estimate(graph);
                getLog().info(String.format(Locale.ROOT, "%s on %s: %.2f ms, 80 %% interval %.2f to %.2f ms (estimate)", graph.name(), device,
                        estimate.latencyMs(), estimate.lowMs(), estimate.highMs()));
                if (graph.name().equals(entryPoint) && budgetMs != null && estimate.highMs() > budgetMs) {
                    throw new MojoFailureException(String.format(Locale.ROOT, "<budgetMs> of %s is exceeded: the interval of %s on %s ends at %.2f ms",
                            budgetMs, entryPoint, device, estimate.highMs()));
                }
            }
        } catch (RuntimeException e) {
            throw new MojoFailureException("<model> " + model + ": " + e.getMessage(), e);
        }
    }
}
