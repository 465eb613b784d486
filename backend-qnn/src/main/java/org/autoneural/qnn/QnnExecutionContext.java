package org.autoneural.qnn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.autoneural.backend.BackendException;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.backend.TensorListener;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.TensorType;
import org.autoneural.qnn.binding.GraphInfo;
import org.autoneural.qnn.binding.GraphInfo.TensorInfo;
import org.autoneural.qnn.binding.LoadedContext;
import org.autoneural.qnn.binding.NativeMemory;
import org.autoneural.qnn.graph.DataType;
import org.autoneural.qnn.graph.QnnProgram.EntryPoint;
import org.autoneural.qnn.graph.QnnProgram.Step;

/**
 * One conversation's memory. Every graph is bound to its memory once. A state has two memories, of which a run reads one and
 * writes the other; each graph that touches states is bound twice, once each way, so no state is ever copied.
 */
final class QnnExecutionContext implements ExecutionContext {
    private final QnnExecutable executable;
    private final List<NativeMemory> memories = new ArrayList<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, State> states = new LinkedHashMap<>();
    /** Which memory of the states holds what they are now. */
    private int current;
    private boolean open = true;

    /** A state's two memories, and its Java side while a caller has it. */
    private static final class State {
        private final Mirror mirror;
        private final NativeMemory[] memory = new NativeMemory[2];
        private boolean shown;

        State(Mirror mirror) {
            this.mirror = mirror;
        }
    }

    /** A tensor that a graph reads or writes. */
    private record Port(Mirror mirror, NativeMemory memory) {}

    /** One entry point's graphs, {@code runs[w]} bound to read states from memory w. */
    private static final class Entry {
        private final Graph graph;
        private final List<String> names = new ArrayList<>();
        private final List<List<LoadedContext.Execution>> runs = List.of(new ArrayList<>(), new ArrayList<>());
        private final Map<String, Port> inputs = new LinkedHashMap<>();
        private final Map<String, Port> outputs = new LinkedHashMap<>();
        /** Values that the graphs give beside their outputs, with the steps of the integer graph. */
        private final Map<String, Port> shown = new LinkedHashMap<>();
        private final Map<String, NativeMemory> between = new LinkedHashMap<>();
        /** States by the names of the values that a run leaves in them. */
        private final Map<String, String> stateOutputs = new LinkedHashMap<>();

        Entry(Graph graph) {
            this.graph = graph;
            graph.states().forEach(s -> stateOutputs.put(s.output(), s.input()));
        }
    }

