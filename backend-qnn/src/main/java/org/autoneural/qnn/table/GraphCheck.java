package org.autoneural.qnn.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.autoneural.qnn.graph.DataType;
import org.autoneural.qnn.graph.Encoding;
import org.autoneural.qnn.graph.Param;
import org.autoneural.qnn.graph.QnnGraph;
import org.autoneural.qnn.graph.QnnNode;
import org.autoneural.qnn.graph.QnnTensor;

/** Holds QNN graphs against the op table and the rules of a chip. */
public final class GraphCheck {
    /** Code of what the op table itself does not allow. */
    public static final String OP_TABLE = "OP-TABLE";
    private static final double BIAS_TOLERANCE = 1e-5;

    private final OpTable ops;
    private final HtpTable htp;
    private final List<Violation> found = new ArrayList<>();

    private GraphCheck(OpTable ops, HtpTable htp) {
        this.ops = ops;
        this.htp = htp;
    }

    /** Everything in {@code graph} that is not allowed; empty when it is legal. */
    public static List<Violation> of(QnnGraph graph, OpTable ops, HtpTable htp) {
        GraphCheck check = new GraphCheck(ops, htp);
        graph.nodes().forEach(node -> check.node(graph, node));
        return List.copyOf(check.found);
    }

    private void node(QnnGraph graph, QnnNode node) {
        Optional<OpDefinition> op = ops.op(node.type());
        List<QnnTensor> in = node.inputs().stream().map(graph::tensor).toList();
        List<QnnTensor> out = node.outputs().stream().map(graph::tensor).toList();
        if (op.isEmpty()) {
            add(OP_TABLE, node, "op " + node.type(), "ops of the HTP back end", "decompose it");
            return;
        }
        definition(node, op.get(), in, out);
        htp.rules().stream().filter(r -> r.holdsFor(node.type())).forEach(r -> rule(r, node, in, out));
    }

    private void definition(QnnNode node, OpDefinition op, List<QnnTensor> in, List<QnnTensor> out) {
        if (in.size() < op.leastInputs() || in.size() > op.mostInputs()) {
            add(OP_TABLE, node, in.size() + " inputs", op.leastInputs() + " to " + op.mostInputs(), "");
        }
        List<String> inTypes = in.stream().map(t -> t.type().text()).toList();
        List<String> outTypes = out.stream().map(t -> t.type().text()).toList();
        if (op.types().stream().noneMatch(t -> t.allow(inTypes, outTypes))) {
            add(OP_TABLE, node, "types " + inTypes + " -> " + outTypes, "those of the table for " + op.name(), "convert the operands");
        }
        for (OpDefinition.Parameter p : op.params()) {
            if (!p.optional() && node.param(p.name()).isEmpty()) {
                add(OP_TABLE, node, "no parameter " + p.name(), "one", "");
            }
        }
        for (Param param : node.params()) {
            if (op.param(param.name()).stream().noneMatch(p -> fits(p, param))) {
                add(OP_TABLE, node, "parameter " + param, op.param(param.name()).map(p -> p.types() + " " + p.dims().map(d -> "with dims " + d)
                        .orElse("scalar")).orElse("none of that name"), "");
            }
        }
    }

    private static boolean fits(OpDefinition.Parameter definition, Param given) {
        if (given instanceof Param.Scalar s) {
            return definition.dims().isEmpty() && definition.types().contains(s.type().text());
        }
        Param.Ints ints = (Param.Ints) given;
        return definition.types().contains(ints.type().text()) && definition.dims().filter(d -> d.size() == ints.dims().size()
                && IntStream.range(0, d.size()).allMatch(i -> d.get(i).map(ints.dims().get(i)::equals).orElse(true))).isPresent();
    }

