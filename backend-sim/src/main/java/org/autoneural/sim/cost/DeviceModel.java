package org.autoneural.sim.cost;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.autoneural.backend.LatencyEstimate;
import org.autoneural.backend.LatencyEstimate.Bound;
import org.autoneural.backend.LatencyEstimate.NodeEstimate;
import org.autoneural.backend.LatencyModel;
import org.autoneural.backend.Measurement;
import org.autoneural.backend.Precision;
import org.autoneural.backend.Target;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Stage;

/** The latency model of the SA8295P. */
public final class DeviceModel implements LatencyModel {
    private static final String DEVICE = "sa8295p";

    private final Architecture architecture;
    private final Frozen frozen;

    /** For {@link java.util.ServiceLoader}. */
    public DeviceModel() {
        this(Architecture.read(DEVICE), Frozen.read(DEVICE));
    }

    private DeviceModel(Architecture architecture, Frozen frozen) {
        this.architecture = architecture;
        this.frozen = frozen;
    }

    @Override
    public LatencyModel calibrated(List<Measurement> measurements) {
        if (measurements.isEmpty()) {
            throw new IllegalArgumentException("no measurements to calibrate on");
        }
        List<Observation> observations = measurements.stream().map(m -> Observation.of(architecture, m)).toList();
        double[] fitted = SpeedFit.fit(observations, SpeedFit.around(frozen.speeds()), SpeedFit.vector(frozen.speeds()),
                architecture.roomBytes());
        return new DeviceModel(architecture, new Frozen(SpeedFit.speeds(fitted), frozen.intervals()));
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
        Schedule schedule = Schedule.of(table, frozen.speeds(), architecture.roomBytes());
        List<NodeEstimate> nodes = new ArrayList<>();
        for (int i = 0; i < table.nodes().size(); i++) {
            NodeWork node = table.nodes().get(i);
            nodes.add(node(node, schedule, i));
        }
        long bytes = table.nodes().stream().mapToLong(NodeWork::ddrBytes).sum();
        long onChip = table.nodes().stream().mapToLong(NodeWork::onChipBytes).max().orElse(0);
        double ms = schedule.totalMs();
        MacClass widths = widths(table);
        Frozen.Interval interval = frozen.intervals().get(widths);
        double low = ms * interval.low(), high = ms * interval.high();
        if (graph.name().equals("decode")) {
            // No measurement of the calibration is a decoder: from what the bus can carry to what today's software gets from it.
            low = Math.min(ms, bytes * 1e3 / architecture.peakDdrBytesPerSecond());
            high = Math.max(ms, bytes * 1e3 / architecture.stockDecodeBytesPerSecond());
        }
        return new LatencyEstimate(architecture.name(), graph.name(), ms, low, high, schedule.serialMs(),
                table.macs(), bytes, Math.min(onChip, architecture.onChipBytes()), limits(widths), nodes);
    }

    /** Those of most multiply-adds. */
    private static MacClass widths(WorkTable table) {
        Map<MacClass, Long> macs = new EnumMap<>(MacClass.class);
        table.nodes().forEach(n -> macs.merge(n.macClass(), n.macs(), Long::sum));
        return Collections.max(macs.entrySet(), Map.Entry.comparingByValue()).getKey();
    }

    private LatencyEstimate.Limits limits(MacClass widths) {
        return new LatencyEstimate.Limits(frozen.speeds().macsPerMs().get(widths), frozen.speeds().ddrBytesPerMs(), architecture.onChipBytes());
    }

    private NodeEstimate node(NodeWork work, Schedule schedule, int i) {
        Speeds speeds = frozen.speeds();
        double matrix = Schedule.matrixMs(work, speeds), vector = Schedule.vectorMs(work, speeds);
        double memory = work.ddrBytes() / speeds.ddrBytesPerMs();
        double issue = Schedule.issueMs(work, speeds);
        Bound bound = memory > matrix + vector && memory > issue ? Bound.MEMORY : issue > matrix + vector ? Bound.ISSUE
                : matrix > vector ? Bound.MATRIX : Bound.VECTOR;
        return new NodeEstimate(work.node().name(), work.node().op().name(), work.node().source(), work.engine(), schedule.startMs()[i],
                schedule.endMs()[i], schedule.fetchMs()[i], schedule.movedMs()[i], matrix, vector, memory,
                work.macs(), work.ddrBytes(), work.onChipBytes(), bound,
                work.paddedMacs() == 0 ? 0 : (double) work.macs() / work.paddedMacs());
    }
}