    QnnExecutionContext(QnnExecutable executable) {
        this.executable = executable;
        try {
            for (EntryPoint entryPoint : executable.manifest().entryPoints()) {
                // Put down first: what is made before a failure is closed.
                Entry entry = new Entry(executable.program().entryPoint(entryPoint.name()));
                entries.put(entryPoint.name(), entry);
                fill(entry, entryPoint);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        states.values().forEach(QnnExecutionContext::clear);
    }

    private static void clear(State state) {
        TensorBuffer buffer = state.mirror.buffer();
        buffer.fill(buffer.type().quant().map(QuantParams::zeroPoint).orElse(0));
        state.mirror.writeTo(state.memory[0].buffer());
    }

    // ---- set-up ----

    private void fill(Entry entry, EntryPoint entryPoint) {
        Graph graph = entry.graph;
        for (Step step : entryPoint.graphs()) {
            LoadedContext context = executable.context(step.context());
            List<GraphInfo> graphs = context.info().graphs();
            int number = graphs.stream().map(GraphInfo::name).toList().indexOf(step.graph());
            if (number < 0) {
                throw new BackendException("context " + step.context() + " has no graph " + step.graph());
            }
            GraphInfo info = graphs.get(number);
            entry.names.add(info.name());
            boolean stateful = info.inputs().stream().anyMatch(t -> isState(graph, t.name()))
                    || info.outputs().stream().anyMatch(t -> entry.stateOutputs.containsKey(t.name()));
            LoadedContext.Execution first = bound(context, number, info, entry, 0);
            entry.runs.get(0).add(first);
            entry.runs.get(1).add(stateful ? bound(context, number, info, entry, 1) : first);
        }
        // What no graph reads, a caller still fills.
        graph.inputs().stream().filter(i -> !isState(graph, i)).forEach(i -> entry.inputs.computeIfAbsent(i, k -> unread(graph.type(i))));
        for (String output : graph.outputs()) {
            if (!entry.outputs.containsKey(output) && !entry.stateOutputs.containsKey(output)) {
                throw new BackendException("no context binary of entry point " + graph.name() + " gives its output " + output + ". Compile the model again");
            }
        }
    }

    private Port unread(TensorType type) {
        int code = switch (type.dtype()) {
            case S8, U8 -> DataType.U8.code();
            case S16 -> DataType.U16.code();
            default -> DataType.I32.code();
        };
        TensorInfo like = new TensorInfo("", code, type.shape().dims(), Optional.empty(), 0);
        return new Port(Mirror.of(type, like), memory(like));
    }

    private static boolean isState(Graph graph, String input) {
        return graph.states().stream().map(StateBinding::input).anyMatch(input::equals);
    }

    private LoadedContext.Execution bound(LoadedContext context, int number, GraphInfo info, Entry entry, int from) {
        LoadedContext.Execution execution = context.newExecution(number);
        try {
            for (int i = 0; i < info.inputs().size(); i++) {
                execution.bindInput(i, inputMemory(info.inputs().get(i), entry, from));
            }
            for (int o = 0; o < info.outputs().size(); o++) {
                execution.bindOutput(o, outputMemory(info.outputs().get(o), entry, 1 - from));
            }
            return execution;
        } catch (RuntimeException e) {
            execution.close();
            throw e;
        }
    }

    private NativeMemory inputMemory(TensorInfo tensor, Entry entry, int from) {
        String name = tensor.name();
        if (isState(entry.graph, name)) {
            return state(name, tensor, entry).memory[from];
        }
        if (entry.graph.inputs().contains(name)) {
            return entry.inputs.computeIfAbsent(name, n -> port(entry.graph.type(n), tensor)).memory();
        }
        NativeMemory earlier = Optional.ofNullable(entry.between.get(name)).orElseGet(() -> Optional.ofNullable(entry.outputs.get(name)).map(Port::memory)
                .orElse(null));
        if (earlier == null) {
            throw new BackendException("graph input " + name + " of entry point " + entry.graph.name() + " is given by no caller and no earlier graph."
                    + " Compile the model again");
        }
        return earlier;
    }

    private NativeMemory outputMemory(TensorInfo tensor, Entry entry, int to) {
        String name = tensor.name();
        String state = entry.stateOutputs.get(name);
        if (state != null) {
            return state(state, tensor, entry).memory[to];
        }
        if (entry.graph.outputs().contains(name)) {
            return entry.outputs.computeIfAbsent(name, n -> port(entry.graph.type(n), tensor)).memory();
        }
        NativeMemory memory = entry.between.computeIfAbsent(name, n -> memory(tensor));
        TensorType type = entry.graph.types().get(name);
        if (type != null && Mirror.corresponds(type, tensor)) {
            entry.shown.computeIfAbsent(name, n -> new Port(Mirror.of(type, tensor), memory));
        }
        return memory;
    }

    private State state(String name, TensorInfo tensor, Entry entry) {
        return states.computeIfAbsent(name, n -> {
            State state = new State(Mirror.of(entry.graph.type(n), tensor));
            state.memory[0] = memory(tensor);
            state.memory[1] = memory(tensor);
            return state;
        });
    }

    private Port port(TensorType type, TensorInfo tensor) {
        return new Port(Mirror.of(type, tensor), memory(tensor));
    }

    private NativeMemory memory(TensorInfo tensor) {
        long elements = tensor.dims().stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
        NativeMemory memory = new NativeMemory(elements * DataType.of(tensor.type()).sizeBytes());
        memories.add(memory);
        return memory;
    }

    // ---- use ----

    @Override
    public TensorBuffer input(String entryPoint, String input) {
        return find(entry(entryPoint).inputs, input, "entry point " + entryPoint, "input").mirror().buffer();
    }

    @Override
    public TensorBuffer output(String entryPoint, String output) {
        Entry entry = entry(entryPoint);
        String state = entry.stateOutputs.get(output);
        return state != null ? state(state) : find(entry.outputs, output, "entry point " + entryPoint, "output").mirror().buffer();
    }

    @Override
    public Set<String> states() {
        return Collections.unmodifiableSet(states.keySet());
    }

    /** Copied from the library's memory now, and back before the next run. */
    @Override
    public TensorBuffer state(String name) {
        State state = find(states, name, "the program", "state");
        requireOpen();
        if (!state.shown) {
            state.mirror.readFrom(state.memory[current].buffer());
            state.shown = true;
        }
        return state.mirror.buffer();
    }

    @Override
    public void run(String entryPoint) {
        Entry entry = entry(entryPoint);
        requireOpen();
        for (State state : states.values()) {
            if (state.shown) {
                state.mirror.writeTo(state.memory[current].buffer());
                state.shown = false;
            }
        }
        entry.inputs.values().forEach(port -> port.mirror().writeTo(port.memory().buffer()));
        List<LoadedContext.Execution> runs = entry.runs.get(current);
        for (int i = 0; i < runs.size(); i++) {
            executable.run(entry.names.get(i), runs.get(i));
        }
        if (!entry.stateOutputs.isEmpty()) {
            keepOthers(entry);
            current = 1 - current;
        }
        entry.outputs.values().forEach(port -> port.mirror().readFrom(port.memory().buffer()));
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException("this execution context is closed");
        }
    }

    /** States that this entry point does not write would be lost when the memories change places. */
    private void keepOthers(Entry entry) {
        for (Map.Entry<String, State> state : states.entrySet()) {
            if (!entry.stateOutputs.containsValue(state.getKey())) {
                NativeMemory[] memory = state.getValue().memory;
                memory[1 - current].buffer().put(0, memory[current].buffer(), 0, Math.toIntExact(memory[0].sizeBytes()));
            }
        }
    }

    /** Only what the graphs give can be shown: their outputs, and every value when the model was compiled so. */
    @Override
    public void run(String entryPoint, TensorListener listener) {
        run(entryPoint);
        Entry entry = entry(entryPoint);
        for (Node node : entry.graph.nodes()) {
            for (String value : node.outputs()) {
                shown(entry, value).ifPresent(tensor -> listener.computed(value, tensor));
            }
        }
    }

    private Optional<TensorBuffer> shown(Entry entry, String value) {
        if (entry.stateOutputs.containsKey(value)) {
            return Optional.of(state(entry.stateOutputs.get(value)));
        }
        if (entry.outputs.containsKey(value)) {
            return Optional.of(entry.outputs.get(value).mirror().buffer());
        }
        Optional<Port> port = Optional.ofNullable(entry.shown.get(value));
        port.ifPresent(p -> p.mirror().readFrom(p.memory().buffer()));
        return port.map(p -> p.mirror().buffer());
    }

    private Entry entry(String name) {
        return find(entries, name, "the program", "entry point");
    }

    private static <T> T find(Map<String, T> map, String name, String owner, String kind) {
        T found = map.get(name);
        if (found == null) {
            throw new IllegalArgumentException(owner + " has no " + kind + " '" + name + "'; there are " + map.keySet());
        }
        return found;
    }

    @Override
    public long sizeBytes() {
        return memories.stream().mapToLong(NativeMemory::sizeBytes).sum();
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            for (Entry entry : entries.values()) {
                entry.runs.forEach(runs -> runs.forEach(LoadedContext.Execution::close));
            }
            memories.forEach(NativeMemory::close);
        }
    }
}