    private void rule(Rule rule, QnnNode node, List<QnnTensor> in, List<QnnTensor> out) {
        List<String> a = rule.arguments();
        switch (rule.kind()) {
            case TYPE -> operands(a.get(0), in, out).stream().filter(t -> a.contains(t.type().text()))
                    .forEach(t -> add(rule, node, t.name() + " of " + t));
            case RANK -> operands(a.get(0), in, out).stream().filter(t -> t.dims().size() > Integer.parseInt(a.get(1)))
                    .forEach(t -> add(rule, node, t.name() + " of " + t));
            case SAME -> {
                Encoding wanted = operands(a.get(1), in, out).get(0).encoding();
                operands(a.get(0), in, out).stream().filter(t -> !t.encoding().equals(wanted))
                        .forEach(t -> add(rule, node, t.name() + " of " + t.encoding() + " against " + wanted));
            }
            case ENCODING -> {
                Encoding wanted = new Encoding.ScaleOffset(Float.parseFloat(a.get(2)), Integer.parseInt(a.get(3)));
                operands(a.get(0), in, out).stream().filter(t -> t.type().text().equals(a.get(1)) && !t.encoding().equals(wanted))
                        .forEach(t -> add(rule, node, t.name() + " of " + t));
            }
            case INPUTS -> {
                if (in.size() > Integer.parseInt(a.get(0))) {
                    add(rule, node, in.size() + " inputs");
                }
            }
            case PARAM -> node.param(a.get(0)).filter(p -> !(p instanceof Param.Scalar s && s.value() == Double.parseDouble(a.get(1))))
                    .ifPresent(p -> add(rule, node, p.toString()));
            case LAST_AXIS -> node.param(a.get(0)).filter(p -> !isLast(p, in.get(0).dims().size() - 1))
                    .ifPresent(p -> add(rule, node, p + " of " + in.get(0)));
            case CHANNEL -> operands(a.get(0), in, out).forEach(t -> channel(rule, node, t, Integer.parseInt(a.get(1))));
            case STATIC -> operands(a.get(0), in, out).stream().filter(t -> !isPlain(t) && t.role() != QnnTensor.Role.STATIC)
                    .forEach(t -> add(rule, node, t.name() + " of " + t));
            case BIAS -> operands(a.get(0), in, out).stream().filter(t -> t.type() == DataType.S32).forEach(t -> bias(rule, node, in, t));
            case DILATION -> dilation(rule, node, in);
            case ACTIVATION -> {
                in.stream().limit(1).filter(t -> t.role() != QnnTensor.Role.STATIC && !isPlain(t)).forEach(t -> add(rule, node, t.name() + " of " + t));
                out.stream().filter(t -> !isPlain(t)).forEach(t -> add(rule, node, t.name() + " of " + t));
            }
            case NOTE -> { }
        }
    }

    private static boolean isPlain(QnnTensor tensor) {
        return tensor.encoding() instanceof Encoding.ScaleOffset || tensor.encoding() instanceof Encoding.None;
    }

    /** {@code in0}: that input, if there; {@code in*}: all inputs; {@code *}: inputs and outputs. */
    private static List<QnnTensor> operands(String which, List<QnnTensor> in, List<QnnTensor> out) {
        if (which.equals("*")) {
            List<QnnTensor> all = new ArrayList<>(in);
            all.addAll(out);
            return all;
        }
        List<QnnTensor> side = which.startsWith("in") ? in : out;
        String index = which.substring(which.startsWith("in") ? 2 : 3);
        if (index.equals("*")) {
            return side;
        }
        int i = Integer.parseInt(index);
        return i < side.size() ? List.of(side.get(i)) : List.of();
    }

    private static boolean isLast(Param param, int last) {
        return param instanceof Param.Scalar s ? s.value() == last : ((Param.Ints) param).values().equals(List.of(last));
    }

    private void channel(Rule rule, QnnNode node, QnnTensor t, int axis) {
        int found = t.encoding() instanceof Encoding.AxisScaleOffset e ? e.axis() : t.encoding() instanceof Encoding.BitsAxisScaleOffset e ? e.axis() : axis;
        int scales = t.encoding() instanceof Encoding.AxisScaleOffset e ? e.scales().size()
                : t.encoding() instanceof Encoding.BitsAxisScaleOffset e ? e.scales().size() : t.dims().get(axis);
        if (found != axis || scales != t.dims().get(axis) || !isPlain(t) && t.type() != DataType.S8) {
            add(rule, node, t.name() + " of " + t);
        }
    }

    private void bias(Rule rule, QnnNode node, List<QnnTensor> in, QnnTensor bias) {
        int channels = bias.dims().get(0);
        boolean ok = in.get(0).encoding() instanceof Encoding.ScaleOffset x && IntStream.range(0, channels).allMatch(c -> {
            double wanted = (double) x.scale() * in.get(1).encoding().scale(c);
            return Math.abs(bias.encoding().scale(c) - wanted) <= BIAS_TOLERANCE * wanted;
        }) && bias.encoding().offset() == 0;
        if (!ok) {
            add(rule, node, bias.name() + " of " + bias);
        }
    }

    private void dilation(Rule rule, QnnNode node, List<QnnTensor> in) {
        List<Integer> dilation = ints(node, "dilation");
        List<Integer> stride = ints(node, "stride");
        List<Integer> kernel = in.get(1).dims().subList(0, 2);
        boolean special = dilation.equals(List.of(2, 2)) && stride.equals(List.of(2, 2)) && kernel.equals(List.of(3, 3));
        if (!dilation.equals(List.of(1, 1)) && !stride.equals(List.of(1, 1)) && !special) {
            add(rule, node, "dilation " + dilation + ", stride " + stride + ", kernel " + kernel);
        }
    }

    private static List<Integer> ints(QnnNode node, String param) {
        return node.param(param).map(p -> ((Param.Ints) p).values()).orElse(List.of(1, 1));
    }

    private void add(Rule rule, QnnNode node, String what) {
        add(rule.code(), node, what, rule.text(), rule.remedy());
    }

    private void add(String code, QnnNode node, String what, String allowed, String remedy) {
        found.add(new Violation(code, node.name() + " (" + node.type() + ")", node.source(), what, allowed, remedy));
    }
}
