package org.autoneural.ir.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Op;

/** Reads the textual form that {@link IrPrinter} writes. */
public final class IrParser {
    private final Scanner scanner;
    private final Function<String, TensorData> externals;
    private final List<String> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final List<StateBinding> states = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, TensorType> types = new LinkedHashMap<>();
    private final Map<String, TensorData> constants = new LinkedHashMap<>();

    private IrParser(String text, Function<String, TensorData> externals) {
        this.scanner = new Scanner(text);
        this.externals = externals;
    }

    /** Parses a graph whose constants are all in the text; {@link IrSyntaxException} otherwise. */
    public static Graph parse(String text) {
        return parse(text, name -> {
            throw new IllegalArgumentException("constant %" + name + " is external: its data must be given beside the text");
        });
    }

    /**
     * Parses a graph.
     *
     * @param externals gives the data of constants that the text calls {@code external}
     * @throws IrSyntaxException with line and column
     */
    public static Graph parse(String text, Function<String, TensorData> externals) {
        IrParser parser = new IrParser(text, externals);
        try {
            return parser.graph();
        } catch (IrSyntaxException e) {
            throw e;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw parser.scanner.error(e.getMessage());
        }
    }

    private Graph graph() {
        scanner.expect("graph");
        scanner.expect("@");
        String name = scanner.word();
        Stage stage = constant(Stage.values());
        scanner.expect("{");
        while (!scanner.accept("}")) {
            if (scanner.at("%")) {
                node();
            } else {
                declaration(scanner.word());
            }
        }
        scanner.expectEnd();
        return new Graph(name, stage, inputs, outputs, states, nodes, types, constants);
    }

    private void declaration(String keyword) {
        switch (keyword) {
            case "input" -> {
                String name = value();
                scanner.expect(":");
                types.put(name, type());
                inputs.add(name);
            }
            case "const" -> {
                String name = value();
                scanner.expect(":");
                TensorType type = type();
                types.put(name, type);
                scanner.expect("=");
                if (constants.put(name, scanner.at("[") ? elements(type) : external(name, type)) != null) {
                    throw scanner.error("constant %" + name + " is defined twice");
                }
            }
            case "output" -> outputs.add(value());
            case "state" -> {
                String input = value();
                scanner.expect("->");
                states.add(new StateBinding(input, value()));
            }
            default -> throw scanner.error("expected input, const, output, state or a node, found '" + keyword + "'");
        }
    }

    private void node() {
        List<String> results = values();
        scanner.expect("=");
        String opName = scanner.word();
        scanner.expect("(");
        List<String> operands = scanner.at(")") ? List.of() : values();
        scanner.expect(")");
        Op op = Attributes.parse(opName, scanner);
        scanner.expect(":");
        for (int i = 0; i < results.size(); i++) {
            if (i > 0) {
                scanner.expect(",");
            }
            types.put(results.get(i), type());
        }
        String source = scanner.accept("from") ? scanner.quoted() : "";
        nodes.add(new Node(op, operands, results, source));
    }

    private List<String> values() {
        List<String> values = new ArrayList<>(List.of(value()));
        while (scanner.accept(",")) {
            values.add(value());
        }
        return values;
    }

    private String value() {
        scanner.expect("%");
        return scanner.word();
    }

    private TensorType type() {
        DType dtype = DType.parse(scanner.word());
        List<Integer> dims = new ArrayList<>();
        scanner.expect("[");
        while (!scanner.accept("]")) {
            if (!dims.isEmpty()) {
                scanner.expect(",");
            }
            dims.add(integer());
        }
        TensorType type = TensorType.of(dtype, new Shape(dims));
        return scanner.at("{") ? type.withQuant(encoding()) : type;
    }

    private QuantParams encoding() {
        scanner.expect("{");
        DType storage = DType.parse(scanner.word());
        scanner.expect(",");
        boolean perChannel = scanner.accept("axis");
        int axis = perChannel ? integer() : QuantParams.PER_TENSOR;
        double[] scales;
        if (perChannel) {
            scanner.expect(",");
            scales = doubles();
        } else {
            scales = new double[] {number()};
        }
        scanner.expect(",");
        scanner.expect("zero");
        int zero = integer();
        scanner.expect(",");
        QuantParams.Origin origin = constant(QuantParams.Origin.values());
        scanner.expect("}");
        return perChannel ? QuantParams.perChannel(storage, axis, scales, origin)
                : QuantParams.perTensor(storage, scales[0], zero, origin);
    }

    private double[] doubles() {
        List<Double> values = new ArrayList<>();
        scanner.expect("[");
        while (!scanner.accept("]")) {
            if (!values.isEmpty()) {
                scanner.expect(",");
            }
            values.add(number());
        }
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private TensorData elements(TensorType type) {
        int n = Math.toIntExact(type.shape().elements());
        if (n > scanner.remaining()) {
            throw scanner.error("a constant of " + n + " elements cannot stand in the rest of the text");
        }
        Tensor tensor = Tensor.zeros(type.dtype(), type.shape());
        scanner.expect("[");
        for (int i = 0; i < n; i++) {
            if (i > 0) {
                scanner.expect(",");
            }
            if (type.dtype().isFloat()) {
                tensor.setFloat(i, Float.parseFloat(scanner.word()));
            } else {
                tensor.setLong(i, Long.parseLong(scanner.word()));
            }
        }
        scanner.expect("]");
        return tensor;
    }

    private TensorData external(String name, TensorType type) {
        scanner.expect("external");
        TensorData data = externals.apply(name);
        if (!data.shape().equals(type.shape())) {
            throw scanner.error("constant %" + name + " has shape " + data.shape() + ", the text says " + type.shape());
        }
        return data;
    }

    /** The one of {@code constants} whose lower-case name stands next. */
    private <E extends Enum<E>> E constant(E[] constants) {
        String word = scanner.word();
        List<String> names = new ArrayList<>();
        for (E constant : constants) {
            names.add(constant.name().toLowerCase(Locale.ROOT));
        }
        if (!names.contains(word)) {
            throw scanner.error("found '" + word + "'; allowed: one of " + names);
        }
        return constants[names.indexOf(word)];
    }

    private int integer() {
        String word = scanner.word();
        try {
            return Integer.parseInt(word);
        } catch (NumberFormatException e) {
            throw scanner.error("expected a whole number, found '" + word + "'");
        }
    }

    private double number() {
        String word = scanner.word();
        try {
            return Double.parseDouble(word);
        } catch (NumberFormatException e) {
            throw scanner.error("expected a number, found '" + word + "'");
        }
    }
}
