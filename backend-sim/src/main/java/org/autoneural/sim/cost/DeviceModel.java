package org.autoneural.sim.cost;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.autoneural.backend.LatencyEstimate;
import org.autoneural.backend.LatencyEstimate.Bound;
import org.autoneural.backend.LatencyEstimate.NodeEstimate;
import org.autoneural.backend.LatencyModel;
import org.autoneural.backend.Precision;
import org.autoneural.backend.Target;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Stage;
import org.autoneural.ir.op.Engine;

/** The latency model of the SA8295P. */
public final class DeviceModel implements LatencyModel {
    private static final String DEVICE = "sa8295p";

    private final Architecture architecture;
    private final Speeds speeds;
    private final double lowFactor;
    private final double highFactor;

    /** For {@link java.util.ServiceLoader}. */
    public DeviceModel() {
        architecture = Architecture.read(DEVICE);
        var frozen = Architecture.properties(DEVICE + "-speeds.properties");
        speeds = Speeds.of(frozen);
        lowFactor = Architecture.number(frozen, "lowFactor");
        highFactor = Architecture.number(frozen, "highFactor");
    }

    @Override
    public Target target() {
        return new Target(architecture.name(), architecture.description());
    }

    @Override
    public LatencyEstimate estimate(Graph graph) {
        requireStage(graph, Stage.INTEGER, "say in which precision a float graph is stored");
        return estimate(graph, Optional.empty());
    }

    @Override
    public LatencyEstimate estimate(Graph graph, Precision precision) {
        requireStage(graph, Stage.FLOAT, "an integer graph has a precision of its own");
        return estimate(graph, Optional.of(precision));
    }

    private static void requireStage(Graph graph, Stage stage, String remedy) {
        if (graph.stage() != stage) {
            throw new IllegalArgumentException("graph " + graph.name() + " is at stage " + graph.stage().text() + " where "
                    + stage.text() + " is needed; " + remedy);
        }
    }

    private LatencyEstimate estimate(Graph graph, Optional<Precision> precision) {
        WorkTable table = WorkCounter.count(architecture, graph, precision);
        Schedule schedule = Schedule.of(table, speeds, architecture.roomBytes());
        List<NodeEstimate> nodes = new ArrayList<>();
        for (int i = 0; i < table.nodes().size(); i++) {
            NodeWork node = table.nodes().get(i);
            nodes.add(node(node, schedule, i));
        }
        long bytes = table.nodes().stream().mapToLong(NodeWork::ddrBytes).sum();
        long onChip = table.nodes().stream().mapToLong(NodeWork::onChipBytes).max().orElse(0);
        double ms = schedule.totalMs();
        return new LatencyEstimate(architecture.name(), graph.name(), ms, ms * lowFactor, ms * highFactor, schedule.serialMs(),
                table.macs(), bytes, Math.min(onChip, architecture.onChipBytes()), nodes);
    }

    private NodeEstimate node(NodeWork work, Schedule schedule, int i) {
        boolean matrix = work.engine() == Engine.MATRIX;
        double engine = work.free() ? 0 : Schedule.engineMs(work, speeds);
        double memory = work.ddrBytes() / speeds.ddrBytesPerMs();
        double issue = work.free() ? 0 : speeds.issueMs();
        Bound bound = memory > engine && memory > issue ? Bound.MEMORY : issue > engine ? Bound.ISSUE : matrix ? Bound.MATRIX : Bound.VECTOR;
        return new NodeEstimate(work.node().name(), work.node().op().name(), work.node().source(), work.engine(), schedule.startMs()[i],
                schedule.endMs()[i], schedule.fetchMs()[i], schedule.movedMs()[i], matrix ? engine : 0, matrix ? 0 : engine, memory,
                work.macs(), work.ddrBytes(), work.onChipBytes(), bound,
                work.paddedMacs() == 0 ? 0 : (double) work.macs() / work.paddedMacs());
    }
}
